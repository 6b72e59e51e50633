"""Roster: who does what, when; coverage: what that gives each queue; violations: the rules it breaks."""

from __future__ import annotations

import pandas as pd

from wfm.tables.contract import Column, Table

WORK = "work"
ACTIVITIES = (WORK, "break", "lunch", "meeting", "training", "leave", "sick")
"""``work`` is on the floor; leave and sick are absences of the whole segment."""

ABSENCES = ("leave", "sick")

AWAY = "away"
"""What a published roster says of any absence: the reason is nobody else's business."""

ROSTER = Table(
    "roster",
    (
        Column("agent", "text"),
        Column("start", "instant"),
        Column("end", "instant"),
        Column("work_date", "day"),
        Column("activity", "text", choices=ACTIVITIES),
        Column("skill_set", "text", required=False, nullable=True),
        Column("template", "text", required=False, nullable=True),
        Column("paid", "flag"),
        Column("locked", "flag", required=False),
    ),
    key=("agent", "start"),
)
"""One segment. ``work_date`` is the local date of the shift's start; a shift is the segments of one agent and
work_date that are no absence. ``skill_set`` on work segments: the queues served, joined by ``+``."""

COVERAGE = Table(
    "coverage",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("required", "number", low=0),
        Column("scheduled", "number", low=0),
        Column("gap", "number"),
        Column("service_level", "number", required=False, nullable=True, low=0, high=1),
    ),
    key=("queue", "interval_start"),
)
"""One row a queue and interval: ``gap`` = scheduled - required. A shared agent counts once an interval, split over
queues with shares that sum to at most 1."""

VIOLATION = Table(
    "violation",
    (
        Column("rule", "text"),
        Column("agent", "text", nullable=True),
        Column("when", "day", nullable=True),
        Column("found", "number", nullable=True),
        Column("limit", "number", nullable=True),
        Column("unit", "text", nullable=True),
        Column("hard", "flag"),
        Column("sentence", "text"),
    ),
    key=("rule", "agent", "when"),
    repeats=True,
)
"""One broken rule with its numbers and the sentence a supervisor reads. Team rules have no agent."""


def shifts(roster: pd.DataFrame) -> pd.DataFrame:
    """The shifts of a roster: one row an agent and work_date, absences left out.

    Returns:
        ``agent``, ``work_date``, ``start``, ``end``, ``paid_min``, ``work_min``, ``skill_set``, ``template``.
    """
    present = roster[~roster["activity"].isin(ABSENCES)]
    minutes = (present["end"] - present["start"]).dt.total_seconds() / 60
    present = present.assign(
        paid_min=minutes.where(present["paid"], 0.0), work_min=minutes.where(present["activity"] == WORK, 0.0)
    )
    grouped = present.groupby(["agent", "work_date"], sort=True, as_index=False)
    return grouped.agg(
        start=("start", "min"),
        end=("end", "max"),
        paid_min=("paid_min", "sum"),
        work_min=("work_min", "sum"),
        skill_set=("skill_set", "first"),
        template=("template", "first"),
    )
