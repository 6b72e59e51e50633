"""Finding: what cleaning found in a history, and what it did about it."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

FINDING_KINDS = (
    "outside_hours", "missing_day", "partial_day", "outage", "outlier", "storm", "stuck", "doubled", "level_shift",
    "event", "assumption",
)  # fmt: skip
TREATMENTS = ("kept", "masked", "replaced", "dropped")

FINDING = Table(
    "finding",
    (
        Column("queue", "text"),
        Column("day", "day", required=False, nullable=True),
        Column("last_day", "day", required=False, nullable=True),
        Column("kind", "text", choices=FINDING_KINDS),
        Column("found", "number", required=False, nullable=True),
        Column("expected", "number", required=False, nullable=True),
        Column("treated", "text", choices=TREATMENTS),
        Column("text", "text"),
    ),
    key=("queue", "day", "kind"),
    repeats=True,
)
"""One row a finding: on ``day``, or from ``day`` to ``last_day``, or (no day) of the history as a whole. ``found`` and
``expected`` are contacts where the finding is about volume; of a level shift, the levels of an ordinary day after and
before it. ``text`` is the sentence a planner reads."""
