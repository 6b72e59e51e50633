"""Requirement: the agents each queue needs on the floor, and what decided it."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

REQUIREMENT = Table(
    "requirement",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("agents", "number", low=0),
        Column("offered_load", "number", required=False, nullable=True, low=0),
        Column("service_level", "number", required=False, nullable=True, low=0, high=1),
        Column("asa_s", "number", required=False, nullable=True, low=0),
        Column("abandonment", "number", required=False, nullable=True, low=0, high=1),
        Column("occupancy", "number", required=False, nullable=True, low=0, high=1),
        Column("binding", "text", required=False, nullable=True),
        Column("model", "text", required=False, nullable=True),
        Column("definition", "text", required=False, nullable=True),
        Column("basis", "text", required=False, nullable=True),
        Column("aht_assumed", "flag", required=False),
        Column("rostered", "number", required=False, nullable=True, low=0),
        Column("released_h", "number", required=False, nullable=True, low=0),
        Column("due_h", "number", required=False, nullable=True, low=0),
    ),
    key=("queue", "interval_start"),
)
"""One row a queue and interval. ``agents`` are on the floor, if this queue were alone; ``offered_load`` in Erlangs.

``rostered`` = agents / (1 - unplanned shrinkage), fractional; where a planner's own requirement has none, the
roster takes ``agents``. ``binding``: service_level, asa, abandonment, occupancy, minimum, deadline or none.
``model`` is that of those who wait (erlang_c, erlang_a, erlang_x, chat), ``definition`` the service level's (offered,
answered, waited, virtual). ``basis``: interval (each a steady state of its own), course (what one interval leaves to
the next is followed) or modified load (the steady state at the load that agents carry), before it day or week where
the promise holds over these, after it what chats and uncertain rates add; deferred or blended for work with a deadline.
``released_h`` and ``due_h`` (deferred queues): handle hours released in the interval, and those whose deadline ends in
it; there ``agents`` is the level plan."""
