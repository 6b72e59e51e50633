"""Wishes for single dates and shift templates: rows of preferences are told apart by a number of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = "agent, weekday, wish, weight, valid_from, valid_until"


def upgrade() -> None:
    """Make the table anew, with what it held."""
    op.execute(f"CREATE TABLE preferences_before AS SELECT {KEPT} FROM preferences")  # noqa: S608
    op.drop_table("preferences")
    op.create_table(
        "preferences",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_preferences"),
    )
    op.execute(f"INSERT INTO preferences ({KEPT}) SELECT {KEPT} FROM preferences_before")  # noqa: S608
    op.drop_table("preferences_before")
