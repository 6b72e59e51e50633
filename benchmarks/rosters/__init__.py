"""Rostering benchmarks: instances that others judge, stated in the roster's own policy, people and tables."""
