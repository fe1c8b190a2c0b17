"""Rows in Dask, in parts: the user's collection, and what workers do with one partition of it."""
