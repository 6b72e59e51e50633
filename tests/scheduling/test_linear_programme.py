"""The linear programme against SciPy's, as it grows; and numerical trouble in the solver is no end of the search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.linear_solver import pywraplp
from scipy.optimize import linprog

from scheduling.solver.linear import LinearProgram


class Stumbling:
    """GLOP, but the first ``falls`` solves end abnormally; it keeps the parameters that each solve was given."""

    def __init__(self, solver: Any, falls: int) -> None:
        self._solver, self._falls = solver, falls
        self.parameters: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._solver, name)

    def SetSolverSpecificParametersAsString(self, text: str) -> None:  # noqa: N802 - OR-Tools' name
        self.parameters.append(text)
        self._solver.SetSolverSpecificParametersAsString(text)

    def Solve(self) -> int:  # noqa: N802 - OR-Tools' name
        if len(self.parameters) <= self._falls:
            return int(pywraplp.Solver.ABNORMAL)
        return int(self._solver.Solve())


def two_ways(falls: int = 0) -> tuple[LinearProgram, Stumbling]:
    """At least 3 of x + y, x at 2 apiece and at most 2, y at 5: x = 2, y = 1, and one more costs 5."""
    programme = LinearProgram()
    row = programme.add_row(3.0, float("inf"))
    programme.add_column(2.0, [row], [1.0], high=2.0)
    programme.add_column(5.0, [row], [1.0])
    stumbling = Stumbling(programme._solver, falls)
    programme._solver = stumbling
    return programme, stumbling


@pytest.mark.parametrize("dual_simplex", [False, True])
@pytest.mark.parametrize("falls", [0, 1])
def test_it_finds_the_optimum_by_the_other_simplex_where_one_failed(falls: int, dual_simplex: bool) -> None:
    programme, solver = two_ways(falls)
    solution = programme.solve(5, dual_simplex=dual_simplex)
    assert solution is not None
    assert solution.objective == pytest.approx(9)
    assert solution.values.tolist() == pytest.approx([2, 1])
    assert solution.duals.tolist() == pytest.approx([5])
    by_dual = ["use_dual_simplex: true" in text for text in solver.parameters]
    assert by_dual == [dual_simplex, not dual_simplex][: falls + 1]


def test_it_gives_up_where_both_fail() -> None:
    programme, solver = two_ways(falls=2)
    assert programme.solve(5, dual_simplex=True) is None
    assert len(solver.parameters) == 2


def test_what_cannot_be_met_has_no_solution() -> None:
    programme = LinearProgram()
    programme.add_column(1.0, [programme.add_row(3.0, 4.0)], [1.0], high=2.0)
    assert programme.solve(5, dual_simplex=False) is None


def test_bounds_may_move_between_solves() -> None:
    programme, _ = two_ways()
    objectives = []
    for change in (
        lambda: programme.shift_row(0, 1.0),
        lambda: programme.fix_row(0, 1.0),
        lambda: programme.bound_row(0, 0.0, 1.0),
    ):
        change()
        solution = programme.solve(5, dual_simplex=True)
        assert solution is not None
        objectives.append(solution.objective)
    assert objectives == pytest.approx([2 * 2 + 2 * 5, 1 * 2, 0])


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 5), columns=st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_a_programme_grown_by_columns_is_scipys(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 3, (rows, columns)).astype(float)
    need, cost, high = rng.uniform(0, 4, rows), rng.uniform(0, 3, columns), rng.uniform(0.5, 3, columns)
    short = 10.0
    programme = LinearProgram()
    numbers = [programme.add_row(float(least), np.inf) for least in need]
    for number in numbers:
        programme.add_column(short, [number], [1.0])
    for at in range(columns):
        programme.add_column(float(cost[at]), numbers, matrix[:, at], float(high[at]))
        solution = programme.solve(5, dual_simplex=False)
        grown = np.hstack([np.eye(rows), matrix[:, : at + 1]])
        bounds = [(0, None)] * rows + [(0, limit) for limit in high[: at + 1]]
        expected = linprog(np.append(np.full(rows, short), cost[: at + 1]), -grown, -need, bounds=bounds)
        assert solution is not None
        assert solution.objective == pytest.approx(expected.fun)
        # Strong duality: the duals price the needs and the columns' limits to the same total.
        limits = np.minimum(cost[: at + 1] - solution.duals @ matrix[:, : at + 1], 0) @ high[: at + 1]
        assert solution.duals @ need + limits == pytest.approx(expected.fun)
