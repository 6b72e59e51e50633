"""The centre as wfm.toml describes it: sites, calendar, queues, contracts, shifts, rules, pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.opening import read_opening
from wfm.policy.part import SPAN, SPANS, ZONE, Part, Weekday
from wfm.policy.shift import Contract, ShiftTemplate
from wfm.time.opening import OpeningHours, Spans


class Identity(Part):
    """Who the centre is, and the conventions of its reports."""

    name: str
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    language: str = "en"
    week_starts: Weekday = "monday"


class Site(Part):
    """A place where agents sit. ``seats`` None: as many as needed."""

    id: str
    name: str = ""
    zone: Annotated[str, BeforeValidator(ZONE)]
    seats: int | None = Field(None, ge=0)


class OwnDay(Part):
    """A day of the centre's own calendar; it wins over the country's."""

    day: date
    kind: Literal["workday", "weekend", "holiday", "rest", "makeup", "special"]
    name: str


class Calendar(Part):
    """Public holidays by country of the ``holidays`` package, weekend days, and the centre's own days."""

    country: str | None = None
    subdivision: str | None = None
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    days: tuple[OwnDay, ...] = ()


class Target(Part):
    """What a queue promises. Service level: contacts served within ``threshold_s`` over all offered."""

    service_level: Annotated[float, Field(gt=0, lt=1)] | None = 0.8
    threshold_s: float = Field(30.0, ge=0)
    asa_s: float | None = Field(None, gt=0)
    max_occupancy: Annotated[float, Field(gt=0, le=1)] | None = None
    min_agents: int = Field(0, ge=0)


class Queue(Part):
    """One queue: its channel, hours, handle time where data has none, target, priority (1 is served first).

    ``deadline_h`` makes the queue deferred work: contacts wait, and are due that many hours after they came.
    ``concurrency`` is how many chats an agent handles at once. ``patience_s``: mean patience, for the simulation.
    """

    id: str = Field(pattern=r"^[^+:,;|\s]+$")
    name: str = ""
    channel: Literal["voice", "chat", "app", "email", "work_order", "callback", "hall"] = "voice"
    site: str | None = None
    zone: Annotated[str | None, BeforeValidator(ZONE)] = None
    interval_min: Literal[5, 10, 15, 20, 30, 60] = 30
    opening: Annotated[OpeningHours, BeforeValidator(read_opening)] = OpeningHours()
    default_aht_s: float = Field(300.0, gt=0)
    target: Target = Target()
    priority: int = Field(5, ge=1)
    deadline_h: float | None = Field(None, gt=0)
    concurrency: int = Field(1, ge=1)
    patience_s: float | None = Field(None, gt=0)

    @property
    def deferred(self) -> bool:
        """Whether contacts wait for a deadline instead of an answer."""
        return self.deadline_h is not None


class Shrinkage(Part):
    """Share of rostered time that is lost unplanned (sickness, unscheduled off-phone time).

    ``planned`` (leave, training, meetings) counts in long-range capacity only; in a roster these are segments.
    """

    unplanned: Annotated[float, Field(ge=0, lt=1)] = 0.08
    planned: Annotated[float, Field(ge=0, lt=1)] = 0.15


class FloorMinimum(Part):
    """At least ``agents`` with the skill of ``queue`` on the floor whenever the queue is open (or within ``hours``)."""

    queue: str
    agents: int = Field(ge=1)
    hours: Annotated[Spans | None, BeforeValidator(SPANS)] = None


class Rules(Part):
    """Working-time rules of every agent; contracts may be stricter. None switches a rule off."""

    daily_rest_h: float | None = Field(11.0, ge=0, le=24)
    max_consecutive_days: int | None = Field(6, ge=1)
    max_day_h: float | None = Field(None, gt=0, le=24)
    minimum_on_floor: tuple[FloorMinimum, ...] = ()


