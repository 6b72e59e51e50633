"""The waiting room in front of busy agents: what those who wait there get, whatever keeps the agents busy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.queueing.inputs import FloatArray
from wfm.queueing.patience import abandoning, log_growth, mean_waits, served_by

TINY_LOAD = 1e-300
"""Below this load nobody waits, to the last digit of a double."""


@dataclass(frozen=True)
class WaitingRoom:
    """Staffed queues with load. ``c`` contacts finished by all agents and ``y`` offered in one mean patience;
    ``log_growth`` as ``patience`` has it; the chances to have to wait, and to be served at once. All (n,)."""

    c: FloatArray
    y: FloatArray
    log_growth: FloatArray
    p_wait: FloatArray
    at_once: FloatArray

    @classmethod
    def of(cls, c: FloatArray, y: FloatArray, log_last: FloatArray) -> WaitingRoom:
        """From ``log_last``: the logarithm of the chance, while there is room at agents, that it is for one more."""
        growth = log_growth(c, y)
        log_odds = np.log(y / c) + growth + log_last
        return cls(c, y, growth, special.expit(log_odds), special.expit(-log_odds))

    def measures(self, threshold_s: FloatArray, patience_s: FloatArray) -> dict[str, FloatArray]:
        """The fields of ``Delivered`` but for the occupancy."""
        abandonment = self.p_wait * abandoning(self.c, self.y, self.log_growth)
        by_then, served_by_then = served_by(threshold_s / patience_s, self.c, self.y, self.log_growth)
        virtual, served_wait = mean_waits(self.c, self.y)
        level = self.at_once + self.p_wait * served_by_then
        served = 1.0 - abandonment
        return {
            "p_wait": self.p_wait,
            "service_level": level,
            "service_level_answered": level / served,
            "service_level_waited": 1.0 - self.p_wait * (1.0 - by_then) * np.exp(-threshold_s / patience_s),
            "service_level_virtual": self.at_once + self.p_wait * by_then,
            "asa_s": patience_s * self.p_wait * served_wait / served,
            "wait_all_s": patience_s * abandonment,
            "virtual_wait_s": patience_s * self.p_wait * virtual,
            "abandonment": abandonment,
        }


def unserved(patience: FloatArray, idle: NDArray[np.bool_]) -> dict[str, FloatArray]:
    """Measures of queues nobody serves: all give up, or (``idle``) there is nobody to."""
    all_or_none, good = np.where(idle, 0.0, 1.0), np.where(idle, 1.0, 0.0)
    never = np.where(idle, 0.0, np.inf)
    return {
        "p_wait": all_or_none,
        "service_level": good,
        "service_level_answered": good.copy(),
        "service_level_waited": good.copy(),
        "service_level_virtual": good.copy(),
        "asa_s": never,
        "wait_all_s": np.where(idle, 0.0, patience),
        "virtual_wait_s": never.copy(),
        "abandonment": all_or_none.copy(),
        "occupancy": all_or_none.copy(),
    }
