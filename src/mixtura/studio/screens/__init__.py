"""The screens, one a file; each has `show`, which gets the texts of a language."""
