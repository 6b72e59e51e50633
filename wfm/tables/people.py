"""People: agents, when they may work, when they are away, what they would like."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

AGENTS = Table(
    "agents",
    (
        Column("id", "text"),
        Column("name", "text"),
        Column("team", "text"),
        Column("site", "text"),
        Column("contract", "text"),
        Column("skills", "text"),
        Column("grade", "text"),
        Column("since", "day", required=False, nullable=True),
        Column("until", "day", required=False, nullable=True),
    ),
    key=("id",),
)
"""One agent. ``skills``: queue ids joined by ``+``, each with an optional proficiency: ``general+vip:0.8``.
``since`` and ``until`` are the first and last day employed."""

AVAILABILITY = Table(
    "availability",
    (
        Column("agent", "text"),
        Column("weekday", "text", choices=WEEKDAY_NAMES),
        Column("start", "text"),
        Column("end", "text"),
    ),
    key=("agent", "weekday", "start"),
)
"""Windows (HH:MM, local to the site) inside which an agent may work. An agent without any row may always work;
with some, a weekday without a row is a day he cannot work. An end at or before the start is on the next day."""

TIME_OFF = Table(
    "time_off",
    (
        Column("agent", "text"),
        Column("first_day", "day"),
        Column("last_day", "day"),
        Column("kind", "text", choices=("leave", "sick", "training")),
        Column("paid", "flag"),
    ),
    key=("agent", "first_day"),
)
"""Whole local days away, both ends included. A paid absence credits its contract hours."""

PREFERENCES = Table(
    "preferences",
    (
        Column("agent", "text"),
        Column("weekday", "text", required=False, nullable=True, choices=WEEKDAY_NAMES),
        Column("wish", "text", choices=("off", "on", "early", "late")),
        Column("weight", "number", required=False, nullable=True, low=0),
        Column("day", "day", required=False, nullable=True),
        Column("template", "text", required=False, nullable=True),
    ),
    key=("agent", "weekday", "day", "wish", "template"),
)
"""What an agent would like on a ``weekday``, every week, or on one ``day``; one of the two is given. ``off`` (no
shift, or none of ``template``), ``on`` (a shift, or one of ``template``), ``early`` (start before noon) or ``late``.
Honoured where it is cheap; never a rule."""
