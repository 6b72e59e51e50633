"""What every section of the policy has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from wfm.errors import InputError
from wfm.time.opening import read_span
from wfm.time.zones import zone_named

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Part(BaseModel):
    """A section of the policy: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def located(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A validator from a reader of text: values that are no text pass, and pydantic adds the place to a complaint."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read(value)
        except InputError as error:
            raise ValueError(str(error)) from error

    return validate


SPAN = located(read_span)
"""``"22:00-06:00"`` to minutes after midnight."""

SPANS = located(lambda text: (read_span(text),))
"""One span of text to a tuple of spans."""

ZONE = located(lambda name: zone_named(name).key)
"""The name of a time zone, which must exist."""
