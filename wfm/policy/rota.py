"""Rotas: what a contract says of the order of working days, where it differs from the rules of all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from wfm.policy.part import Part, Weekday

PATTERN_WORDS = ("off", "on", "free")
"""Entries of a pattern that are no shift template: a day off, any shift, and as the roster likes."""


class Rota(Part):
    """Limits of one contract; None: the value of ``[rules]`` holds. An explicit one holds even if it is looser.

    ``weekdays_off`` are never worked. ``most_shifts`` and ``least_shifts`` are shifts of a template in the period.
    ``pattern`` repeats day by day, its first entry on ``pattern_from`` (and before that day too): a template's id,
    ``off``, ``on`` (any shift) or ``free``.
    """

    daily_rest_h: float | None = Field(None, ge=0, le=24)
    weekly_rest_h: float | None = Field(None, gt=0, le=168)
    max_consecutive_days: int | None = Field(None, ge=1)
    min_consecutive_days: int | None = Field(None, ge=1)
    min_days_off: int | None = Field(None, ge=1)
    max_consecutive_nights: int | None = Field(None, ge=0)
    max_weekends: int | None = Field(None, ge=0)
    start_within_min: int | None = Field(None, ge=0, lt=1440)
    start_spread_min: int | None = Field(None, ge=0, lt=1440)
    weekdays_off: tuple[Weekday, ...] = ()
    most_shifts: Mapping[str, Annotated[int, Field(ge=0)]] = {}
    least_shifts: Mapping[str, Annotated[int, Field(ge=0)]] = {}
    pattern: tuple[str, ...] = ()
    pattern_from: date | None = None

    @model_validator(mode="after")
    def _rota(self) -> Rota:
        if bool(self.pattern) != (self.pattern_from is not None):
            raise ValueError("pattern and pattern_from, the day of its first entry, belong together")
        if len(set(self.weekdays_off)) == 7:
            raise ValueError("weekdays_off leaves no day to work")
        for name, least in self.least_shifts.items():
            if least > self.most_shifts.get(name, least):
                raise ValueError(f"at least {least} and at most {self.most_shifts[name]} shifts {name}")
        return self

    def pattern_entry(self, day: date) -> str:
        """What the pattern has for ``day``; ``free`` without a pattern.

        >>> from datetime import date
        >>> rota = Rota(pattern=("early", "off"), pattern_from=date(2026, 11, 23))
        >>> [rota.pattern_entry(date(2026, 11, day)) for day in (22, 23, 24)]
        ['off', 'early', 'off']
        """
        if self.pattern_from is None:
            return "free"
        return self.pattern[(day - self.pattern_from).days % len(self.pattern)]

    def rota_templates(self) -> frozenset[str]:
        """The shift templates that the rota names."""
        return frozenset({*self.most_shifts, *self.least_shifts, *self.pattern} - set(PATTERN_WORDS))
