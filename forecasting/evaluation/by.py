"""What scores are broken down by, as users name it."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """A breakdown of a backtest."""

    queue = "queue"
    lead = "lead"
    lead_day = "lead-day"
    weekday = "weekday"
    interval = "interval"
    day_kind = "day-kind"


class ByOfStored(StrEnum):
    """A breakdown of a stored forecast, which may also hold a planner's overrides and days of channels."""

    queue = "queue"
    lead = "lead"
    lead_day = "lead-day"
    weekday = "weekday"
    interval = "interval"
    day_kind = "day-kind"
    override = "override"
    channel = "channel"


KEY: dict[str, str] = {
    "lead": "lead_week",
    "lead-day": "lead_day",
    "weekday": "weekday",
    "interval": "time",
    "day-kind": "kind",
    "override": "overridden",
}
"""The column of each breakdown; by queue there is none beside ``queue`` itself."""

OF_PARTS_OF_DAYS = ("interval", "override")
"""Breakdowns in which days are not whole, so that they have no scores of days."""
