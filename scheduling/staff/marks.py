"""Marks: columns beyond the quarter-hours, one a day and shift template, that count shifts instead of presence.

A row over a slot limits who is on the floor at a time of day. How many agents are given the night shift of Tuesday is
another count of the same kind, one a shift, so it has a column of its own behind the slots. Only templates that some
team rule speaks of are marked; without any, there are the slots alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """``templates`` are the marked ones; ``slots`` and ``days`` are the horizon's.

    >>> marks = Marks(("early", "night"), slots=672, days=7)
    >>> marks.column(1, "night"), marks.width
    (675, 686)
    >>> marks.of(675)
    (1, 'night')
    """

    templates: tuple[str, ...]
    slots: int
    days: int

    @property
    def width(self) -> int:
        """How many columns presence has: slots, then a column a day and marked template."""
        return self.slots + self.days * len(self.templates)

    def column(self, day: int, template: str) -> int:
        """The column that counts the shifts of ``template`` on ``day``; -1 if the template is not marked.

        Raises:
            IndexError: a day outside of the period.
        """
        if template not in self.templates:
            return -1
        if not 0 <= day < self.days:
            raise IndexError(f"day {day} of a period of {self.days} days")
        return self.slots + day * len(self.templates) + self.templates.index(template)

    def of(self, column: int) -> tuple[int, str]:
        """Day and template of a mark's column."""
        day, at = divmod(column - self.slots, len(self.templates))
        return day, self.templates[at]


def marks_of(templates: Iterable[str], slots: int, days: int) -> Marks:
    """Marks of ``templates``, each once, in order of their names."""
    return Marks(tuple(sorted(set(templates))), slots, days)
