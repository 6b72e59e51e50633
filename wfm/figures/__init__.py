"""Figures: one a file, each a function from tables to a matplotlib Figure, with no global state."""
