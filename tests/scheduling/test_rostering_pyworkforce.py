"""Beside pyworkforce: where both can state a problem both find its optimum, and what the page says of it is so."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")
pytest.importorskip("pyworkforce.rostering", reason="pyworkforce is not installed")

from benchmarks import rostering_pyworkforce
from benchmarks.rosters import named_agents, shift_selection
from benchmarks.rosters.shift_selection import DAYS, HOURS, Kind, Selection

SECONDS = 20.0
"""Far more than needed: proven optima end a solve."""


def two_peaks() -> Selection:
    """Every day 1 2 1 2 1 agents from 10:00 on, shifts of three hours.

    Two shifts cover six of the seven agent-hours: three are needed. Starts at 10, 11 and 12 are 1 2 3 2 1 agents, two
    too many at noon; two shifts miss three hours or more in all, one and none still more.
    """
    required = np.zeros((DAYS, HOURS), dtype=np.int64)
    required[:, 10:15] = [1, 2, 1, 2, 1]
    return Selection(required, (Kind(3),))


def test_every_start_and_lunch_is_a_shift_of_theirs() -> None:
    selection = Selection(np.zeros((DAYS, HOURS), dtype=np.int64), (Kind(9, (3, 5)), Kind(4)))
    assert len(selection.placed) == 8 * 3 + 13
    covers = selection.placed["9 h from 6:00, lunch 4"]
    assert np.flatnonzero(covers).tolist() == [6, 7, 8, 9, 11, 12, 13, 14]


def test_nearest_is_the_same_by_both() -> None:
    theirs, _ = shift_selection.theirs_nearest(two_peaks(), SECONDS)
    ours, ended = shift_selection.ours_nearest(two_peaks(), SECONDS)
    assert theirs == ours == DAYS * 2
    assert ended == "optimal"


def test_fewest_is_the_same_by_both() -> None:
    theirs, _ = shift_selection.theirs_fewest(two_peaks(), SECONDS)
    ours, _ = shift_selection.ours_fewest(two_peaks(), SECONDS)
    assert theirs == ours == DAYS * 3


def test_named_agents_come_to_the_same() -> None:
    # One on mornings, one on nights, as they like it, but for the second day, whose night the second may not work.
    team = named_agents.Team(2, {"Morning": (1,) * DAYS, "Night": (1,) * DAYS}, 56, 0, ((1, "Night", 1),),
                             {0: "Morning", 1: "Night"})  # fmt: skip
    assert named_agents.theirs(team, SECONDS) == (14 * 8 - 12, "optimal")
    assert named_agents.ours(team, SECONDS) == (14 * 8 - 12, "optimal")


def test_no_morning_after_a_night_is_more_than_they_can_say() -> None:
    team = named_agents.team_of_nights()
    assert math.isnan(named_agents.theirs(team, SECONDS)[0])
    assert not math.isnan(named_agents.ours(team, SECONDS)[0])
    assert not math.isnan(named_agents.theirs(replace(team, never_after=()), SECONDS)[0])


@pytest.mark.parametrize(
    ("wrong", "change"),
    [
        ("two in a day", [(0, "Night", 0)]),
        ("banned", [(1, "Night", 6)]),
        ("morning after a night", [(1, "Night", 4), (1, "Morning", 5)]),
    ],
)
def test_an_answer_that_breaks_a_demand_is_none(wrong: str, change: list[tuple[int, str, int]]) -> None:
    team = named_agents.Team(
        2, {"Morning": (1, 1, 1, 1, 0, 0, 0)}, 0, 7, ((1, "Night", 6),), {0: "Morning"}, (("Night", "Morning"),)
    )
    given = [(0, "Morning", day) for day in range(4)]
    assert named_agents.objective(team, given) == 4 * 8 - 4
    assert math.isnan(named_agents.objective(team, given[1:]))
    assert math.isnan(named_agents.objective(team, given + change)), wrong


def test_the_page_has_both() -> None:
    contest = rostering_pyworkforce.Contest("p", "u", lambda s: (3.0, "optimal"), lambda s: (math.nan, "bound 1.0"))
    page = rostering_pyworkforce.page(rostering_pyworkforce.entries(contest, 1.0), 1.0)
    assert "| p | u | wfm | none | bound 1.0 |" in page
    assert "| 3 | optimal |" in page
