"""Concurrency: how long contacts take when an agent handles several at once."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

CONCURRENCY = Table(
    "concurrency",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("level", "count", low=1),
        Column("handled", "count", low=0),
        Column("handle_s", "number", low=0),
    ),
    key=("queue", "interval_start", "level"),
)
"""One row a queue, interval and number of contacts an agent had at once: contacts handled so, and their handle
seconds in total."""

HANDLE_TIME_BY_LEVEL = Table(
    "handle_time_by_level",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("level", "count", low=1),
        Column("aht_s", "number", low=0),
    ),
    key=("queue", "interval_start", "level"),
)
"""One row a queue, interval and number of contacts at once: the handle time expected of each."""
