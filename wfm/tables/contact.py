"""Contacts: the flat record of a simulation, from which every metric derives."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

OUTCOMES = ("served", "abandoned", "waiting")

CONTACT = Table(
    "call",
    (
        Column("queue", "text"),
        Column("arrived", "instant"),
        Column("waited_s", "number", low=0),
        Column("served_s", "number", nullable=True, low=0),
        Column("agent", "text", nullable=True),
        Column("outcome", "text", choices=OUTCOMES),
    ),
    key=("arrived", "queue"),
    repeats=True,
)
"""One contact. ``waiting`` at the end of the horizon: neither served nor gone."""
