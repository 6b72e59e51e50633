"""The mix: how many agents of each kind cover a requirement at the least cost, beside what today's numbers cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scheduling.mix.candidates import Candidates, candidates_of
from scheduling.mix.kind import Kind
from scheduling.mix.report import Mix, mix_of
from scheduling.outcome import NoAnswer
from scheduling.problem.problem import Problem
from scheduling.solver.construct import construct
from scheduling.solver.hiring import Relaxed, hire, relax
from scheduling.solver.interrupt import held_back
from scheduling.solver.search import Clock, Search, Tours, wall_clock
from scheduling.solver.solve import solve
from wfm.policy.centre import Centre
from wfm.time.week import Period

PRESENT_SHARE, RELAX_SHARE = 0.25, 0.5
"""Of the time limit, so much is for rostering today's team; of what is left, so much for the bound."""
SPARE = 2
"""Agents of a kind on a shortlist beyond those employed so far."""

Progress = Callable[[str, float, float], None]
"""Called with what is being done, the least cost so far and the bound, in currency."""


@dataclass(eq=False)
class Course:
    """What is known so far: today's team rostered, the bound of the choice, the best choice."""

    candidates: Candidates
    seconds: float
    rng: np.random.Generator
    progress: Progress | None = None
    clock: Clock = wall_clock
    present: Search | None = None
    choice: Search | None = None
    whole: Search | None = None
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def best(self) -> Search | None:
        """The search with the cheapest choice of a legal number of each kind."""
        found = [search for search in (self.choice, self.whole) if search is not None and np.isfinite(search.incumbent)]
        return min(found, key=lambda search: search.incumbent, default=None)

    def run(self) -> None:
        """Roster today's team, relax the choice, then search for whole numbers."""
        self._roster_present()
        problem = self.candidates.choice()
        relaxed = self._relax(problem)
        if relaxed is not None:
            self._hire(problem, relaxed)

    def _left(self) -> float:
        return max(self.seconds - (self.clock() - self.began), 0.0)

    def _search(self, title: str, problem: Problem, share: float) -> Search:
        """A search of ``problem`` for ``share`` of the time left, which tells how it fares."""
        point, progress = self.candidates.priced.point, self.progress

        def tell(incumbent: float, bound: float, _: float) -> None:
            if progress is not None:
                progress(title, incumbent * point, bound * point)

        search = Search(problem, share * self._left(), self.rng, tell, clock=self.clock)
        search.raise_bound(0.0)
        return search

    def _roster_present(self) -> None:
        """Today's team; what it comes to is also the first choice."""
        now = [kind.now for kind in self.candidates.kinds]
        if sum(now):
            self.present = self._search("today's team", self.candidates.team(now), PRESENT_SHARE)
            solve(self.present)

    def _relax(self, problem: Problem) -> Relaxed | None:
        """The choice among all candidates, from today's team and from a team built for what is needed."""
        self.choice = search = self._search("bound", problem, RELAX_SHARE)
        built = Search(self._shortlist([kind.now for kind in self.candidates.kinds]), 0.0, self.rng, clock=self.clock)
        built.offer(construct(built))
        for team in (built, self.present):
            if team is not None:
                search.offer(construct(search, self._moved(team.best, problem)))
        return relax(search)

    def fall_back(self) -> None:
        """Take today's team as the choice, if it was interrupted before there was another."""
        if self.best is None and self.present is not None and np.isfinite(self.present.incumbent):
            problem = self.candidates.choice()
            self.choice = self._search("today's team", problem, 0.0)
            self.choice.offer(construct(self.choice, self._moved(self.present.best, problem)))

    def _shortlist(self, heads: Sequence[float]) -> Problem:
        """The choice among little more agents of each kind than ``heads``."""
        fewest = [kind.fewest for kind in self.candidates.kinds]
        wanted = np.maximum(np.ceil(heads), fewest).astype(int) + SPARE
        return self.candidates.choice([min(pair) for pair in zip(wanted.tolist(), self.candidates.most, strict=True)])

    def _moved(self, tours: Tours, problem: Problem) -> Tours:
        """The same tours for the agents of ``problem``, as far as it has any for them."""
        return self.candidates.moved(((self.candidates.kind_of(agent), tour) for agent, tour in tours.items()), problem)

    def _hire(self, problem: Problem, relaxed: Relaxed) -> None:
        """Search whole numbers among little more agents than the relaxation and the best choice so far employ."""
        candidates, choice = self.candidates, self.choice
        assert choice is not None  # the relaxation comes first
        part = np.zeros(len(candidates.kinds))
        for profile, employed in zip(problem.profiles, relaxed.employed, strict=True):
            part[candidates.kind_of(profile.agents[0])] += employed
        for tours in (relaxed.start, choice.best):
            part = np.maximum(part, candidates.heads(problem, tours))
        near = self._shortlist(part.tolist())
        self.whole = self._search("best mix", near, 1.0)
        self.whole.raise_bound(choice.bound)
        best, start = self._moved(choice.best, near), self._moved(relaxed.start, near)
        self.whole.offer(construct(self.whole, best))
        if not relaxed.small:
            start = {agent: tour for agent, tour in start.items() if tour.duties}
        hire(self.whole, relaxed, [start, best])


def best_mix(
    kinds: Sequence[Kind],
    requirement: pd.DataFrame,
    centre: Centre,
    period: Period,
    *,
    seconds: float = 60,
    seed: int = 0,
    progress: Progress | None = None,
    clock: Clock = wall_clock,
) -> Mix | NoAnswer:
    """The numbers of ``kinds`` that cover ``requirement`` over ``period`` at the least cost.

    Args:
        kinds: those that may be employed, with today's numbers.
        requirement: table of contract REQUIREMENT; ``rostered`` counts where it is given, else ``agents``.
        seconds: time limit; of today's team and the choice together.
        seed: orders and ties.
        progress: called as ``progress(title, cost, bound)``.
        clock: what ``seconds`` are counted by.

    Returns:
        ``Mix``, or ``NoAnswer`` if it was interrupted before there was one.

    Raises:
        InputError: a queue of the requirement is unknown.
    """
    began, interrupted, course = clock(), False, None
    try:
        candidates = candidates_of(kinds, requirement, centre, period)
        course = Course(candidates, seconds, np.random.default_rng(seed), progress, clock)
        course.run()
    except KeyboardInterrupt:
        interrupted = True
    with held_back() as asked:
        if course is not None:
            course.fall_back()
        best = None if course is None else course.best
        if course is None or best is None:
            return NoAnswer("stopped before the first mix was complete", clock() - began, interrupted)
        choice = best if course.choice is None else course.choice
        spent = clock() - began
        return mix_of(course.candidates, best, course.present, choice.bound, spent, interrupted or asked())
