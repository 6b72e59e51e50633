"""The solver: construct, sweep, generate tours, dive, and search neighbourhoods until time is up.

Generation and dive need a linear programme that is solved again and again. Where queues shared by many skill sets make
it too large for that, the equilibrium alone gives the bound, and neighbourhoods improve the swept roster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from scheduling.solver.construct import construct, sweep
from scheduling.solver.days import Days, has_breaks
from scheduling.solver.dive import dive
from scheduling.solver.dual import Prices
from scheduling.solver.equilibrium import Equilibrium
from scheduling.solver.generate import Ending, bound_at, generate
from scheduling.solver.master import Master
from scheduling.solver.neighbourhood import Neighbourhoods
from scheduling.solver.pool import Pool
from scheduling.solver.ruin import Ruin
from scheduling.solver.search import Search
from scheduling.solver.selection import Selection
from scheduling.solver.window import Windows

SWEEP_FOR = 0.03
GENERATE_UNTIL = 0.45
DIVE_UNTIL = 0.8
FINISH_UNTIL = 0.95
"""Shares of the time limit."""
LONG_DAYS = 56
"""Periods from this length on are improved a few weeks at a time where one master would be too large."""
MOST_ROWS = 700
"""A master of more rows is too slow to be solved again and again; the equilibrium goes on in its place."""
TURNS_ALONE = 400
HOT, COLD = 0.14, 0.02
"""First and last temperature of the equilibrium, in prices of one agent short and one idle."""
LAG = 0.1
FADING = 0.93
"""Of the mean of prices stays so much a turn; single turns overshoot, the mean bounds better."""
MANY_ALIKE = 3
"""With more agents a profile, generation bends prices for more tours a round: one a profile were too few."""
LONG_TURN, SHORT_TURN, LEAST_TURN_S = 0.1, 0.03, 0.5
FORGETTING = 0.6
"""Turns of the ways to improve a team, in shares of the time limit; what a way gained long ago counts less."""


def solve(search: Search) -> None:
    """Improve ``search`` until its bound is met or its time is up; there is a legal team after the first step."""
    if not search.problem.profiles:
        search.offer({})
        search.raise_bound(search.incumbent)
        return
    tours = construct(search, search.best)
    search.offer(tours)
    sweep(search, tours, until=search.elapsed() + SWEEP_FOR * search.seconds)
    if search.left() <= 0:
        return
    master = Master(search.problem)
    if master.rows <= MOST_ROWS:
        by_master(search, master)
    elif search.problem.horizon.period.days >= LONG_DAYS:
        Windows(search, settle_window).improve(search.seconds)
    else:
        _, prices = settle(search, GENERATE_UNTIL * search.seconds, TURNS_ALONE)
        Ruin(search, prices.by_pool(search.problem)).improve(search.seconds)


def settle_window(search: Search) -> Prices | None:
    """The course of a search over a few days of tours that stand."""
    return by_master(search, Master(search.problem))


def by_master(search: Search, master: Master) -> Prices | None:
    """Generate tours, dive from the master's shares, then search around the best team.

    Returns:
        The prices of the best bound, if there is one.
    """
    seed(search, master)

    def tell(bound: float, _: Prices) -> None:
        search.raise_bound(bound)
        search.report()

    def left(share: float) -> Callable[[], float]:
        return lambda: 0.0 if search.proven else share * search.seconds - search.elapsed()

    profiles = search.problem.profiles
    bend = search.rng if len(search.best) > MANY_ALIKE * len(profiles) else None
    made = generate(master, left(GENERATE_UNTIL), end=Ending(grain=search.grain), bend=bend, tell=tell)
    if made.solution is None or made.prices is None:
        Ruin(search).improve(search.seconds)
        return None
    pool = Pool(search.problem, made.prices)
    found = construct(search, dive(master, made.solution, left(DIVE_UNTIL), pool=pool), 0.0)
    sweep(search, found, until=FINISH_UNTIL * search.seconds)
    worth = made.prices.by_pool(search.problem)
    ruin = Ruin(search, worth)
    ways: list[Way] = [Neighbourhoods(search, pool), ruin, Selection(search, pool)]
    alternate(search, [Days(search, ruin), *ways] if has_breaks(search.problem) else ways)
    return made.prices


class Way(Protocol):
    """A way to improve the search's best team."""

    def improve(self, until: float) -> None:
        """Improve it until ``until`` seconds of the search."""
        ...


def alternate(search: Search, ways: Sequence[Way]) -> None:
    """Improve the best team in turns; the way that gained most a second has the longer turn."""
    gained, spent = [0.0] * len(ways), [1e-9] * len(ways)
    while search.left() > 0 and not search.proven:
        best = max(range(len(ways)), key=lambda at: gained[at] / spent[at])
        for at, way in enumerate(ways):
            before, begun = search.incumbent, search.elapsed()
            share = LONG_TURN if at == best else SHORT_TURN
            way.improve(min(search.seconds, begun + max(LEAST_TURN_S, share * search.seconds)))
            gained[at] = FORGETTING * gained[at] + before - search.incumbent
            spent[at] = FORGETTING * spent[at] + search.elapsed() - begun


def settle(search: Search, until: float, turns: int) -> tuple[Equilibrium, Prices]:
    """The equilibrium of all agents, cooled over ``turns`` turns or until ``until`` seconds; the best bound's prices.

    Bounds are concave in the prices, so the best ones so far are also tried in mixture with the mean of late.
    """
    problem = search.problem
    scale = problem.scale
    mean = Equilibrium(problem, problem.given, search.best, HOT * scale)
    average = best = mean.prices()
    start = search.elapsed()
    for turn in range(turns):
        if search.elapsed() >= until or search.proven:
            break
        # Where time will not do for all turns, it sets the pace.
        spent = (search.elapsed() - start) / (until - start)
        mean.cool(HOT * scale * (COLD / HOT) ** (spent if spent > turn / turns + LAG else turn / turns))
        mean.round(search.rng)
        average = average.blend(mean.prices(), FADING)
        if turn % 5 == 4:
            for prices in (average, best.blend(average, 0.8), best.blend(average, 0.5)):
                value = bound_at(problem, prices)
                if value > search.bound:
                    best = prices
                search.raise_bound(value)
            search.report()
    return mean, best


def seed(search: Search, master: Master) -> None:
    """Let the master know the best team."""
    for at, profile in enumerate(search.problem.profiles):
        for agent in profile.agents:
            master.add(at, search.best[agent])
