"""What a roster will deliver: forecast, roster and policy to a floor, replications, and figures with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.simulation.floor import FloatArray, HandleTime
from wfm.simulation.measures import TALLIES, pooled
from wfm.simulation.replications import one_run, replicate, seeds
from wfm.simulation.tables import contact_table, floor_of


@dataclass(frozen=True)
class Simulated:
    """What came out. Every figure has ``_low`` and ``_high`` beside it, its 95 % interval over the replications.

    ``interval`` is by queue and interval_start, ``day`` by queue and local day, ``queue`` by queue; ``overall`` one
    row: contacts of the interactive queues only, occupancy of everyone. ``contacts`` are the flat records of the
    first replication, a CONTACT table.
    """

    interval: pd.DataFrame
    day: pd.DataFrame
    queue: pd.DataFrame
    overall: pd.DataFrame
    contacts: pd.DataFrame
    replications: int
    seed: int


def simulate(
    forecast: pd.DataFrame,
    roster: pd.DataFrame,
    centre: Centre,
    people: People,
    *,
    replications: int = 30,
    seed: int = 0,
    jobs: int = 1,
    absences: bool = True,
    day_cv: float = 0.0,
    handle_time: HandleTime = "lognormal",
    handle_cv: float = 1.0,
) -> Simulated:
    """Run the roster against the forecast, contact by contact, many times.

    Args:
        forecast: a FORECAST table of the period that the roster covers.
        roster: a ROSTER table; its work segments are the time on the floor.
        centre: the policy: thresholds, priorities, patience, deadlines, concurrency.
        people: the agents, with their proficiency.
        replications: independent runs; the intervals need at least 2.
        seed: same seed, same answer, whatever ``jobs``.
        jobs: processes to run in.
        absences: whether each shift is missing with the probability of the centre's unplanned shrinkage, for which a
            roster of ``rostered`` agents has spare people.
        day_cv: coefficient of variation of a day's volume about its forecast.
        handle_time: distribution of handling times.
        handle_cv: coefficient of variation of lognormal handling times (Brown et al. 2005 found about 1).

    Raises:
        InputError: a table broke its contract, or a quantity is out of range.
        MissingError: a queue or agent the policy doesn't know, or no work in the period.
    """
    floor, rows, origin = floor_of(
        forecast,
        roster,
        centre,
        people,
        day_cv=day_cv,
        absence=centre.shrinkage.unplanned if absences else 0.0,
        handle_time=handle_time,
        handle_cv=handle_cv,
    )
    runs = replicate(floor, replications, seed, jobs)
    contacts = contact_table(*one_run(floor, seeds(seed, 1)[0]), origin)
    return Simulated(
        interval=pooled(runs.tallies, rows[["queue", "interval_start"]]),
        day=pooled(runs.tallies, rows[["queue", "day"]]),
        queue=pooled(runs.tallies, rows[["queue"]]),
        overall=_overall(runs.tallies, runs.everyone, rows["deadline_h"].isna().to_numpy()),
        contacts=contacts,
        replications=replications,
        seed=seed,
    )


def _overall(tallies: FloatArray, everyone: FloatArray, interactive: NDArray[np.bool_]) -> pd.DataFrame:
    total = tallies[:, interactive].sum(axis=1)
    total[:, [TALLIES.index("busy_s"), TALLIES.index("staffed_s")]] = everyone
    return pooled(total[:, np.newaxis])
