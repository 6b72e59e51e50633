"""What forecasting needs beside history: drivers, overrides, shrinkage, concurrency, findings, choices and bands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.add_column("history", sa.Column("repeats", sa.BigInteger(), nullable=True))
    op.add_column("forecast", sa.Column("override", sa.Double(), nullable=True))
    op.add_column("forecast", sa.Column("abandonment", sa.Double(), nullable=True))
    op.add_column("forecast_day", sa.Column("override", sa.Double(), nullable=True))
    op.add_column("requirement", sa.Column("model", sa.Text(), nullable=True))
    op.add_column("requirement", sa.Column("definition", sa.Text(), nullable=True))
    op.create_table(
        "driver",
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("driver", "day", name="pk_driver"),
    )
    op.create_table(
        "override",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("from_min", sa.BigInteger(), nullable=False),
        sa.Column("to_min", sa.BigInteger(), nullable=True),
        sa.Column("factor", sa.Double(), nullable=True),
        sa.Column("contacts", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "day", "from_min", name="pk_override"),
    )
    op.create_table(
        "shrinkage",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("interval_start", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("scheduled_min", sa.Double(), nullable=False),
        sa.Column("lost_min", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "interval_start", "kind", name="pk_shrinkage"),
    )
    op.create_table(
        "concurrency",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("interval_start", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("handled", sa.BigInteger(), nullable=False),
        sa.Column("handle_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "interval_start", "level", name="pk_concurrency"),
    )
    op.create_table(
        "forecast_channel_day",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("override", sa.Double(), nullable=True),
        sa.Column("q025", sa.Double(), nullable=True),
        sa.Column("q10", sa.Double(), nullable=True),
        sa.Column("q20", sa.Double(), nullable=True),
        sa.Column("q30", sa.Double(), nullable=True),
        sa.Column("q40", sa.Double(), nullable=True),
        sa.Column("q50", sa.Double(), nullable=True),
        sa.Column("q60", sa.Double(), nullable=True),
        sa.Column("q70", sa.Double(), nullable=True),
        sa.Column("q80", sa.Double(), nullable=True),
        sa.Column("q90", sa.Double(), nullable=True),
        sa.Column("q975", sa.Double(), nullable=True),
        sa.Column("origin", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_forecast_channel_day_run_id"),
        sa.PrimaryKeyConstraint("run_id", "channel", "day", name="pk_forecast_channel_day"),
    )
    op.create_table(
        "shrinkage_forecast",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("interval_start", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_shrinkage_forecast_run_id"),
        sa.PrimaryKeyConstraint("run_id", "queue", "interval_start", "kind", name="pk_shrinkage_forecast"),
    )
    op.create_table(
        "handle_time_by_level",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("interval_start", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("aht_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_handle_time_by_level_run_id"),
        sa.PrimaryKeyConstraint("run_id", "queue", "interval_start", "level", name="pk_handle_time_by_level"),
    )
    op.create_table(
        "finding",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("found", sa.Double(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("treated", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_finding_run_id"),
        sa.PrimaryKeyConstraint("run_id", "line", name="pk_finding"),
    )
    op.create_table(
        "model_choice",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("wmape", sa.Double(), nullable=True),
        sa.Column("wmape_day", sa.Double(), nullable=True),
        sa.Column("bias", sa.Double(), nullable=True),
        sa.Column("mase", sa.Double(), nullable=True),
        sa.Column("pinball", sa.Double(), nullable=True),
        sa.Column("in_80", sa.Double(), nullable=True),
        sa.Column("in_95", sa.Double(), nullable=True),
        sa.Column("day_in_80", sa.Double(), nullable=True),
        sa.Column("day_in_95", sa.Double(), nullable=True),
        sa.Column("origins", sa.BigInteger(), nullable=True),
        sa.Column("first_origin", sa.String(length=10), nullable=True),
        sa.Column("last_origin", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_model_choice_run_id"),
        sa.PrimaryKeyConstraint("run_id", "queue", "method", name="pk_model_choice"),
    )
    op.create_table(
        "forecast_band",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("lead_week", sa.BigInteger(), nullable=False),
        sa.Column("relative_spread", sa.Double(), nullable=False),
        sa.Column("q025", sa.Double(), nullable=False),
        sa.Column("q10", sa.Double(), nullable=False),
        sa.Column("q20", sa.Double(), nullable=False),
        sa.Column("q30", sa.Double(), nullable=False),
        sa.Column("q40", sa.Double(), nullable=False),
        sa.Column("q50", sa.Double(), nullable=False),
        sa.Column("q60", sa.Double(), nullable=False),
        sa.Column("q70", sa.Double(), nullable=False),
        sa.Column("q80", sa.Double(), nullable=False),
        sa.Column("q90", sa.Double(), nullable=False),
        sa.Column("q975", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_forecast_band_run_id"),
        sa.PrimaryKeyConstraint("run_id", "scope", "unit", "lead_week", name="pk_forecast_band"),
    )
