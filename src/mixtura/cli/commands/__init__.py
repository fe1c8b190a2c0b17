"""The commands, one a file; the file's name is the command's, and it holds it as `command`."""
