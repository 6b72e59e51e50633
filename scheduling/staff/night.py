"""Nights: what counts as a night shift."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.staff.carried import Past
from scheduling.staff.duty import DAY_MIN, Duty
from wfm.policy.rules import Rules


@dataclass(frozen=True)
class Night:
    """A shift is a night with at least ``least_min`` minutes between the wall-clock minutes of ``span``.

    Directive 2003/88/EC, article 2, calls a night worker who works three hours or more of his daily time by night.
    The clock is read as if it did not change, so a shift is a night in every week or in none.

    >>> night = Night((23 * 60, 30 * 60), 180)
    >>> [night.of(start * 60, end * 60) for start, end in ((22, 30), (18, 26), (17, 25), (3, 11), (4, 12))]
    [True, True, False, True, False]
    """

    span: tuple[int, int]
    least_min: float

    def of(self, wall_start: int, wall_end: int) -> bool:
        """Whether a shift with these minutes after midnight is a night."""
        begin, end = self.span
        minutes = sum(
            max(0, min(wall_end, end + day * DAY_MIN) - max(wall_start, begin + day * DAY_MIN)) for day in (-1, 0, 1)
        )
        return minutes >= self.least_min

    def counts(self, shift: Duty | Past) -> bool:
        """Whether ``shift`` is a night."""
        return self.of(shift.wall_start, shift.wall_end)


def night_of(rules: Rules) -> Night:
    """The night as the policy names it."""
    return Night(rules.night, rules.night_h * 60)
