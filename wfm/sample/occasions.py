"""What happened to the sample centre: campaigns, one of them still to come, and an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Occasion:
    """A span of days that moves the volume, as history feels it and as the policy names it."""

    name: str
    kind: str
    first_day: date
    last_day: date
    queues: tuple[str, ...]

    def toml(self) -> str:
        """The occasion as an event of wfm.toml."""
        queues = ", ".join(f'"{queue}"' for queue in self.queues)
        return (
            f'[[events]]\nname = "{self.name}"\nkind = "{self.kind}"\nfirst_day = {self.first_day.isoformat()}\n'
            f"last_day = {self.last_day.isoformat()}\nqueues = [{queues}]\n"
        )


# Days before the last day of history: (first, last, name). The negative one is still to come, five days after it.
_CAMPAIGNS = (
    (600, 594, "spring tariff campaign"),
    (378, 372, "November campaign of last year"),
    (248, 242, "home internet campaign"),
    (130, 124, "summer campaign"),
    (-5, -11, "year-end campaign"),
)
_OUTAGE = 67
_CAMPAIGN_QUEUES = ("general", "vip", "chat", "callback")
_OUTAGE_QUEUES = ("general", "faults", "chat", "complaint_24h")


def occasions(last_day: date) -> list[Occasion]:
    """All occasions of a history that ends on ``last_day``, in order of time.

    >>> [occasion.kind for occasion in occasions(date(2026, 11, 22))]
    ['campaign', 'campaign', 'campaign', 'campaign', 'outage', 'campaign']
    """
    campaigns = [
        Occasion(name, "campaign", last_day - timedelta(days=first), last_day - timedelta(days=last), _CAMPAIGN_QUEUES)
        for first, last, name in _CAMPAIGNS
    ]
    struck = last_day - timedelta(days=_OUTAGE)
    outage = Occasion("core network outage", "outage", struck, struck, _OUTAGE_QUEUES)
    return sorted([*campaigns, outage], key=lambda occasion: occasion.first_day)
