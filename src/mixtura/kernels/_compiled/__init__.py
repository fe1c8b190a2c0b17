"""The compiled kernel's rooms: vectors of rows, their arithmetic, and one module a form."""
