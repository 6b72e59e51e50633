"""Accuracy: stored forecasts against what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecasting.book.daybook import read_daybook, require_queue
from forecasting.evaluation.breakdown import add_keys, breakdown, summary
from forecasting.evaluation.by import By, ByOfStored
from forecasting.evaluation.cost_in_agents import add_agents
from forecasting.evaluation.scores import bias, share_inside, wmape
from forecasting.evaluation.what_came import what_came
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.forecast import ALL_CHANNELS, QUANTILES, planned_volume
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import local_day

MODEL, PLANNED = "model", "planned"
"""The model's mean, and what was planned for: the planner's override in its place where there is one."""


@dataclass(frozen=True)
class Stored:
    """A stored forecast: its run's number and its tables FORECAST, FORECAST_DAY, FORECAST_CHANNEL_DAY."""

    run: int
    intervals: pd.DataFrame
    days: pd.DataFrame
    channel_days: pd.DataFrame


@dataclass(frozen=True)
class Accuracy:
    """``intervals`` and ``days`` of stored forecasts with what came, once as the model and once as planned.

    The two have the columns of FORECAST and FORECAST_DAY, those of ``add_keys``, ``run``, ``method`` (MODEL, or
    PLANNED where the run has any override), ``actual``, ``overridden`` (yes or no). ``channel_days``: one row a run,
    channel, day and method with ``mean``, quantiles and ``actual``.
    """

    intervals: pd.DataFrame
    days: pd.DataFrame
    channel_days: pd.DataFrame

    def by(self, what: By | ByOfStored) -> pd.DataFrame:
        """Scores by run, queue, method and what else."""
        return breakdown(self.intervals, self.days, what, ("run",))

    def by_queue(self, centre: Centre, *, seed: int = 0) -> pd.DataFrame:
        """Scores by run, queue and method, with agent-hours a week and whether the bands are even."""
        return summary(self.intervals, self.days, centre, ("run",), seed=seed)

    def by_channel(self) -> pd.DataFrame:
        """Scores of channel-days by run, channel and method; empty where the runs have none."""
        rows = []
        for key, own in self.channel_days.groupby(["run", "channel", "method"], sort=False):
            came, mean = own["actual"].to_numpy(float), own["mean"].to_numpy(float)
            rows.append(
                {
                    **dict(zip(("run", "channel", "method"), key, strict=True)),
                    "days": len(own),
                    "wmape_day": wmape(mean, came),
                    "bias": bias(mean, came),
                    "day_in_80": share_inside(own, came, "q10", "q90"),
                    "day_in_95": share_inside(own, came, "q025", "q975"),
                }
            )
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["run", "channel", "method", "days"])


def accuracy(
    forecasts: Iterable[Stored], history: pd.DataFrame, centre: Centre, period: Period | None = None
) -> Accuracy:
    """Stored forecasts where history has caught up with them.

    Args:
        history: table HISTORY.
        period: score these local days only; None: all that were forecast.

    Returns:
        Rows to break down; days (and channel-days) known in part are left out as days.

    Raises:
        MissingError: an unknown queue, or nothing that was forecast has come yet.
    """
    history = HISTORY.check(history)
    parts = [_met(_with_plans_of_days(stored, centre), history, centre, period) for stored in forecasts]
    met = [one for one, _, _ in parts if not one.empty]
    if not met:
        raise MissingError(
            "nothing that was forecast has come yet", mend="import history of the forecast's period first"
        )
    of_days, of_channels = (pd.concat([part[at] for part in parts], ignore_index=True) for at in (1, 2))
    intervals, days = add_keys(add_agents(pd.concat(met, ignore_index=True), centre), of_days, centre)
    return Accuracy(intervals, days, of_channels)


def _with_plans_of_days(stored: Stored, centre: Centre) -> Stored:
    """The same with overrides of days and channel-days that add up from what its intervals are planned for."""
    own = stored.intervals
    if own["override"].isna().all():
        return stored
    zones = own["queue"].map({queue.id: centre.zone_of(queue.id) for queue in centre.queues})
    day = pd.concat(
        pd.Series(local_day(part["interval_start"], str(zone)), index=part.index) for zone, part in own.groupby(zones)
    )
    plans = own.assign(day=day, override=planned_volume(own), changed=own["override"].notna())
    channels = plans.assign(channel=_channel(plans["queue"], centre))
    both = pd.concat([channels, channels.assign(channel=ALL_CHANNELS)])
    return replace(
        stored, days=_summed(plans, stored.days, "queue"), channel_days=_summed(both, stored.channel_days, "channel")
    )


