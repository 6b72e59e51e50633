"""What a simulated floor is made of: demand, queues, and the periods in which agents are on the floor.

All three are arrays of one length each, in seconds from the start of the horizon, checked once on construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HandleTime = Literal["exponential", "lognormal"]


@dataclass(frozen=True)
class Demand:
    """Contacts as piecewise-constant rates: one stretch of time of one queue a row.

    ``queue`` is a position in Queues; ``mean`` the expected contacts of the stretch, spread evenly from ``start_s`` to
    ``end_s``; ``aht_s`` their mean handling time; ``day`` numbers the days, each of which has its own factor if the
    volume is uncertain. Whoever still waits at ``gone_s`` has gone (the queue closed); infinite for no such moment.
    """

    queue: IntArray
    start_s: FloatArray
    end_s: FloatArray
    mean: FloatArray
    aht_s: FloatArray
    day: IntArray
    gone_s: FloatArray

    def __post_init__(self) -> None:
        _same_length("demand", self.queue, self.start_s, self.end_s, self.mean, self.aht_s, self.day, self.gone_s)
        _hold("demand", "mean", self.mean, np.isfinite(self.mean) & (self.mean >= 0), "a finite number, 0 or more")
        _hold("demand", "aht_s", self.aht_s, np.isfinite(self.aht_s) & (self.aht_s >= 0), "a finite time, 0 or more")
        _hold("demand", "end_s", self.end_s, self.end_s >= self.start_s, "an end not before the start")


@dataclass(frozen=True)
class Queues:
    """How contacts of each queue are served and how long they wait; one queue a row.

    ``priority`` 1 is served first. ``patience_s`` is the mean of an exponential patience, infinite where nobody gives
    up. ``deadline_s`` makes the queue deferred work, served after all others by earliest due time; NaN otherwise.
    ``handle_cv`` is the coefficient of variation of lognormal handling times; exponential ones have 1.
    """

    names: tuple[str, ...]
    threshold_s: FloatArray
    priority: IntArray
    patience_s: FloatArray
    deadline_s: FloatArray
    handle_time: HandleTime = "lognormal"
    handle_cv: float = 1.0

    def __post_init__(self) -> None:
        names = np.array(self.names, dtype=object)
        _same_length("queues", names, self.threshold_s, self.priority, self.patience_s, self.deadline_s)
        _hold("queues", "threshold_s", self.threshold_s, self.threshold_s >= 0, "a time, 0 or more")
        _hold("queues", "patience_s", self.patience_s, self.patience_s > 0, "a time above 0, infinite for no end")
        if not self.handle_cv > 0:
            raise InputError("handling times without spread", found=self.handle_cv, expected="a handle_cv above 0")


@dataclass(frozen=True)
class Presence:
    """When agents are on the floor and for which queues; one period a row, ordered by agent and start.

    Periods of one agent do not overlap. ``speed[row, queue]`` is 0 without the skill, 1 at full proficiency; a
    contact takes its handling time divided by it. ``agent`` is a position in ``names``; ``shift`` numbers the shifts,
    of which each has one or more periods.
    """

    names: tuple[str, ...]
    agent: IntArray
    start_s: FloatArray
    end_s: FloatArray
    speed: FloatArray
    shift: IntArray

    def __post_init__(self) -> None:
        _same_length("presence", self.agent, self.start_s, self.end_s, self.speed, self.shift)
        _hold("presence", "end_s", self.end_s, self.end_s >= self.start_s, "an end not before the start")
        same_agent = self.agent[1:] == self.agent[:-1]
        in_order = (self.agent[1:] > self.agent[:-1]) | (same_agent & (self.start_s[1:] >= self.end_s[:-1]))
        holds = np.append(True, in_order)[: len(self.agent)]
        _hold("presence", "start_s", self.start_s, holds, "an agent's periods in order, none overlapping")

    @classmethod
    def constant(cls, agents: int, horizon_s: float, queues: int = 1) -> Presence:
        """``agents`` on the floor from 0 to ``horizon_s``, each with the skills of all queues.

        >>> Presence.constant(3, 60.0).end_s.tolist()
        [60.0, 60.0, 60.0]
        """
        return cls(
            names=tuple(f"agent {number}" for number in range(1, agents + 1)),
            agent=np.arange(agents, dtype=np.int64),
            start_s=np.zeros(agents),
            end_s=np.full(agents, float(horizon_s)),
            speed=np.ones((agents, queues)),
            shift=np.arange(agents, dtype=np.int64),
        )


@dataclass(frozen=True)
class Floor:
    """Everything one replication needs.

    ``day_cv`` is the coefficient of variation of a day's volume in all queues; ``absence`` the probability that a
    shift is not worked.
    """

    demand: Demand
    queues: Queues
    presence: Presence
    horizon_s: float
    day_cv: float = 0.0
    absence: float = 0.0

    def __post_init__(self) -> None:
        known = len(self.queues.names)
        _hold(
            "demand",
            "queue",
            self.demand.queue,
            (self.demand.queue >= 0) & (self.demand.queue < known),
            "a queue of the floor",
        )
        if self.presence.speed.shape[1:] != (known,):
            raise InputError(
                "speeds do not match the queues", found=self.presence.speed.shape, expected=f"{known} columns"
            )
        if not (np.isfinite(self.horizon_s) and self.horizon_s > 0):
            raise InputError("no horizon to simulate", found=self.horizon_s, expected="a finite time above 0")
        if not (np.isfinite(self.day_cv) and self.day_cv >= 0):
            raise InputError("day_cv out of range", found=self.day_cv, expected="a finite number, 0 or more")
        if not 0 <= self.absence <= 1:
            raise InputError("absence out of range", found=self.absence, expected="a probability")


def _same_length(what: str, *columns: NDArray[np.generic] | NDArray[np.object_]) -> None:
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise InputError(f"columns of {what} differ in length", found=sorted(lengths), expected="one length")


def _hold(what: str, quantity: str, values: FloatArray | IntArray, holds: NDArray[np.bool_], expected: str) -> None:
    if not holds.all():
        row = int(np.argmin(holds))
        found = values[row].item()
        raise InputError(f"{what} out of range", where=f"row {row}, {quantity}", found=found, expected=expected)
