"""What `wfm plot` draws of forecasts: intervals, days, channels, findings in the history, the choice of models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wfm.errors import MissingError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

Drawn = Iterator[tuple[str, "Figure"]]

WEEKS_BEFORE = 6
"""Weeks of history that are shown before a forecast by day."""


def draw_forecast(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """The week's forecast by interval, with what came of it."""
    import pandas as pd

    from wfm.figures.forecast import forecast_by_interval
    from wfm.policy.span import within

    _, forecast = place.planned("forecast", period)
    # A zone's days lie within a day of UTC's on either side.
    dates, day = period.dates().tz_localize("UTC"), pd.Timedelta(days=1)
    about = place.store.history(queues, dates[0] - day, dates[-1] + 2 * day)
    history = within(about, period, place.centre)
    for name in _queues(place, queues):
        if (forecast["queue"] == name).any():
            came = history if (history["queue"] == name).any() else None
            zone, interval_min = place.centre.zone_of(name), place.centre.queue(name).interval_min
            yield f"forecast-{name}", forecast_by_interval(forecast, came, name, zone, interval_min)


def draw_forecast_day(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """The whole forecast by day, after some weeks of what came before."""
    from wfm.figures.forecast import forecast_by_day

    run = place.store.run("forecast", covering=period)
    days = place.store.read("forecast_day", run.number)
    recent = _recent_days(place, queues, days)
    for name in _queues(place, queues):
        if (days["queue"] == name).any():
            yield f"forecast-day-{name}", forecast_by_day(days, recent, name, place.centre.zone_of(name))


def draw_forecast_channel(place: Workspace, period: Period, _queues: list[str] | None, _day: str | None) -> Drawn:
    """The whole forecast by day of every channel that has several queues, and of all channels."""
    from wfm.figures.forecast import forecast_by_day
    from wfm.tables.forecast import ALL_CHANNELS

    run = place.store.run("forecast", covering=period)
    days = place.store.read("forecast_channel_day", run.number)
    forecast_queues = sorted(place.store.read("forecast_day", run.number)["queue"].unique())
    if days.empty:
        raise MissingError(f"forecast run {run.number} has no days of channels", mend="run `wfm forecast` again")
    members = {name: [queue for queue in forecast_queues if place.centre.queue(queue).channel == name] for name in
               sorted(days["channel"].unique())}  # fmt: skip
    members[ALL_CHANNELS] = forecast_queues
    history = _recent_days(place, forecast_queues, days)
    for name, of_channel in members.items():
        if len(of_channel) > 1:
            label = "all channels" if name == ALL_CHANNELS else f"channel {name}"
            own = days[days["channel"] == name].assign(queue=label)
            came = history[history["queue"].isin(of_channel)].groupby("day", as_index=False)[["offered"]].sum()
            figure = forecast_by_day(own, came.assign(queue=label), label, place.centre.zone)
            yield f"forecast-channel-{name}", figure


def draw_cleaning(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """The history by day of every queue in which the forecast's cleaning found something."""
    from wfm.figures.cleaning import history_with_findings

    run = place.store.run("forecast", covering=period)
    findings = place.store.read("finding", run.number)
    dated = findings[findings["day"].notna()]
    if dated.empty:
        raise MissingError(f"forecast run {run.number} found nothing to clean on any day")
    history = _history_days(place, queues)
    for name in _queues(place, queues):
        if (dated["queue"] == name).any() and (history["queue"] == name).any():
            yield f"cleaning-{name}", history_with_findings(history, dated, name, place.centre.zone_of(name))


def draw_model_choice(place: Workspace, _period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """Scores of the methods that the latest calibration tried, by queue."""
    from wfm.figures.backtest import backtest_scores

    tried = place.store.read("model_choice", place.store.run("calibration").number)
    tried = tried[tried["queue"].isin(_queues(place, queues)) & tried["wmape"].notna()]
    if tried.empty:
        raise MissingError("the latest calibration tried no models at past origins")
    for metric, name in (("wmape", "wMAPE of intervals"), ("wmape_day", "wMAPE of days")):
        yield f"model-choice-{metric.replace('_', '-')}", backtest_scores(tried, metric, name)


def _queues(place: Workspace, names: list[str] | None) -> list[str]:
    return names or [queue.id for queue in place.centre.queues]


def _history_days(place: Workspace, queues: list[str] | None, since: pd.Timestamp | None = None) -> pd.DataFrame:
    """``queue``, ``day``, ``offered``: history by local day of each queue, from the instant ``since`` on."""
    import pandas as pd

    from wfm.time.zones import local_day

    history = place.store.history(queues, since)
    parts = [
        own.assign(day=local_day(own["interval_start"], place.centre.zone_of(str(name))))
        for name, own in history.groupby("queue")
        if name in _queues(place, None)
    ]
    if not parts:
        return pd.DataFrame({"queue": [], "day": pd.DatetimeIndex([]), "offered": []})
    known = pd.concat(parts).dropna(subset="offered")
    return pd.DataFrame(known.groupby(["queue", "day"], as_index=False)[["offered"]].sum())


def _recent_days(place: Workspace, queues: list[str] | None, days: pd.DataFrame) -> pd.DataFrame:
    """History by local day from some weeks before the forecast's ``days`` on."""
    import pandas as pd

    first = days["day"].min() - pd.Timedelta(weeks=WEEKS_BEFORE)
    history = _history_days(place, queues, (first - pd.Timedelta(days=1)).tz_localize("UTC"))
    recent: pd.DataFrame = history[history["day"] >= first]
    return recent
