"""What keeps its promise through a day whose rate changes: each interval on its own, lagged loads, and ours.

40 to 360 contacts an hour as a cosine over 24 hours, 48 half-hours, 80 % within 20 s without abandonment, AHT 300 and
1,200 s: the case of Green, Kolesar & Soares (2001), Operations Research 49(4). Every plan is judged by the exact course
of the queue in its second of two like days. The rules: agents by Erlang C for the mean rate of each half-hour; for that
mean one handle time earlier (lag); for the largest rate of the half-hour one handle time earlier (lag maximum); the
least agents that keep every half-hour by the exact course; and what `wfm staff` gives for the half-hours' mean volumes
by its defaults, which does not see how the rate changes within them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.queueing.required import required_agents
from wfm.queueing.transient import staffed_course
from wfm.staffing.requirement import staff

HALF_HOURS, STEPS, STEP_S, STATES = 48, 120, 15.0, 400
LEVEL, THRESHOLD_S = 0.8, 20.0
AS_TOLD = 5e-4
"""A half-hour at .7996 reads 80.0 % and is not counted as under it."""

FloatArray = NDArray[np.float64]
Agents = NDArray[np.int64]


def rate_per_h(hour: FloatArray) -> FloatArray:
    """Contacts an hour at a time of day."""
    return np.asarray(200 - 160 * np.cos(2 * np.pi * hour / 24))


def course_table() -> pd.DataFrame:
    """One row a handle time and rule: agent-hours, service level of the day and of the worst half-hour, how many are
    under 80 %."""
    rows = []
    for aht_s in (300.0, 1200.0):
        for rule, agents in _plans(aht_s).items():
            level, day = _judged(aht_s, agents)
            rows.append(
                {
                    "aht_s": aht_s,
                    "rule": rule,
                    "agent_hours": agents.sum() / 2,
                    "service_level": day,
                    "worst": level.min(),
                    "half_hours_under": int((level < LEVEL - AS_TOLD).sum()),
                }
            )
    return pd.DataFrame(rows)


def _plans(aht_s: float) -> dict[str, Agents]:
    lagged = _fine(aht_s)
    rates = {"alone": _fine(0.0).mean(axis=1), "lag": lagged.mean(axis=1), "lag maximum": lagged.max(axis=1)}
    by_rule = {
        name: required_agents(rate, aht_s, service_level=LEVEL, threshold_s=THRESHOLD_S).agents
        for name, rate in rates.items()
    }
    return {
        "each half-hour alone": by_rule["alone"],
        "lag": by_rule["lag"],
        "lag maximum": by_rule["lag maximum"],
        "course": _through(aht_s, np.zeros(HALF_HOURS, np.int64), LEVEL)[0],
        "wfm staff": _by_default(aht_s),
    }


def _fine(lag_s: float) -> FloatArray:
    """Rates (48, 2000) within each half-hour, ``lag_s`` earlier."""
    hour = (np.arange(HALF_HOURS * 2000) + 0.5) / 4000
    return rate_per_h(hour - lag_s / 3600).reshape(HALF_HOURS, 2000)


def _through(aht_s: float, agents: Agents, target: float) -> tuple[Agents, FloatArray, FloatArray]:
    """Agents, contacts, and those served in time of each half-hour of the second of two like days."""
    hour = (np.arange(HALF_HOURS * STEPS) + 0.5) * STEP_S / 3600
    rates = np.tile(rate_per_h(hour).reshape(HALF_HOURS, STEPS) / 3600, (2, 1))
    count = 2 * HALF_HOURS
    first = np.zeros(count, bool)
    first[0] = True
    chosen, came, answered = staffed_course(
        rates, np.full(count, STEP_S), np.full(count, aht_s), first, np.tile(agents, 2), np.full(count, target),
        THRESHOLD_S, 0.0, STATES,
    )  # fmt: skip
    return chosen[HALF_HOURS:], came[HALF_HOURS:], answered[HALF_HOURS:]


def _judged(aht_s: float, agents: Agents) -> tuple[FloatArray, float]:
    _, came, answered = _through(aht_s, agents.astype(np.int64), np.nan)
    return answered / came, float(answered.sum() / came.sum())


def _by_default(aht_s: float) -> Agents:
    """The second of two like days, staffed from mean volumes under a policy that says nothing but the promise."""
    starts = pd.date_range("2026-11-23T00:00Z", periods=2 * HALF_HOURS, freq="30min", unit="us")
    volume = np.tile(_fine(0.0).mean(axis=1) / 2, 2)
    forecast = pd.DataFrame({"queue": "q", "interval_start": starts, "mean": volume, "aht_s": aht_s})
    return staff(forecast, _centre())["agents"].to_numpy(float)[HALF_HOURS:].astype(np.int64)


def _centre() -> Centre:
    target = {"service_level": LEVEL, "threshold_s": THRESHOLD_S}
    return policy_of(
        {
            "centre": {"name": "Day and night"},
            "sites": [{"id": "here", "zone": "UTC"}],
            "queues": [{"id": "q", "interval_min": 30, "opening": {"daily": "00:00-24:00"}, "target": target}],
        }
    )
