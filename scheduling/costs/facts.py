"""Facts of a menu's duties as flat arrays, for costs that look at single days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.staff.duty import Menu


@dataclass(frozen=True, eq=False)
class MenuFacts:
    """By duty of a menu: its day, template, start on the wall clock and length; ``day_at`` is where each day begins."""

    day_at: NDArray[np.int64]
    day: NDArray[np.int64]
    template: NDArray[np.object_]
    wall_start: NDArray[np.int64]
    length_min: NDArray[np.int64]


def facts_of(menu: Menu) -> MenuFacts:
    """The facts of ``menu``."""
    duties = menu.duties
    return MenuFacts(
        day_at=menu.day_at,
        day=np.array([duty.day for duty in duties], dtype=np.int64),
        template=np.array([duty.template for duty in duties], dtype=object),
        wall_start=np.array([duty.wall_start for duty in duties], dtype=np.int64),
        length_min=np.array([duty.ends - duty.starts for duty in duties], dtype=np.int64),
    )
