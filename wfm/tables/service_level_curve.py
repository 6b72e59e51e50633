"""Service-level curve: what each number of agents would deliver to a queue, interval by interval."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

SERVICE_LEVEL_CURVE = Table(
    "service_level_curve",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("agents", "count", low=0),
        Column("service_level", "number", low=0, high=1),
        Column("in_time", "number", low=0),
        Column("on_hull", "flag"),
    ),
    key=("queue", "interval_start", "agents"),
)
"""One number of agents on the floor of one queue and interval. ``service_level``: served within the queue's threshold
over offered; ``in_time``: the contacts that these are. ``on_hull``: a corner of the curve's concave hull; a straight
line between corners is what a linear model may promise. An interval without contacts has no rows."""