def _summed(plans: pd.DataFrame, table: pd.DataFrame, whose: str) -> pd.DataFrame:
    """Days with the sum of their intervals' plans as override, where any of these was changed."""
    sums = plans.groupby([whose, "day"], as_index=False).agg({"override": "sum", "changed": "any"})
    sums = sums[sums["changed"]].drop(columns="changed")
    return table.drop(columns="override").merge(sums, on=[whose, "day"], how="left")


def _channel(queues: pd.Series, centre: Centre) -> pd.Series:
    return queues.map({queue.id: queue.channel for queue in centre.queues})


def _met(
    stored: Stored, history: pd.DataFrame, centre: Centre, period: Period | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Intervals, days and channel-days of one run that have come, by method."""
    of_intervals, of_days = [], []
    for queue_id, own in stored.intervals.groupby("queue", sort=True):
        require_queue(centre, str(queue_id))
        came = _came(history, centre, str(queue_id))
        if came is None:
            continue
        zone = centre.zone_of(str(queue_id))
        intervals = own.merge(came[0], on="interval_start")
        days = stored.days[stored.days["queue"] == queue_id].merge(came[1], on="day")
        unknown_from = _first_unknown_day(own, zone)
        inside = _inside(local_day(intervals["interval_start"], zone), period)
        of_intervals.append(intervals[inside].assign(origin_day=unknown_from))
        of_days.append(days[_inside(pd.DatetimeIndex(days["day"]), period)].assign(origin_day=unknown_from))
    days = _joined(of_days, stored.days, "actual", "origin_day")
    tables = (
        _joined(of_intervals, stored.intervals, "actual", "origin_day"),
        days,
        _channel_days(stored, days, centre),
    )
    first = stored.intervals["interval_start"].min() if stored.days.empty else stored.days["day"].min()
    intervals, days, channel_days = (
        _by_method(table, key, stored.run) for table, key in zip(tables, _WHOSE, strict=True)
    )
    return intervals.assign(first_day=first), days.assign(first_day=first), channel_days


_WHOSE = ("queue", "queue", "channel")


def _joined(tables: Sequence[pd.DataFrame], otherwise: pd.DataFrame, *more: str) -> pd.DataFrame:
    """The tables that have rows as one; without any, no rows of ``otherwise`` with ``more`` columns."""
    held = [table for table in tables if not table.empty]
    if not held:
        return otherwise.iloc[:0].assign(**dict.fromkeys(more))
    return pd.concat(held, ignore_index=True)


def _came(history: pd.DataFrame, centre: Centre, queue_id: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    own = history[history["queue"] == queue_id]
    if own["offered"].notna().sum() == 0:
        return None
    after = local_day(own["interval_start"], centre.zone_of(queue_id)).max() + pd.Timedelta(days=1)
    return what_came(read_daybook(own, centre, queue_id, Period(after.date(), 1))[0])


def _first_unknown_day(own: pd.DataFrame, zone: str) -> pd.Timestamp:
    """The day after the one in which the history of a forecast ended; its first day where that is not stored."""
    known_until = own["origin"].min()
    if pd.isna(known_until):
        return local_day(own["interval_start"], zone).min()
    last_moment = pd.DatetimeIndex([known_until]) - pd.Timedelta(microseconds=1)
    return local_day(last_moment, zone)[0] + pd.Timedelta(days=1)


def _inside(days: pd.DatetimeIndex, period: Period | None) -> np.ndarray:
    if period is None:
        return np.ones(len(days), bool)
    return np.asarray((days >= pd.Timestamp(period.first)) & (days <= pd.Timestamp(period.last)))


def _channel_days(stored: Stored, days: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Channel-days of which every queue that was forecast has come whole, with the sum of what came."""
    came = stored.days[["queue", "day"]].merge(days[["queue", "day", "actual"]], on=["queue", "day"], how="left")
    both = pd.concat([came.assign(channel=_channel(came["queue"], centre)), came.assign(channel=ALL_CHANNELS)])
    total = both.groupby(["channel", "day"])["actual"].agg(lambda actual: actual.sum(skipna=False))
    return stored.channel_days.merge(total.dropna().reset_index(), on=["channel", "day"])


def _by_method(table: pd.DataFrame, whose: str, run: int) -> pd.DataFrame:
    """Rows as MODEL, and of those queues (or channels) that have overrides once more as PLANNED, without bands."""
    overridden = table["override"].notna()
    tagged = table.assign(run=run, overridden=np.where(overridden, "yes", "no"))
    planned = tagged[tagged[whose].isin(tagged.loc[overridden, whose])]
    without_bands = dict.fromkeys(QUANTILES, np.nan)
    planned = planned.assign(mean=planned_volume(planned), method=PLANNED, **without_bands)
    model = tagged.assign(method=MODEL)
    return model if planned.empty else pd.concat([model, planned], ignore_index=True)
