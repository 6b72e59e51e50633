"""What a planner says of the history's days, against or beside what cleaning finds."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from wfm.policy.part import Part


class Cleaning(Part):
    """Days of the history of which the planner knows better: ``keep`` as they are, whatever they look like, or
    ``mask`` (leave out), though nothing shows."""

    keep: tuple[date, ...] = ()
    mask: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Cleaning:
        for day in sorted(set(self.keep) & set(self.mask)):
            raise ValueError(f"{day.isoformat()} is both kept and masked")
        return self
