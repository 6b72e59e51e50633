"""What a queue promises in each interval: its targets, and the values that replace them at some times."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Queue
from wfm.queueing.inputs import FloatArray
from wfm.time.opening import starts_within


@dataclass(frozen=True)
class Targets:
    """Targets of n intervals, each (n,); NaN where one is not set. ``min_agents`` is 0 while closed."""

    service_level: FloatArray
    threshold_s: FloatArray
    asa_s: FloatArray
    max_abandonment: FloatArray
    max_occupancy: FloatArray
    min_agents: FloatArray

    @classmethod
    def of_level(cls, service_level: FloatArray, threshold_s: FloatArray) -> Targets:
        """A service level (n,) and nothing else."""
        unset = np.full(service_level.shape, np.nan)
        return cls(service_level, threshold_s, unset, unset, unset, np.zeros(service_level.shape))

    def at(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Targets:
        """Those of some intervals."""
        return Targets(**{name: values[rows] for name, values in self.by_name().items()})

    def by_name(self) -> dict[str, FloatArray]:
        """The arrays by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def without_level(self) -> Targets:
        """The same without a service level."""
        return replace(self, service_level=np.full(self.service_level.shape, np.nan))


def targets_of(starts: pd.Series, is_open: NDArray[np.bool_], queue: Queue, zone: str) -> Targets:
    """The targets of a queue in the intervals that start at ``starts`` (n,), read on the clock of ``zone``."""
    values = {}
    for field in fields(Targets):
        value = getattr(queue.target, field.name)
        values[field.name] = np.full(len(starts), np.nan if value is None else float(value))
    for own in queue.targets_by_time:
        holds = starts_within(starts, own.hours, own.weekdays, zone)
        for name, array in values.items():
            if getattr(own, name) is not None:
                array[holds] = getattr(own, name)
    values["min_agents"][~is_open] = 0.0
    return Targets(**values)
