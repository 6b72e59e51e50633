"""The draft: a roster table read back as tours, to start the search from and to measure changes against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scheduling.arrays import Floats
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour, best_tour
from scheduling.problem.problem import Problem
from scheduling.solver.search import Tours
from scheduling.staff.duty import Duty, Menu
from scheduling.staff.given import present, worked
from scheduling.staff.worker import Worker
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import WORK

KEEP = 1e6
"""What keeping a drafted duty is worth while the draft is read: more than all tolls of a tour together."""

Places = Mapping[int, int]
"""A position in the menu for each day of the period with a drafted shift."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A roster read against the menus of its agents.

    Attributes:
        places: for each agent's position among the workers the drafted shifts that his menu holds.
        strange: (agent's position, day) of shifts that no duty of his menu is: times or lengths of no template.
        rests: (first, one past last) slots of every break, meeting or other time off the floor, by agent's position.
    """

    places: Mapping[int, Places]
    strange: frozenset[tuple[int, int]]
    rests: Mapping[int, Sequence[tuple[int, int]]]


def draft_of(roster: pd.DataFrame, workers: Sequence[Worker], menus: Sequence[Menu]) -> Draft:
    """``roster`` (contract ROSTER) read against ``menus``, one for each of ``workers``; unknown agents are left out."""
    if not workers:
        return Draft({}, frozenset(), {})
    horizon = workers[0].horizon
    duties = worked(roster, workers, horizon)
    catalogues: dict[int, dict[tuple[int, int, str], int]] = {}
    places: dict[int, Places] = {}
    strange = set()
    for at, (worker, menu) in enumerate(zip(workers, menus, strict=True)):
        own = duties.get(worker.id)
        if not own:
            continue
        catalogue = catalogues.get(id(menu))
        if catalogue is None:
            catalogue = catalogues[id(menu)] = _catalogue(menu)
        found = {day: _place(catalogue, duty) for day, duty in own.items()}
        places[at] = {day: place for day, place in found.items() if place is not None}
        strange |= {(at, day) for day, place in found.items() if place is None}
    return Draft(places, frozenset(strange), _rests(roster, workers))


def tours_of(problem: Problem, roster: pd.DataFrame) -> Tours:
    """The tours of ``roster`` as far as they are legal today, with breaks where they are.

    Of a draft that breaks a rule by now as many shifts are kept as the rules let stand together. Agents for whom the
    roster holds no shift, or none that can be kept, are left out.
    """
    workers = problem.team.workers
    draft = draft_of(roster, workers, [problem.atlas.menu(worker) for worker in workers])
    tours = {}
    for profile in problem.profiles:
        for agent in profile.agents:
            tour = drafted_tour(problem, profile, draft, agent)
            if tour is not None:
                tours[agent] = tour
    return tours


def drafted_tour(problem: Problem, profile: Profile, draft: Draft, agent: int) -> Tour | None:
    """The legal tour of ``profile`` that keeps the most of the agent's drafted shifts; None where it would keep none.

    A shortest path on which nothing but drafted duties, and days that are fixed anyway, may be chosen.
    """
    places = draft.places.get(agent)
    if not places:
        return None
    cost = np.full(len(profile.menu.duties), np.inf)
    cost[list(places.values())] = -KEEP
    for day, must in enumerate(profile.menu.must):
        if must:
            cost[profile.menu.day_at[day] : profile.menu.day_at[day + 1]] = -KEEP
    found = best_tour(profile, cost, _break_price(problem, draft.rests.get(agent, ())))
    if found is None or not set(found[0].duties) & set(places.values()):
        return None
    return found[0]


def _break_price(problem: Problem, rests: Sequence[tuple[int, int]]) -> Floats:
    """Every slot on the floor is worth 1, drafted breaks nothing: breaks then fall where they were."""
    price = np.ones(problem.given.shape[1])
    for first, last in rests:
        price[max(first, 0) : max(last, 0)] = 0.0
    return price


def _catalogue(menu: Menu) -> dict[tuple[int, int, str], int]:
    """Positions by start, end and template; by start and end alone under the empty template, first come."""
    found: dict[tuple[int, int, str], int] = {}
    for at, duty in enumerate(menu.duties):
        found[duty.starts, duty.ends, duty.template] = at
        found.setdefault((duty.starts, duty.ends, ""), at)
    return found


def _place(catalogue: Mapping[tuple[int, int, str], int], duty: Duty) -> int | None:
    place = catalogue.get((duty.starts, duty.ends, duty.template))
    return catalogue.get((duty.starts, duty.ends, "")) if place is None else place


def _rests(roster: pd.DataFrame, workers: Sequence[Worker]) -> dict[int, list[tuple[int, int]]]:
    horizon = workers[0].horizon
    number = {worker.id: at for at, worker in enumerate(workers)}
    rests = present(roster[(roster["activity"] != WORK) & roster["agent"].isin(list(number))], workers)
    starts, ends = (horizon.minutes(pd.DatetimeIndex(rests[column])) // SLOT_MIN for column in ("start", "end"))
    found: dict[int, list[tuple[int, int]]] = {}
    for agent, start, end in zip(rests["agent"], starts.tolist(), ends.tolist(), strict=True):
        found.setdefault(number[agent], []).append((start, end))
    return found
