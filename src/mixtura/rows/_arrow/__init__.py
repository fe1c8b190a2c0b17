"""Files of Parquet and Arrow: which there are, and how they are read."""
