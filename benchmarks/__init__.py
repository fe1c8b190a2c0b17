"""Mixtura and its peers, side by side in one run: one module per question."""
