"""Workers: agents as the rules see them, with what the period holds for each and what last week carried in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from scheduling.staff.carried import Carried, carried_by_agent
from scheduling.staff.horizon import Horizon
from scheduling.staff.ledger import Ledger, ledgers_of
from scheduling.staff.wish import Wish, wishes_of
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.policy.shift import Contract
from wfm.tables.people import WEEKDAY_NAMES
from wfm.time.opening import read_span
from wfm.time.zones import DAY

DAY_MIN = 1440

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Worker:
    """One agent over one horizon.

    Attributes:
        employed: each day of the period.
        away: kind of absence each day (leave, sick, training), or None; ``away_next`` is the day after the period's
            last, into which a night shift would reach.
        paid_away: whether that absence is paid.
        windows: wall-clock spans each day in which he may work, counted from that day's midnight and reaching into
            the neighbouring days; None: at any time.
        wishes: what he would like on days on which he is there.
        ledger: hours of the days before the period.
    """

    horizon: Horizon
    agent: Agent
    contract: Contract
    zone: str
    employed: tuple[bool, ...]
    away: tuple[str | None, ...]
    away_next: str | None
    paid_away: tuple[bool, ...]
    windows: tuple[Windows, ...] | None
    wishes: tuple[Wish, ...]
    carried: Carried = field(default_factory=Carried)
    ledger: Ledger = field(default_factory=Ledger)

    def __hash__(self) -> int:
        return hash(self.agent.id)

    @property
    def id(self) -> str:
        """The agent's id."""
        return self.agent.id

    @property
    def name(self) -> str:
        """The name a supervisor knows."""
        return self.agent.name

    @property
    def skill_set(self) -> frozenset[str]:
        """The queues he serves."""
        return frozenset(self.agent.skills)

    @property
    def day_credit_min(self) -> float:
        """Paid minutes that one day of paid absence credits."""
        return self.contract.day_hours * 60

    @cached_property
    def idle_days(self) -> frozenset[int]:
        """The days of the period on which he is away or not employed."""
        return frozenset(day for day, kind in enumerate(self.away) if kind is not None or not self.employed[day])

    def midnight(self, day: int) -> int:
        """Minutes from the origin to the local midnight that begins ``day``."""
        return self._midnights[day]

    @cached_property
    def _midnights(self) -> tuple[int, ...]:
        return tuple(self.horizon.midnights(self.zone).tolist())

    def credit_min(self, day: int) -> float:
        """Paid minutes credited for absence on ``day``: one of the contract's days, the contract's week at most."""
        return self._absence_min(day, paid=True)

    def unpaid_min(self, day: int) -> float:
        """Contract minutes that an unpaid absence on ``day`` takes off the minimum."""
        return self._absence_min(day, paid=False)

    def _absence_min(self, day: int, *, paid: bool) -> float:
        if self.away[day] is None or self.paid_away[day] is not paid or not self.employed[day]:
            return 0.0
        before = sum(
            1
            for other in self.horizon.week_days(day)
            if other < day and self.away[other] is not None and self.paid_away[other] is paid and self.employed[other]
        )
        return self.day_credit_min if before < self.contract.days_week else 0.0


def workers_of(
    centre: Centre, people: People, horizon: Horizon, previous: pd.DataFrame | None = None
) -> tuple[Worker, ...]:
    """Everyone as a worker over ``horizon``, in the order of ``people``. ``previous`` is the roster before it."""
    windows = _windows(people)
    wishes = wishes_of(people.preferences, horizon)
    absences = _spans_away(people, horizon)
    workers = []
    for agent in people.agents:
        away, paid = _absences(absences.get(agent.id, ()), horizon)
        employed = tuple(_employed(agent, horizon, day) for day in range(horizon.period.days))
        workers.append(
            Worker(
                horizon=horizon,
                agent=agent,
                contract=centre.contract(agent.contract),
                zone=centre.site(agent.site).zone,
                employed=employed,
                away=away[:-1],
                away_next=away[-1],
                paid_away=paid,
                windows=_day_windows(windows[agent.id], horizon) if agent.id in windows else None,
                wishes=tuple(w for w in wishes.get(agent.id, ()) if employed[w.day] and away[w.day] is None),
            )
        )
    carried = carried_by_agent(previous, horizon, {worker.id: worker.zone for worker in workers})
    if previous is None or not carried:
        return tuple(workers)
    ledgers, unseen = ledgers_of(previous, horizon)
    return tuple(
        replace(worker, carried=carried[worker.id], ledger=ledgers.get(worker.id, unseen)) for worker in workers
    )


def _employed(agent: Agent, horizon: Horizon, day: int) -> bool:
    when = horizon.date(day)
    return (agent.since is None or when >= agent.since) and (agent.until is None or when <= agent.until)


def _spans_away(people: People, horizon: Horizon) -> Mapping[str, list[tuple[int, int, str, bool]]]:
    """Each agent's absences by first and last day, counted from the period's first; kind; whether it is paid."""
    table = people.time_off
    first = pd.Timestamp(horizon.period.first)
    days = [(table[column].astype(DAY) - first).dt.days.tolist() for column in ("first_day", "last_day")]
    found: dict[str, list[tuple[int, int, str, bool]]] = defaultdict(list)
    for agent, start, end, kind, paid in zip(table["agent"], *days, table["kind"], table["paid"], strict=True):
        found[str(agent)].append((start, end, str(kind), bool(paid)))
    return found


def _absences(
    spans: Iterable[tuple[int, int, str, bool]], horizon: Horizon
) -> tuple[tuple[str | None, ...], tuple[bool, ...]]:
    """Kind of absence of each day of the period and the one after it, and whether each of the period's is paid."""
    days = horizon.period.days
    away: list[str | None] = [None] * (days + 1)
    paid = [False] * days
    for start, end, kind, is_paid in spans:
        for day in range(max(start, 0), min(end, days) + 1):
            away[day] = kind
            if day < days:
                paid[day] = is_paid
    return tuple(away), tuple(paid)


def _windows(people: People) -> Mapping[str, dict[int, list[tuple[int, int]]]]:
    found: dict[str, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in people.availability.itertuples(index=False):
        found[str(row.agent)][WEEKDAY_NAMES.index(str(row.weekday))].append(read_span(f"{row.start}-{row.end}"))
    return found


def _day_windows(by_weekday: Mapping[int, list[tuple[int, int]]], horizon: Horizon) -> tuple[Windows, ...]:
    """Each day's own windows joined with its neighbours', since a night shift may pass from one into the next."""
    days = []
    for day in range(horizon.period.days):
        spans = sorted(
            (start + shift * DAY_MIN, end + shift * DAY_MIN)
            for shift in (-1, 0, 1)
            for start, end in by_weekday.get((horizon.weekday(day) + shift) % 7, ())
        )
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        days.append(tuple(joined))
    return tuple(days)
