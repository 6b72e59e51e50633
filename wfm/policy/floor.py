"""The floor: who has to be on it together, at which hours; how many agents a shift takes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.part import SPANS, Part, Weekday
from wfm.time.opening import Spans

Price = Annotated[float | None, Field(gt=0)]


class Floor(Part):
    """A part of the floor, and when it counts.

    Agents with the skill of ``queue``, at ``site``; left out, of all queues, at all sites. It counts while the queue is
    open (without one, any queue of the site), or within ``hours`` instead, and on ``weekdays`` if they are named.
    """

    queue: str | None = None
    site: str | None = None
    hours: Annotated[Spans | None, BeforeValidator(SPANS)] = None
    weekdays: tuple[Weekday, ...] | None = None
    price: Price = None

    def references(self) -> list[tuple[str, str | None]]:
        """What is named, kind and id."""
        return [("queue", self.queue), ("site", self.site)]


class FloorMinimum(Floor):
    """At least ``agents`` on the floor; with ``role``, of that grade or team. ``price``: points an agent-hour short."""

    agents: int = Field(ge=1)
    role: str | None = None


class ShiftLead(Floor):
    """At least ``agents`` of a grade or team ``role`` among those on the floor.

    Each looks after at most ``span`` others, if that is given. ``price``: points an hour for each lead missing, and for
    each agent beyond the span.
    """

    role: str
    agents: int = Field(1, ge=0)
    span: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _asks_something(self) -> ShiftLead:
        if self.agents == 0 and self.span is None:
            raise ValueError(f"shift lead {self.role}: agents = 0 without a span asks for nothing")
        return self


class Mentor(Floor):
    """No agents of the grade or team ``trainees`` on the floor without a mentor, one for at most ``trainees_each``.

    ``mentors`` is a grade or team. ``price``: points an hour for each trainee without one.
    """

    trainees: str
    mentors: str
    trainees_each: int = Field(1, ge=1)

    @model_validator(mode="after")
    def _two(self) -> Mentor:
        if self.trainees == self.mentors:
            raise ValueError(f"mentor: {self.trainees} can't be both the trainees and their mentors")
        return self


class ShiftStaff(Part):
    """How many agents are given a shift ``template`` on a day: at least ``agents``, at most ``most``.

    On ``weekdays``, or on ``days`` by date; left out, every day. Of agents with the skill of ``queue``, at ``site``, of
    the grade or team ``role``, where named. ``price_under`` and ``price_over``: points a shift for each agent missing
    and too many.
    """

    template: str
    agents: float = Field(0, ge=0)
    most: float | None = Field(None, ge=0)
    weekdays: tuple[Weekday, ...] | None = None
    days: tuple[date, ...] | None = None
    queue: str | None = None
    site: str | None = None
    role: str | None = None
    price_under: float | None = Field(None, ge=0)
    price_over: float | None = Field(None, ge=0)

    def references(self) -> list[tuple[str, str | None]]:
        """What is named, kind and id."""
        return [("queue", self.queue), ("site", self.site), ("shift template", self.template)]

    @model_validator(mode="after")
    def _sense(self) -> ShiftStaff:
        if self.most is not None and self.most < self.agents:
            raise ValueError(f"shift staff of {self.template}: at least {self.agents:g} and at most {self.most:g}")
        if self.agents == 0 and self.most is None:
            raise ValueError(f"shift staff of {self.template}: neither agents nor most is given")
        if self.weekdays is not None and self.days is not None:
            raise ValueError(f"shift staff of {self.template}: weekdays or days, one of the two")
        return self
