"""Tables to a floor, and a run's records back to a table: the only place where instants and seconds meet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.policy.people import People, read_skills, unknown_agent
from wfm.simulation.contacts import Contacts
from wfm.simulation.floor import Demand, FloatArray, Floor, HandleTime, IntArray, Presence, Queues
from wfm.simulation.service import BoolArray, Service
from wfm.staffing.handling import check_queues, with_handling
from wfm.tables.contact import CONTACT, OUTCOMES
from wfm.tables.forecast import FORECAST
from wfm.tables.roster import ROSTER, WORK
from wfm.time.zones import local_day

MICROSECONDS = 1_000_000


def floor_of(
    forecast: pd.DataFrame,
    roster: pd.DataFrame,
    centre: Centre,
    people: People,
    *,
    day_cv: float = 0.0,
    absence: float = 0.0,
    handle_time: HandleTime = "lognormal",
    handle_cv: float = 1.0,
) -> tuple[Floor, pd.DataFrame, pd.Timestamp]:
    """The floor that a forecast and a roster describe, from the first start to the last end of either.

    Returns:
        The floor; the checked forecast with its local ``day``, one row a stretch of the floor's demand; the instant
        at which the floor's seconds begin.

    Raises:
        InputError: a table broke its contract, an agent has two segments at once, or a quantity is out of range.
        MissingError: a queue, agent or skill that isn't there, no forecast, or no work.
    """
    rows = with_handling(_checked_forecast(forecast, centre), centre)
    rows = rows.assign(day=_local_days(rows, centre))
    work = _work_segments(roster, people)
    origin = min(rows["interval_start"].min(), work["start"].min())
    ends = rows["interval_start"] + pd.to_timedelta(rows["interval_min"], unit="min")
    floor = Floor(
        _demand(rows, origin, centre),
        _queues(centre, handle_time, handle_cv),
        _presence(work, origin, centre, people),
        float((max(ends.max(), work["end"].max()) - origin).total_seconds()),
        day_cv,
        absence,
    )
    return floor, rows, origin


def _checked_forecast(forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    checked = FORECAST.check(forecast)
    if checked.empty:
        raise MissingError("nothing to simulate", where="table forecast", found="no rows", expected="a forecast")
    check_queues(checked, centre, FORECAST.name)
    return checked


def _work_segments(roster: pd.DataFrame, people: People) -> pd.DataFrame:
    checked = ROSTER.check(roster)
    work = checked[checked["activity"] == WORK].reset_index(drop=True)
    if work.empty:
        raise MissingError("nobody works", where="table roster", found="no segment of work", expected="a roster")
    known = {agent.id for agent in people.agents}
    unknown = ~work["agent"].isin(known)
    if unknown.any():
        raise unknown_agent(work["agent"][unknown].iloc[0])
    overlap = (work["agent"] == work["agent"].shift()) & (work["start"] < work["end"].shift())
    if overlap.any():
        row = work[overlap].iloc[0]
        raise InputError("two segments at once", where=f"table roster, agent {row['agent']}", found=row["start"])
    return work


def _seconds(instants: pd.Series, origin: pd.Timestamp) -> FloatArray:
    return np.asarray((instants - origin).dt.total_seconds(), dtype=np.float64)


def _local_days(rows: pd.DataFrame, centre: Centre) -> pd.Series:
    days = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    for queue, index in rows.groupby("queue").groups.items():
        days.loc[index] = local_day(rows["interval_start"].loc[index], centre.zone_of(str(queue)))
    return days


def _demand(rows: pd.DataFrame, origin: pd.Timestamp, centre: Centre) -> Demand:
    """Stretches in the order of the rows (queue, then time).

    An interval that is open in part is open at its end if the queue was closed before, else at its start. Where a
    queue opens again after a closure, whoever of an interactive queue still stood in line has gone.
    """
    queue = _positions(rows["queue"], [queue.id for queue in centre.queues])
    deferred = rows["deadline_h"].notna().to_numpy()
    starts = _seconds(rows["interval_start"], origin)
    length, open_s = rows["interval_min"].to_numpy(float) * 60, rows["open_min"].to_numpy(float) * 60
    follows = np.append(False, (queue[1:] == queue[:-1]) & (starts[1:] <= (starts + length)[:-1]))
    was_open = follows & np.append(False, open_s[:-1] > 0)
    begins = np.where(was_open, starts, starts + length - open_s)
    # Deferred work comes in while the queue is closed, too: then the whole interval is its stretch.
    closed_work = deferred & (open_s == 0)
    return Demand(
        queue=queue,
        start_s=np.where(closed_work, starts, begins),
        end_s=np.where(closed_work, starts + length, begins + open_s),
        mean=np.where(deferred | (open_s > 0), rows["volume"].to_numpy(float), 0.0),
        aht_s=rows["busy_s"].to_numpy(float),
        day=_positions(rows["day"], sorted(rows["day"].unique())),
        gone_s=_gone(queue, begins, opens_again=(open_s > 0) & ~was_open, interactive=~deferred),
    )


def _gone(queue: IntArray, begins: FloatArray, opens_again: BoolArray, interactive: BoolArray) -> FloatArray:
    """For each stretch the next moment at which its queue opens after a closure; infinite if there is none."""
    gone = np.full(queue.size, np.inf)
    for number in np.unique(queue[interactive]):
        own = queue == number
        openings = np.append(begins[own & opens_again], np.inf)
        gone[own] = openings[np.searchsorted(openings, begins[own], side="right")]
    return gone


def _positions(values: pd.Series, known: list[str] | list[pd.Timestamp]) -> IntArray:
    return np.asarray(pd.Index(known).get_indexer(pd.Index(values)), dtype=np.int64)


def _queues(centre: Centre, handle_time: HandleTime, handle_cv: float) -> Queues:
    queues = centre.queues
    return Queues(
        names=tuple(queue.id for queue in queues),
        threshold_s=np.array([queue.target.threshold_s for queue in queues], dtype=np.float64),
        priority=np.array([queue.priority for queue in queues], dtype=np.int64),
        patience_s=np.array([np.inf if q.patience_s is None else q.patience_s for q in queues], dtype=np.float64),
        deadline_s=np.array([np.nan if q.within_h is None else q.within_h * 3600 for q in queues], dtype=np.float64),
        handle_time=handle_time,
        handle_cv=handle_cv,
    )


def _presence(work: pd.DataFrame, origin: pd.Timestamp, centre: Centre, people: People) -> Presence:
    names = sorted(work["agent"].unique())
    skills = {agent.id: agent.skills for agent in people.agents}
    column = {queue.id: number for number, queue in enumerate(centre.queues)}
    labels = work["skill_set"].where(work["skill_set"].notna(), "")
    speed = np.zeros((len(work), len(column)))
    for row, (agent, label) in enumerate(zip(work["agent"], labels, strict=True)):
        for queue in read_skills(label) if label else skills[agent]:
            if queue not in skills[agent]:
                raise MissingError(
                    "a skill the agent lacks",
                    where=f"table roster, agent {agent}, column skill_set",
                    found=queue,
                    expected="+".join(sorted(skills[agent])),
                )
            speed[row, column[queue]] = skills[agent][queue]
    return Presence(
        names=tuple(names),
        agent=_positions(work["agent"], names),
        start_s=_seconds(work["start"], origin),
        end_s=_seconds(work["end"], origin),
        speed=speed,
        shift=np.asarray(work.groupby(["agent", "work_date"]).ngroup(), dtype=np.int64),
    )


def contact_table(floor: Floor, contacts: Contacts, service: Service, origin: pd.Timestamp) -> pd.DataFrame:
    """The flat records of one run as a checked CONTACT table."""
    names = np.array([*floor.presence.names, None], dtype=object)
    agent = np.append(floor.presence.agent, len(names) - 1)[service.period]
    arrived = origin + pd.to_timedelta(np.round(contacts.arrived_s * MICROSECONDS).astype(np.int64), unit="us")
    return CONTACT.check(
        pd.DataFrame(
            {
                "queue": np.array(floor.queues.names, dtype=object)[contacts.queue],
                "arrived": arrived,
                "waited_s": service.waited_s,
                "served_s": service.served_s,
                "agent": names[agent],
                "outcome": np.array(OUTCOMES, dtype=object)[service.outcome],
            }
        )
    )
