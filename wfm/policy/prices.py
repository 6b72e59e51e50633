"""Prices: what a roster pays for what it cannot have, in points; only their proportions matter."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.part import SPANS, Part, Weekday
from wfm.time.opening import Spans


class PriceStep(Part):
    """A price up to a share of the demand: ``up_to = 0.1`` are the first ten agents of a hundred short, or too many.

    The last step has no ``up_to``.
    """

    price: float = Field(ge=0)
    up_to: float | None = Field(None, gt=0)


def _steps(value: Any) -> Any:
    """One price is a single step."""
    return ({"price": value},) if isinstance(value, int | float) and not isinstance(value, bool) else value


Steps = Annotated[tuple[PriceStep, ...], BeforeValidator(_steps), Field(min_length=1)]


class QueuePrices(Part):
    """Prices of one queue, at all times or in intervals that start within ``hours`` on ``weekdays``.

    ``understaffing`` and ``overstaffing`` are a price each, or steps of rising prices by share of the queue's demand.
    What is left out stays as it is. Of two that hold at once the later in the list wins.
    """

    queue: str
    hours: Annotated[Spans, BeforeValidator(SPANS)] = ((0, 1440),)
    weekdays: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    understaffing: Steps | None = None
    overstaffing: Steps | None = None

    @model_validator(mode="after")
    def _rising(self) -> QueuePrices:
        for name in ("understaffing", "overstaffing"):
            steps: tuple[PriceStep, ...] = getattr(self, name) or (PriceStep(price=1.0),)
            ends = [step.up_to for step in steps[:-1] if step.up_to is not None]
            if steps[-1].up_to is not None or len(ends) < len(steps) - 1:
                raise ValueError(f"{name}: every step but the last has up_to")
            if ends != sorted(set(ends)):
                raise ValueError(f"{name}: the steps are not in order of up_to")
            prices = [step.price for step in steps]
            if prices != sorted(prices):
                raise ValueError(f"{name}: a further agent may not be cheaper than the one before: prices must rise")
        if any(step.price == 0 for step in self.understaffing or ()):
            raise ValueError("understaffing: a price of 0 would be no need")
        if any(step.up_to is not None and step.up_to >= 1 for step in self.understaffing or ()):
            raise ValueError("understaffing: no more than all of the demand can be missing, so up_to is below 1")
        return self


class Prices(Part):
    """Points an hour; per shift for ``shift_staff_...``, per wish that is not honoured for ``preference``.

    ``queues`` have prices of their own.
    """

    understaffing: float = Field(40.0, gt=0)
    overstaffing: float = Field(4.0, ge=0)
    outside_opening: float = Field(40.0, ge=0)
    below_minimum_hours: float = Field(20.0, ge=0)
    floor_minimum: float = Field(400.0, gt=0)
    seats: float = Field(400.0, gt=0)
    shift_lead: float = Field(400.0, gt=0)
    mentor: float = Field(200.0, gt=0)
    shift_staff_under: float = Field(3000.0, ge=0)
    shift_staff_over: float = Field(300.0, ge=0)
    preference: float = Field(16.0, ge=0)
    queues: tuple[QueuePrices, ...] = ()
