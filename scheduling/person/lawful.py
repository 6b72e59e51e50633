"""Lawful windows: the windows of breaks, narrowed until every placement within them keeps the law on breaks.

Windows are narrowed one by one and stay independent of one another, which the one-person programme needs. A placement
that is legal only together with a certain place of another break is given up; a shift whose windows cannot be narrowed
so keeps them, and the rule ``breaks_by_law`` forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scheduling.staff.duty import BreakWindow, Duty, Menu
from wfm.policy.hours import BreakLaw
from wfm.policy.shift import SLOT_MIN


def lawful_menu(menu: Menu, laws: Sequence[BreakLaw]) -> Menu:
    """``menu`` with the windows of every duty narrowed to ``laws``."""
    if not laws:
        return menu
    return Menu(tuple(tuple(narrowed(duty, laws) for duty in duties) for duties in menu.days), menu.must)


def narrowed(duty: Duty, laws: Sequence[BreakLaw]) -> Duty:
    """``duty`` with windows narrowed to those of ``laws`` that its hours reach."""
    windows = list(duty.breaks)
    for law in laws:
        if duty.paid_min <= law.over_h * 60:
            continue
        counting = [
            at
            for at, window in enumerate(windows)
            if window.slots * SLOT_MIN >= law.part_min and law.paid in (None, window.paid)
        ]
        if law.by_h is not None and len(counting) >= law.count:
            at = counting[law.count - 1]
            windows[at] = _until(windows[at], (duty.starts + int(law.by_h * 60)) // SLOT_MIN)
        if law.stretch_h is not None and counting:
            _shorten(windows, counting, duty.slots, int(law.stretch_h * 60) // SLOT_MIN)
    return replace(duty, breaks=tuple(windows))


def _shorten(windows: list[BreakWindow], counting: Sequence[int], shift: range, most: int) -> None:
    """Latest starts at most ``most`` slots after the earliest end of the break before; the last break late enough."""
    here = shift.start
    for at in counting:
        windows[at] = _until(windows[at], here + most)
        here = windows[at].first + windows[at].slots
    last = windows[counting[-1]]
    windows[counting[-1]] = _from(last, shift.stop - most - last.slots)


def _until(window: BreakWindow, latest: int) -> BreakWindow:
    """The window without starts after ``latest``; whole where none would remain."""
    if latest < window.first:
        return window
    last = min(window.last, window.first + (latest - window.first) // window.step * window.step)
    return replace(window, last=last)


def _from(window: BreakWindow, earliest: int) -> BreakWindow:
    """The window without starts before ``earliest``; whole where none would remain."""
    steps = max(0, -(-(earliest - window.first) // window.step))
    first = window.first + steps * window.step
    return window if first > window.last else replace(window, first=first)