class Prices(Part):
    """What the roster pays for what it cannot have, in points an hour; only their proportions matter."""

    understaffing: float = Field(40.0, gt=0)
    overstaffing: float = Field(4.0, ge=0)
    outside_opening: float = Field(40.0, ge=0)
    below_minimum_hours: float = Field(20.0, ge=0)
    floor_minimum: float = Field(400.0, gt=0)
    seats: float = Field(400.0, gt=0)
    preference: float = Field(2.0, ge=0)


class Pay(Part):
    """Hourly rates by grade and premiums as fractions of the rate (0.25 = a quarter more).

    Overtime is paid time beyond the contract's hours in the pay workweek.
    """

    workweek_starts: Weekday = "monday"
    grades: Mapping[str, Annotated[Decimal, Field(ge=0)]] = {}
    night: Annotated[tuple[int, int], BeforeValidator(SPAN)] = (1320, 1800)
    night_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    weekend_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    rest_day_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    holiday_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    overtime_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0.5")


class Event(Part):
    """A span of days that moves the volume: a campaign, an outage, a tariff change.

    ``lift`` is the expected factor on the volume (1.2 = a fifth more); None learns it from past events of the kind.
    """

    name: str
    kind: str
    first_day: date
    last_day: date
    queues: tuple[str, ...] = ()
    lift: float | None = Field(None, ge=0)


class Centre(Part):
    """The whole policy. References between its parts are checked here, once."""

    centre: Identity
    sites: tuple[Site, ...] = Field(min_length=1)
    calendar: Calendar = Calendar()
    queues: tuple[Queue, ...] = Field(min_length=1)
    shrinkage: Shrinkage = Shrinkage()
    contracts: tuple[Contract, ...] = ()
    shift_templates: tuple[ShiftTemplate, ...] = ()
    rules: Rules = Rules()
    prices: Prices = Prices()
    pay: Pay = Pay()
    events: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _references(self) -> Centre:
        for noun, ids in (
            ("site", [site.id for site in self.sites]),
            ("queue", [queue.id for queue in self.queues]),
            ("contract", [contract.id for contract in self.contracts]),
            ("shift template", [template.id for template in self.shift_templates]),
        ):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{noun} {twice[0]} is defined twice")
        for queue in self.queues:
            if queue.site is not None and queue.site not in {site.id for site in self.sites}:
                raise ValueError(f"queue {queue.id} names site {queue.site}, which is not among the sites")
        for contract in self.contracts:
            for name in contract.templates or ():
                if name not in {template.id for template in self.shift_templates}:
                    raise ValueError(f"contract {contract.id} names shift template {name}, which is not defined")
        for minimum in self.rules.minimum_on_floor:
            if minimum.queue not in {queue.id for queue in self.queues}:
                raise ValueError(f"minimum_on_floor names queue {minimum.queue}, which is not defined")
        for event in self.events:
            for name in event.queues:
                if name not in {queue.id for queue in self.queues}:
                    raise ValueError(f"event {event.name} names queue {name}, which is not defined")
        return self

    def queue(self, queue_id: str) -> Queue:
        """The queue of that id (KeyError if there is none: callers check keys at the border)."""
        return {queue.id: queue for queue in self.queues}[queue_id]

    def site(self, site_id: str) -> Site:
        """The site of that id."""
        return {site.id: site for site in self.sites}[site_id]

    def contract(self, contract_id: str) -> Contract:
        """The contract of that id."""
        return {contract.id: contract for contract in self.contracts}[contract_id]

    def zone_of(self, queue_id: str) -> str:
        """The zone in which a queue's days and hours are read: its own, its site's, or the first site's."""
        queue = self.queue(queue_id)
        if queue.zone is not None:
            return queue.zone
        return self.site(queue.site).zone if queue.site is not None else self.sites[0].zone

    @property
    def zone(self) -> str:
        """The zone of the centre's reports: the first site's."""
        return self.sites[0].zone
