"""Driver: a daily figure that volume follows, such as subscribers or letters sent, past and expected."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

DRIVER = Table(
    "driver",
    (Column("driver", "text"), Column("day", "day"), Column("value", "number", low=0)),
    key=("driver", "day"),
)
"""One row a driver and local day; days ahead hold expected values."""
