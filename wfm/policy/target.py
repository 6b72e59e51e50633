"""What a queue promises to those who wait for an answer, at all times and at some."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.part import SPANS, Part, Weekday
from wfm.time.opening import Spans

Definition = Literal["offered", "answered", "waited", "virtual"]
"""Which service level is promised, with T the threshold: served within T over all offered; over all served; those who
waited no longer than T, whether served or gone, over all offered; or the chance that one who never gave up would wait
no longer than T."""

Share = Annotated[float, Field(gt=0, lt=1)]


class Target(Part):
    """What a queue promises. Every target that is set holds; the service level by its ``definition``.

    ``per``: the service level holds in every interval, or over all contacts of a local day or week, with fewer agents
    (other targets hold in every interval). There ``least_service_level`` is what the worst interval still keeps; left
    out, that is half the promise.
    """

    service_level: Share | None = 0.8
    threshold_s: float = Field(30.0, ge=0)
    definition: Definition = "offered"
    per: Literal["interval", "day", "week"] = "interval"
    least_service_level: Share | None = None
    asa_s: float | None = Field(None, gt=0)
    max_abandonment: Annotated[float, Field(gt=0, le=1)] | None = None
    max_occupancy: Annotated[float, Field(gt=0, le=1)] | None = None
    min_agents: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _sense(self) -> Target:
        if self.per != "interval" and self.service_level is None:
            raise ValueError(
                f"per = {self.per!r} needs service_level: it is the promise that holds over the {self.per}"
            )
        if self.least_service_level is not None:
            if self.per == "interval":
                raise ValueError('least_service_level needs per = "day" or "week"; else every interval is promised')
            if self.service_level is not None and self.least_service_level > self.service_level:
                raise ValueError(f"least_service_level exceeds the service level of {self.service_level:g}")
        return self


class TargetByTime(Part):
    """Values that replace those of the target at some times: intervals that start within ``hours`` on ``weekdays``.

    What is left out stays as it is. Of two that hold at once the later in the list wins.
    """

    hours: Annotated[Spans, BeforeValidator(SPANS)] = ((0, 1440),)
    weekdays: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    service_level: Share | None = None
    threshold_s: float | None = Field(None, ge=0)
    asa_s: float | None = Field(None, gt=0)
    max_abandonment: Annotated[float, Field(gt=0, le=1)] | None = None
    max_occupancy: Annotated[float, Field(gt=0, le=1)] | None = None
    min_agents: int | None = Field(None, ge=0)
