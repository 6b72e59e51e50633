"""Queueing formulas, vectorised over intervals: what N agents deliver, and how many a target needs.

Symbols as in the field: A offered load in Erlangs, N agents, T answer-time threshold, B and C Erlang's formulas.
"""
