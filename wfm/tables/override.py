"""Override: what a planner says of a day or a part of it, beside what the model says."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

OVERRIDE = Table(
    "override",
    (
        Column("queue", "text"),
        Column("day", "day"),
        Column("from_min", "count", low=0, high=1439),
        Column("to_min", "count", required=False, nullable=True, low=1, high=1440),
        Column("factor", "number", required=False, nullable=True, low=0),
        Column("contacts", "number", required=False, nullable=True, low=0),
        Column("reason", "text", required=False, nullable=True),
        Column("author", "text", required=False, nullable=True),
    ),
    key=("queue", "day", "from_min"),
)
"""One row a queue, local day and stretch of it (minutes of the wall clock; ``to_min`` missing: to its end). It has a
``factor`` on the model's mean, or the ``contacts`` of the stretch, one of the two; neither withdraws what was said of
the stretch before."""
