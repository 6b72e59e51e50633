"""Kinds: the kinds of agents that one may employ, and what an agent of each costs."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

KINDS = Table(
    "kinds",
    (
        Column("kind", "text"),
        Column("skills", "text"),
        Column("contract", "text"),
        Column("site", "text"),
        Column("grade", "text"),
        Column("cost_week", "number", required=False, nullable=True, low=0),
        Column("head_week", "number", required=False, nullable=True, low=0),
        Column("fewest", "count", required=False, nullable=True, low=0, high=9999),
        Column("most", "count", required=False, nullable=True, low=0, high=9999),
    ),
    key=("kind",),
)
"""One row a kind; ``skills`` as in agents. ``cost_week``: what a week of the contract's hours costs, of which each paid
hour costs its part; missing: the grade's rate. ``head_week``: what each costs besides, whatever he works; missing: as
``[hiring]`` has it. Agents of the kind are ``fewest`` to ``most``."""
