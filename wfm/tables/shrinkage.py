"""Shrinkage: scheduled time and what was lost of it, by kind; and the shares expected."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

ALL_QUEUES = "all"
"""The name under which losses are recorded that no queue has for itself."""

SHRINKAGE = Table(
    "shrinkage",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("kind", "text"),
        Column("planned", "flag", required=False),
        Column("scheduled_min", "number", low=0),
        Column("lost_min", "number", low=0),
    ),
    key=("queue", "interval_start", "kind"),
)
"""One row a queue (``all``: of all queues together), interval or local day (its midnight), and kind of loss: agent
minutes scheduled, and lost of them. ``planned`` kinds (leave, training, meetings) are segments in a roster."""

SHRINKAGE_FORECAST = Table(
    "shrinkage_forecast",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("kind", "text"),
        Column("planned", "flag", required=False),
        Column("share", "number", low=0, high=1),
    ),
    key=("queue", "interval_start", "kind"),
)
"""One row a queue, open interval and kind: the share of scheduled time expected to be lost."""
