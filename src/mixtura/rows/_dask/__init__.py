"""Rows in Dask, in parts: the user's collection, and whether workers keep what they made of it."""
