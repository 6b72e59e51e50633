"""Work without a waiting caller, as wfm.toml describes it: what waits already, dialling, and what fills idle time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from wfm.policy.part import Part

FloatOrArray = TypeVar("FloatOrArray", float, NDArray[np.float64])


class Waiting(Part):
    """Some contacts that wait already: received at a day or moment (their due time follows), or due by one.

    A day without a time is its midnight for ``received`` and the close of business for ``due``, on the queue's clock.
    """

    contacts: float = Field(gt=0)
    received: datetime | date | None = None
    due: datetime | date | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Waiting:
        if (self.received is None) == (self.due is None):
            raise ValueError("waiting contacts need received or due, one of the two")
        return self


class Backlog(Part):
    """What waited before the first contact of ``day``. Plans that begin on that day take it over; others ignore it."""

    day: date
    waiting: tuple[Waiting, ...] = Field(min_length=1)


class Dialling(Part):
    """Outbound contacts: the share of attempts that reach the right party, and what the others cost.

    ``attempt_s`` are the seconds of one attempt in vain; after ``max_attempts`` a contact is given up.
    """

    connect_rate: float = Field(gt=0, le=1)
    attempt_s: float = Field(30.0, ge=0)
    max_attempts: int = Field(3, ge=1)

    def busy_s(self, aht_s: FloatOrArray) -> FloatOrArray:
        """Mean seconds of an agent that one contact of the list takes, all its attempts together.

        >>> Dialling(connect_rate=0.5, attempt_s=40, max_attempts=2).busy_s(200)
        180.0
        """
        reached = 1.0 - (1.0 - self.connect_rate) ** self.max_attempts
        attempts = reached / self.connect_rate
        return reached * aht_s + (attempts - reached) * self.attempt_s


class Blend(Part):
    """Deferred queues whose work is done in the idle time of interactive ones, by agents who have the skills of both.

    An agent finishes what he began, so that only as much idle time is used as leaves the promise to callers kept,
    unless the work is ``interruptible``: then it is put aside when a contact comes, and takes all the idle time.
    ``share`` of that time counts: what comes in pieces too small, or by agents without the skill, does not.
    """

    interactive: tuple[str, ...] = Field(min_length=1)
    deferred: tuple[str, ...] = Field(min_length=1)
    share: Annotated[float, Field(ge=0, le=1)] = 0.9
    interruptible: bool = False
