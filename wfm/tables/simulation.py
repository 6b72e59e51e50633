"""Simulation: what a roster will deliver, metric by metric, with confidence intervals."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

SIMULATION = Table(
    "simulation",
    (
        Column("queue", "text"),
        Column("period", "text"),
        Column("metric", "text"),
        Column("mean", "number", nullable=True),
        Column("low", "number", required=False, nullable=True),
        Column("high", "number", required=False, nullable=True),
        Column("replications", "count", required=False, nullable=True, low=1),
    ),
    key=("queue", "period", "metric"),
)
"""One metric of one queue. ``period`` is the stretch it is over (``all``, or a local day YYYY-MM-DD); ``low`` and
``high`` bound its mean at 95 %. A metric of all queues has the queue ``all``."""
