"""The centre as wfm.toml describes it: sites, calendar, queues, contracts, shifts, rules, pay."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.calendar import Calendar
from wfm.policy.cleaning import Cleaning
from wfm.policy.deferred import Backlog, Blend, Dialling
from wfm.policy.hiring import Hiring
from wfm.policy.objective import Objective
from wfm.policy.opening import read_opening, read_work_hours
from wfm.policy.part import SPAN, ZONE, Part, Weekday
from wfm.policy.preset import over_preset
from wfm.policy.prices import Prices
from wfm.policy.rota import PATTERN_WORDS
from wfm.policy.rules import Rules
from wfm.policy.shift import Contract, ShiftTemplate
from wfm.policy.staffing import Staffing
from wfm.policy.target import Target, TargetByTime
from wfm.policy.volume import Deflection, Driver, Event
from wfm.time.opening import OpeningHours


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


class Queue(Part):
    """One queue: its channel, hours, handle time where data has none, target, priority (1 is served first).

    ``deadline_h`` makes the queue deferred work: contacts wait, and are due that many hours after they came;
    ``deadline_workdays``: by the close of business of that working day after the day they came. ``work_hours`` are
    those in which they may be handled, if not all of ``opening``; ``backlog`` what waited already; ``dialling`` belongs
    to outbound contacts.
    ``concurrency`` is how many chats an agent handles at once, ``aht_by_level`` the seconds of each at 1, 2, ... at
    once. ``patience_s``: mean patience.
    ``waiting``: the model of those who wait, Erlang A (who give up after a while) where the patience is known, else
    Erlang C. ``targets_by_time`` replace values of ``target`` at times of the day or week.

    ``deflection``: steps of the share of contacts that a bot or self-service takes. ``redial_share`` of who abandons
    calls again; the forecast is of what is offered when ``planned_abandonment`` (None: as of late) abandon. A queue
    without history is forecast as ``like_share`` of the queue ``like``, or with its profile at
    ``expected_contacts_day`` on an average open day.
    """

    id: str = Field(pattern=r"^[^+:,;|\s]+$")
    name: str = ""
    channel: Literal["voice", "chat", "app", "email", "work_order", "callback", "outbound", "hall"] = "voice"
    site: str | None = None
    zone: Annotated[str | None, BeforeValidator(ZONE)] = None
    interval_min: Literal[5, 10, 15, 20, 30, 60] = 30
    opening: Annotated[OpeningHours, BeforeValidator(read_opening)] = OpeningHours()
    default_aht_s: float = Field(300.0, gt=0)
    target: Target = Target()
    targets_by_time: tuple[TargetByTime, ...] = ()
    priority: int = Field(5, ge=1)
    deadline_h: float | None = Field(None, gt=0)
    deadline_workdays: int | None = Field(None, ge=1)
    work_hours: Annotated[OpeningHours | None, BeforeValidator(read_work_hours)] = None
    backlog: Backlog | None = None
    dialling: Dialling | None = None
    concurrency: int = Field(1, ge=1)
    aht_by_level: tuple[Annotated[float, Field(gt=0)], ...] = ()
    patience_s: float | None = Field(None, gt=0)
    waiting: Literal["erlang_c", "erlang_a"] | None = None
    deflection: tuple[Deflection, ...] = ()
    redial_share: float = Field(0.0, ge=0, lt=1)
    planned_abandonment: float | None = Field(None, ge=0, lt=1)
    like: str | None = None
    like_share: float | None = Field(None, gt=0)
    expected_contacts_day: float | None = Field(None, gt=0)
    model: str | None = None

    @model_validator(mode="after")
    def _sense(self) -> Queue:
        days = [step.since for step in self.deflection]
        if days != sorted(set(days)):
            raise ValueError("the steps of deflection are not in order of their days")
        if self.like is not None and (self.like_share is None) == (self.expected_contacts_day is None):
            raise ValueError("a queue like another needs like_share or expected_contacts_day, one of the two")
        if self.like is None and self.like_share is not None:
            raise ValueError("like_share needs like: the queue of which this one takes a share")
        self._check_deferred()
        self._check_patience()
        return self

    def _check_deferred(self) -> None:
        if self.deadline_h is not None and self.deadline_workdays is not None:
            raise ValueError("a deadline is deadline_h or deadline_workdays, one of the two")
        for key in ("work_hours", "backlog", "dialling"):
            if getattr(self, key) is not None and not self.deferred:
                raise ValueError(f"{key} belongs to deferred work, which has deadline_h or deadline_workdays")
        if self.aht_by_level and len(self.aht_by_level) != self.concurrency:
            raise ValueError(f"aht_by_level needs one handle time for each of concurrency = {self.concurrency}")

    def _check_patience(self) -> None:
        if self.waiting == "erlang_a" and self.patience_s is None:
            raise ValueError('waiting = "erlang_a" needs patience_s')
        promised = [self.target.max_abandonment, *(own.max_abandonment for own in self.targets_by_time)]
        if any(value is not None for value in promised) and (self.patience_s is None or self.waiting == "erlang_c"):
            raise ValueError("max_abandonment needs patience_s: without it nobody is taken to give up")
        if self.targets_by_time and self.deferred:
            raise ValueError("targets_by_time are for contacts that wait for an answer, not for deferred work")

    @property
    def staffed_patience_s(self) -> float | None:
        """The patience that staffing reckons with: None where those who wait are taken never to give up."""
        return None if self.waiting == "erlang_c" else self.patience_s

    @property
    def deferred(self) -> bool:
        """Whether contacts wait for a deadline instead of an answer."""
        return self.deadline_h is not None or self.deadline_workdays is not None

    @property
    def within_h(self) -> float | None:
        """Hours that a deferred contact has at least: ``deadline_h``, or the working days without nights off between.

        None where nothing is deferred.
        """
        return self.deadline_h if self.deadline_workdays is None else 24.0 * self.deadline_workdays


class Shrinkage(Part):
    """Share of rostered time that is lost unplanned (sickness, unscheduled off-phone time).

    ``planned`` (leave, training, meetings) counts in long-range capacity only; in a roster these are segments.
    """

    unplanned: Annotated[float, Field(ge=0, lt=1)] = 0.08
    planned: Annotated[float, Field(ge=0, lt=1)] = 0.15


class Pay(Part):
    """Hourly rates by grade and premiums as fractions of the rate (0.25 = a quarter more).

    Overtime is paid time beyond the contract's hours in the pay workweek. ``preset`` names labour rules whose premiums
    hold where this section names none.
    """

    preset: str | None = None
    workweek_starts: Weekday = "monday"
    grades: Mapping[str, Annotated[Decimal, Field(ge=0)]] = {}
    night: Annotated[tuple[int, int], BeforeValidator(SPAN)] = (1320, 1800)
    night_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    weekend_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    rest_day_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    holiday_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0")
    overtime_premium: Annotated[Decimal, Field(ge=0)] = Decimal("0.5")

    @model_validator(mode="before")
    @classmethod
    def _over_preset(cls, values: Any) -> Any:
        return over_preset(values, "pay")


class Centre(Part):
    """The whole policy. References between its parts are checked here, once."""

    centre: Identity
    sites: tuple[Site, ...] = Field(min_length=1)
    calendar: Calendar = Calendar()
    queues: tuple[Queue, ...] = Field(min_length=1)
    shrinkage: Shrinkage = Shrinkage()
    staffing: Staffing = Staffing()
    contracts: tuple[Contract, ...] = ()
    shift_templates: tuple[ShiftTemplate, ...] = ()
    rules: Rules = Rules()
    prices: Prices = Prices()
    objective: Objective = Objective()
    pay: Pay = Pay()
    hiring: Hiring = Hiring()
    events: tuple[Event, ...] = ()
    cleaning: Cleaning = Cleaning()
    drivers: tuple[Driver, ...] = ()
    blends: tuple[Blend, ...] = ()

    @model_validator(mode="after")
    def _references(self) -> Centre:
        for noun, ids in (
            ("site", [site.id for site in self.sites]),
            ("queue", [queue.id for queue in self.queues]),
            ("contract", [contract.id for contract in self.contracts]),
            ("shift template", [template.id for template in self.shift_templates]),
            ("driver", [driver.name for driver in self.drivers]),
        ):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{noun} {twice[0]} is defined twice")
        for queue in self.queues:
            if queue.site is not None and queue.site not in {site.id for site in self.sites}:
                raise ValueError(f"queue {queue.id} names site {queue.site}, which is not among the sites")
        self._check_shifts()
        known = {queue.id for queue in self.queues}
        for whose, names in self._named_queues():
            for name in names:
                if name not in known:
                    raise ValueError(f"{whose} names queue {name}, which is not defined")
        self._check_floor()
        self._check_likes()
        self._check_blends()
        self._check_rate()
        return self

    def _named_queues(self) -> list[tuple[str, tuple[str, ...]]]:
        """Who names which queues."""
        return [
            *(("prices.queues", (own.queue,)) for own in self.prices.queues),
            ("hiring.skill_week", tuple(self.hiring.skill_week)),
            *((f"event {event.name}", event.queues) for event in self.events),
            *((f"driver {driver.name}", driver.queues) for driver in self.drivers),
            *((f"calendar day {own.day}", own.queues) for own in self.calendar.days),
            *(("a blend", blend.interactive + blend.deferred) for blend in self.blends),
            *((f"queue {queue.id}", (queue.like,)) for queue in self.queues if queue.like is not None),
        ]

    def _check_shifts(self) -> None:
        known = {template.id for template in self.shift_templates}
        named = [(f"contract {own.id}", {*(own.templates or ()), *own.rota_templates()}) for own in self.contracts]
        named += [(f"forbidden after {entry.after}", {entry.after, *entry.never}) for entry in self.rules.forbidden]
        for whose, names in named:
            for name in sorted(names - known):
                raise ValueError(f"{whose} names shift template {name}, which is not defined")
        for contract in self.contracts:
            if contract.pattern and (taken := known & set(PATTERN_WORDS)):
                raise ValueError(f"shift template {min(taken)} has a name that means something else in patterns")
            if contract.templates is not None and (strange := set(contract.pattern) & known - set(contract.templates)):
                raise ValueError(f"contract {contract.id}: {min(strange)} of its pattern is not among its templates")

    def _check_floor(self) -> None:
        known = {
            "queue": {queue.id for queue in self.queues},
            "site": {site.id for site in self.sites},
            "shift template": {template.id for template in self.shift_templates},
        }
        for whose, noun, name in self.rules.floor_references():
            if name not in known[noun]:
                raise ValueError(f"{whose} names {noun} {name}, which is not defined")

    def _check_likes(self) -> None:
        likes = {queue.id: queue.like for queue in self.queues if queue.like is not None}
        for name, like in likes.items():
            if like in likes or like == name:
                raise ValueError(f"queue {name} is like {like}, which has no history of its own to lend")

    def _check_blends(self) -> None:
        named = [name for blend in self.blends for name in blend.interactive + blend.deferred]
        for name in named:
            if named.count(name) > 1:
                raise ValueError(f"queue {name} is named twice in blends")
        for blend in self.blends:
            for name in blend.interactive:
                if self.queue(name).deferred or self.queue(name).concurrency > 1:
                    raise ValueError(f"a blend has queue {name} as interactive, which is deferred or chat")
            for name in blend.deferred:
                if not self.queue(name).deferred:
                    raise ValueError(f"a blend has queue {name} as deferred, which has no deadline")

    def _check_rate(self) -> None:
        for queue in self.queues:
            impatient = queue.patience_s is not None and queue.waiting != "erlang_c" and not queue.deferred
            if self.staffing.rate == "expected" and impatient and queue.target.definition != "offered":
                raise ValueError(
                    f'queue {queue.id} promises the definition {queue.target.definition}, but rate = "expected" knows '
                    "the one over all offered"
                )

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
