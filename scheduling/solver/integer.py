"""Integer programmes: relaxed by GLOP, and in whole numbers by SCIP among the columns that are likely then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from scheduling.arrays import Floats, Ints

LET_INTERRUPTS_THROUGH = "misc/catchctrlc = FALSE"
"""SCIP would swallow Ctrl-C."""


@dataclass(eq=False)
class IntegerProgram:
    """Minimise cost over columns from 0 to their bound, rows between bounds; both numbered in the order added."""

    constant: float = 0.0
    _bounds: list[tuple[float, float]] = field(default_factory=list)
    _columns: list[tuple[float, list[int], list[float], float, bool]] = field(default_factory=list)

    def add_row(self, low: float, high: float) -> int:
        """A row without coefficients yet; returns its number."""
        self._bounds.append((float(low), float(high)))
        return len(self._bounds) - 1

    def add_column(
        self,
        cost: float,
        rows: Sequence[int] | Ints,
        coefficients: Sequence[float] | Floats,
        high: float = np.inf,
        *,
        whole: bool = False,
    ) -> int:
        """A column between 0 and ``high``; returns its number."""
        told = float(cost), [int(row) for row in rows], [float(each) for each in coefficients], float(high), whole
        self._columns.append(told)
        return len(self._columns) - 1

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    @property
    def whole(self) -> NDArray[np.bool_]:
        """The columns that must be whole."""
        return np.array([column[4] for column in self._columns], dtype=bool)

    def relaxed(self, seconds: float) -> tuple[float, Floats] | None:
        """The optimum of the linear relaxation and the reduced cost of every column; None if there is none in time."""
        solver, columns = self._stated("GLOP", np.ones(self.columns, dtype=bool))
        solver.SetTimeLimit(_milliseconds(seconds))
        if solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        reduced = np.array([column.reduced_cost() for column in columns])
        return float(solver.Objective().Value()), reduced

    def solve(
        self, seconds: float, gap: float, kept: NDArray[np.bool_], known: Floats, *, cpu: bool = False
    ) -> tuple[float, Floats] | None:
        """The best found, within a relative ``gap`` unless time ends first, and every column's value; None if nothing.

        Columns that are not ``kept`` are 0. ``known`` are values of the whole columns to start from; ``cpu`` counts
        seconds of the processor.
        """
        solver, columns = self._stated("SCIP", kept)
        solver.SetTimeLimit(_milliseconds(seconds))
        solver.SetSolverSpecificParametersAsString(f"timing/clocktype = {1 if cpu else 2}\n{LET_INTERRUPTS_THROUGH}\n")
        hinted = np.flatnonzero(self.whole[kept])
        solver.SetHint([columns[at] for at in hinted], known[kept][hinted].tolist())
        options = pywraplp.MPSolverParameters()
        options.SetDoubleParam(pywraplp.MPSolverParameters.RELATIVE_MIP_GAP, gap)
        if solver.Solve(options) not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        values = np.zeros(self.columns)
        values[kept] = [column.solution_value() for column in columns]
        return float(solver.Objective().Value()), values

    def _stated(self, name: str, kept: NDArray[np.bool_]) -> tuple[Any, list[Any]]:
        """The programme of the columns ``kept`` as solver ``name`` takes it, and these columns."""
        solver: Any = pywraplp.Solver.CreateSolver(name)
        objective = solver.Objective()
        objective.SetMinimization()
        objective.SetOffset(self.constant)
        rows = [solver.Constraint(low, high) for low, high in self._bounds]
        columns = []
        for number in np.flatnonzero(kept):
            cost, own, coefficients, high, whole = self._columns[number]
            column = solver.Var(0.0, high, whole and name != "GLOP", "")
            objective.SetCoefficient(column, cost)
            for row, coefficient in zip(own, coefficients, strict=True):
                rows[row].SetCoefficient(column, coefficient)
            columns.append(column)
        return solver, columns


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 10)
