"""Instants, local days, weeks, grids, opening hours and calendars.

Instants are ``datetime64[us, UTC]``; a day is a local day of some zone, a naive midnight ``datetime64[us]``.
Intervals are half-open and named by their start. A day that changes clocks has 92 or 100 quarter-hours.
"""
