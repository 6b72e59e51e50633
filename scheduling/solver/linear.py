"""A linear programme that grows by columns and is solved again from where it stood.

GLOP through OR-Tools' linear solver, which keeps its basis between solves. Rows and columns are numbered from 0 in the
order they were added. Where columns must be whole, see ``integer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

Floats = NDArray[np.float64]
PARAMETERS = "use_preprocessing: false use_dual_simplex: "
"""Preprocessing would throw the basis away."""


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """An optimum: values by column, duals by row (what a unit more on the right costs), and the objective."""

    values: Floats
    duals: Floats
    objective: float


class LinearProgram:
    """Minimise cost over columns within bounds, rows between bounds."""

    def __init__(self) -> None:
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._objective: Any = self._solver.Objective()
        self._objective.SetMinimization()
        self._rows: list[Any] = []
        self._columns: list[Any] = []

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def add_row(self, low: float, high: float) -> int:
        """A row without coefficients yet; returns its number."""
        self._rows.append(self._solver.Constraint(float(low), float(high)))
        return len(self._rows) - 1

    def add_column(
        self,
        cost: float,
        rows: Sequence[int] | NDArray[np.int64],
        coefficients: Sequence[float] | Floats,
        high: float = np.inf,
    ) -> int:
        """A column between 0 and ``high``; returns its number."""
        variable = self._solver.NumVar(0.0, float(high), "")
        self._objective.SetCoefficient(variable, float(cost))
        for row, coefficient in zip(rows, coefficients, strict=True):
            self._rows[row].SetCoefficient(variable, float(coefficient))
        self._columns.append(variable)
        return len(self._columns) - 1

    def bound_row(self, row: int, low: float, high: float) -> None:
        """Give a row other bounds."""
        self._rows[row].SetBounds(float(low), float(high))

    def fix_row(self, row: int, value: float) -> None:
        """Make a row an equality with ``value``."""
        self.bound_row(row, value, value)

    def shift_row(self, row: int, by: float) -> None:
        """Add ``by`` to both bounds of a row."""
        bounds = self._rows[row]
        bounds.SetBounds(bounds.lb() + by, bounds.ub() + by)

    def solve(self, seconds: float, *, dual_simplex: bool) -> LinearSolution | None:
        """The optimum, or None if ``seconds`` were not enough.

        Dual simplex is the faster after bounds have changed, primal simplex after columns have come.
        """
        self._solver.SetTimeLimit(max(int(seconds * 1000), 10))
        for dual in (dual_simplex, not dual_simplex):
            # GLOP may lose its footing in one algorithm on nearly equal columns; the other then finds the optimum.
            self._solver.SetSolverSpecificParametersAsString(PARAMETERS + ("true" if dual else "false"))
            outcome = self._solver.Solve()
            if outcome == pywraplp.Solver.OPTIMAL:
                return LinearSolution(
                    np.array([column.solution_value() for column in self._columns]),
                    np.array([row.dual_value() for row in self._rows]),
                    float(self._objective.Value()),
                )
            if outcome != pywraplp.Solver.ABNORMAL:
                break
        return None
