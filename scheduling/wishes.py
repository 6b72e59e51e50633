"""Wishes: what a duty costs that goes against an agent's preferences. Never a rule; honoured where it is cheap."""

from __future__ import annotations

from scheduling.duty import Duty
from scheduling.worker import Worker

NOON_MIN = 720


def wish_cost(worker: Worker, duty: Duty, price: float) -> float:
    """Points of ``duty``: ``price`` an hour of the paid shift, times the weight of each wish it goes against.

    ``off`` is broken by any shift on that weekday, ``early`` by a start at noon or later, ``late`` by one before noon.
    """
    weekday = worker.horizon.weekday(duty.day)
    weight = sum(weight for day, wish, weight in worker.wishes if day == weekday and _against(wish, duty.wall_start))
    return price * weight * duty.paid_min / 60


def _against(wish: str, wall_start: int) -> bool:
    return wish == "off" or (wish == "early") == (wall_start >= NOON_MIN)
