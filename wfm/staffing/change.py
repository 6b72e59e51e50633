"""A what-if change as people type it: volume=+10%, target=85/20, vip:aht=+20s."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wfm.errors import UsageError

_NUMBER = r"(\d+(?:\.\d+)?)"
_SIGNED = r"([+-]\d+(?:\.\d+)?)"
FORMS = {
    "more_percent": re.compile(f"{_SIGNED}%"),
    "more_seconds": re.compile(f"{_SIGNED}s"),
    "percent": re.compile(f"{_NUMBER}%"),
    "seconds": re.compile(f"{_NUMBER}s"),
    "count": re.compile(r"(\d+)"),
    "level": re.compile(f"{_NUMBER}/{_NUMBER}"),
    "span": re.compile("interval|day|week"),
}
"""How a change is written: +10%, +20s, 85%, 90s, 3, 85/20, day."""

QUANTITIES = {
    "volume": ("more_percent",),
    "aht": ("more_percent", "more_seconds"),
    "deflection": ("percent",),
    "target": ("level",),
    "per": ("span",),
    "max_occupancy": ("percent",),
    "patience": ("seconds", "more_percent"),
    "concurrency": ("count",),
    "shrinkage": ("percent",),
}
"""What can be changed, and how."""

OF_THE_FORECAST = ("volume", "aht", "deflection")
"""Those that change the forecast; the others change the policy."""

EXPECTED = (
    "volume=+10%, aht=-5%, aht=+20s, deflection=8%, target=85/20, per=day, max_occupancy=85%, patience=90s, "
    "patience=-20%, concurrency=3 or shrinkage=9%; for one queue vip:volume=+10%"
)


@dataclass(frozen=True)
class Change:
    """One change: the quantity, how it is written (a key of FORMS), its numbers, and the queue (None: all)."""

    quantity: str
    form: str
    numbers: tuple[float, ...] = ()
    queue: str | None = None
    span: str = ""

    @property
    def factor(self) -> float:
        """What the quantity is multiplied by; 1 where the change adds or replaces."""
        return 1 + self.numbers[0] / 100 if self.form == "more_percent" else 1.0

    @property
    def seconds_more(self) -> float:
        """Seconds that are added; 0 where the change multiplies or replaces."""
        return self.numbers[0] if self.form == "more_seconds" else 0.0

    @property
    def share(self) -> float:
        """A percentage as a fraction: of ``percent`` and of the level of a target."""
        return self.numbers[0] / 100


def read_change(text: str) -> Change:
    """One change, for all queues or, with ``queue:`` before it, for one.

    Raises:
        UsageError: it cannot be read, or makes no sense: a share of 100 % or more, a factor below 0.

    >>> read_change("target=85/20")
    Change(quantity='target', form='level', numbers=(85.0, 20.0), queue=None, span='')
    >>> read_change("vip:volume=-5%").queue, read_change("vip:volume=-5%").factor
    ('vip', 0.95)
    """
    left, _, value = text.partition("=")
    queue, _, quantity = left.rpartition(":")
    for form in QUANTITIES.get(quantity, ()):
        match = FORMS[form].fullmatch(value)
        if match is not None:
            numbers = tuple(float(group) for group in match.groups())
            change = Change(quantity, form, numbers, queue or None, value if form == "span" else "")
            if _sensible(change):
                return change
    raise UsageError("cannot read the change", found=text, expected=EXPECTED)


def _sensible(change: Change) -> bool:
    if change.quantity == "shrinkage" and change.queue is not None:
        return False
    if change.quantity == "max_occupancy":
        return 0 < change.share <= 1
    if change.form in ("percent", "level"):
        return change.share < 1
    return change.factor >= 0
