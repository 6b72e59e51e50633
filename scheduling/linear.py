"""The one door to OR-Tools: a linear programme that grows by columns and is solved again from where it stood.

GLOP through MathOpt's incremental solver. Rows and columns are numbered from 0 in the order they were added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """An optimum: values by column, duals by row (what a unit more on the right costs), and the objective."""

    values: Floats
    duals: Floats
    objective: float


class LinearProgram:
    """Minimise cost over columns within bounds, rows between bounds."""

    def __init__(self) -> None:
        self._model: Any = mathopt.Model(name="master")
        self._rows: list[Any] = []
        self._columns: list[Any] = []
        self._solver: Any = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def add_row(self, low: float, high: float) -> int:
        """A row without coefficients yet; returns its number."""
        self._rows.append(self._model.add_linear_constraint(lb=low, ub=high))
        return len(self._rows) - 1

    def add_column(
        self,
        cost: float,
        rows: Sequence[int] | NDArray[np.int64],
        coefficients: Sequence[float] | Floats,
        high: float = np.inf,
    ) -> int:
        """A column between 0 and ``high``; returns its number."""
        variable = self._model.add_variable(lb=0.0, ub=high)
        self._model.objective.set_linear_coefficient(variable, cost)
        for row, coefficient in zip(rows, coefficients, strict=True):
            self._rows[row].set_coefficient(variable, float(coefficient))
        self._columns.append(variable)
        return len(self._columns) - 1

    def fix_row(self, row: int, value: float) -> None:
        """Make a row an equality with ``value``."""
        self._rows[row].lower_bound = self._rows[row].upper_bound = value

    def shift_row(self, row: int, by: float) -> None:
        """Add ``by`` to both bounds of a row."""
        self._rows[row].lower_bound += by
        self._rows[row].upper_bound += by

    def solve(self, seconds: float, *, dual_simplex: bool) -> LinearSolution | None:
        """The optimum, or None if ``seconds`` were not enough.

        Dual simplex is the faster after bounds have changed, primal simplex after columns have come.
        """
        if self._solver is None:
            self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        algorithm = mathopt.LPAlgorithm.DUAL_SIMPLEX if dual_simplex else mathopt.LPAlgorithm.PRIMAL_SIMPLEX
        result = self._solver.solve(
            params=mathopt.SolveParameters(
                time_limit=timedelta(seconds=max(seconds, 0.01)),
                lp_algorithm=algorithm,
                presolve=mathopt.Emphasis.OFF,
            )
        )
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        return LinearSolution(
            np.array(result.variable_values(self._columns)),
            np.array(result.dual_values(self._rows)),
            float(result.objective_value()),
        )
