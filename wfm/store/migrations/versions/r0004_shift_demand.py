"""Shift demand: how many agents each shift of each day shall have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "shift_demand",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("agents", sa.Double(), nullable=False),
        sa.Column("price_under", sa.Double(), nullable=False),
        sa.Column("price_over", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("template", "day", name="pk_shift_demand"),
    )
