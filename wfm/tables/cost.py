"""Cost lines: what each agent and day costs, for which queue, and by which rule."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

COST_LINE = Table(
    "cost_line",
    (
        Column("agent", "text"),
        Column("date", "day"),
        Column("site", "text"),
        Column("team", "text"),
        Column("queue", "text"),
        Column("pay_class", "text"),
        Column("minutes", "number", low=0),
        Column("rate", "text"),
        Column("amount", "count"),
        Column("rule", "text"),
    ),
    key=("agent", "date", "queue", "pay_class", "rule"),
    repeats=True,
)
"""One line of cost. ``rate`` is a Decimal an hour, as text; ``amount`` whole minor units (cents, fen): amounts add up
to every total exactly."""
