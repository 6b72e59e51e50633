"""The summary of a simulation that is stored: a row a metric of all queues together, of a queue, of a queue's day."""

from __future__ import annotations

import pandas as pd

from wfm.simulation.simulate import Simulated
from wfm.tables.simulation import SIMULATION

METRICS = ("offered", "service_level", "asa_s", "abandonment", "occupancy")
ALL = "all"


def summary(result: Simulated) -> pd.DataFrame:
    """The figures of ``result`` in the contract of SIMULATION."""
    scopes = (
        result.overall.assign(queue=ALL, period=ALL),
        result.queue.assign(period=ALL),
        result.day.assign(period=result.day["day"].dt.strftime("%Y-%m-%d")),
    )
    parts = [_metric(frame, metric) for frame in scopes for metric in METRICS]
    return SIMULATION.check(pd.concat(parts, ignore_index=True).assign(replications=result.replications))


def _metric(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One metric of a wide frame; ``offered`` is an input and has no interval of its own."""
    bounds = {end: frame[f"{metric}_{end}"] for end in ("low", "high") if f"{metric}_{end}" in frame}
    return pd.DataFrame({"queue": frame["queue"], "period": frame["period"], "mean": frame[metric], **bounds}).assign(
        metric=metric
    )
