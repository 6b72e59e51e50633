"""`wfm plot`: figures of what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import QueueOption, WeekOption, WorkspaceOption
from wfm.commands.queues import check_queues
from wfm.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


class PlotKind(StrEnum):
    """What to draw."""

    all = "all"
    forecast = "forecast"
    forecast_day = "forecast-day"
    coverage = "coverage"
    heat_map = "heat-map"
    gantt = "gantt"
    service_level = "service-level"
    cost = "cost"


class FigureFormat(StrEnum):
    """File format of a figure."""

    png = "png"
    svg = "svg"


FIGURES = "figures"
Drawn = Iterator[tuple[str, "Figure"]]


def plot(
    kind: Annotated[PlotKind, typer.Argument(help="What to draw; all draws whatever there is data for.")],
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    queue: QueueOption = None,
    day: Annotated[str | None, typer.Option(help="gantt: the day.", show_default="the week's first")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to.", show_default="figures/ of the workspace")
    ] = None,
    form: Annotated[FigureFormat, typer.Option("--format", "-f", help="File format.")] = FigureFormat.png,
) -> None:
    """Draw the week: forecast with bands, required against scheduled, heat map, Gantt, service-level curve, cost.

    Prints the files it wrote, one a line.

    \b
    Examples:
      wfm plot all --week 2026-W48
      wfm plot gantt --week 2026-W48 --day 2026-11-25 --format svg
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    for path in plot_stage(place, kind=kind, week=week, queues=queue, day=day, out=out, form=form.value):
        typer.echo(path)


def plot_stage(
    place: Workspace,
    *,
    kind: PlotKind = PlotKind.all,
    week: str | None = None,
    queues: list[str] | None = None,
    day: str | None = None,
    out: Path | None = None,
    form: str = "png",
) -> list[Path]:
    """Read what is stored of the week, draw, write; returns the files."""
    from wfm.figures.style import save

    sources = {
        PlotKind.forecast: _forecast,
        PlotKind.forecast_day: _forecast_day,
        PlotKind.coverage: _coverage,
        PlotKind.heat_map: _heat_map,
        PlotKind.gantt: _gantt,
        PlotKind.service_level: _service_level,
        PlotKind.cost: _cost,
    }
    check_queues(queues, place.centre)
    period = place.planning_period(week, _newest_kind(place))
    folder = (out or place.folder / FIGURES) / period.first.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in sources.items():
        if kind in (name, PlotKind.all):
            try:
                written += [
                    save(figure, folder / f"{stem}.{form}") for stem, figure in draw(place, period, queues, day)
                ]
            except MissingError:
                if kind is not PlotKind.all:
                    raise
    return written


def _newest_kind(place: Workspace) -> str:
    """What decides the week where none is named: the roster, else the requirement, else the forecast."""
    return next((kind for kind in ("roster", "requirement") if place.store.runs(kind, most=1)), "forecast")


def _queues(place: Workspace, names: list[str] | None) -> list[str]:
    return names or [queue.id for queue in place.centre.queues]


def _forecast(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.figures.forecast import forecast_by_interval
    from wfm.policy.span import within

    _, forecast = place.planned("forecast", period)
    history = within(place.store.history(queues), period, place.centre)
    for name in _queues(place, queues):
        if (forecast["queue"] == name).any():
            came = history if (history["queue"] == name).any() else None
            zone, interval_min = place.centre.zone_of(name), place.centre.queue(name).interval_min
            yield f"forecast-{name}", forecast_by_interval(forecast, came, name, zone, interval_min)


def _forecast_day(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """The whole forecast by day, after six weeks of what came before."""
    import pandas as pd

    from wfm.figures.forecast import forecast_by_day
    from wfm.time.zones import local_day

    run = place.store.run("forecast", covering=period)
    days = place.store.read("forecast_day", run.number)
    history = place.store.history(queues)
    for name in _queues(place, queues):
        if not (days["queue"] == name).any():
            continue
        own = history[history["queue"] == name]
        came = own.assign(day=local_day(own["interval_start"], place.centre.zone_of(name)))
        recent = came[came["day"] >= days["day"].min() - pd.Timedelta(weeks=6)]
        recent = recent.groupby(["queue", "day"], as_index=False)[["offered"]].sum()
        yield f"forecast-day-{name}", forecast_by_day(days, recent, name, place.centre.zone_of(name))


def _roster_run(place: Workspace, period: Period) -> RunRecord:
    return place.store.run("roster", covering=period)


def _coverage(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.commands.rosters import coverage_of
    from wfm.figures.coverage import required_against_scheduled

    coverage = coverage_of(place, _roster_run(place, period))
    yield "coverage", required_against_scheduled(coverage[coverage["queue"].isin(_queues(place, queues))], place.centre)


def _heat_map(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.commands.rosters import coverage_of
    from wfm.figures.heat_map import staffing_heat_map

    coverage = coverage_of(place, _roster_run(place, period))
    yield "heat-map", staffing_heat_map(coverage, place.centre)
    for name in queues or ():
        yield f"heat-map-{name}", staffing_heat_map(coverage, place.centre, name)


def _gantt(place: Workspace, period: Period, _queues: list[str] | None, day: str | None) -> Drawn:
    from wfm.figures.gantt import roster_gantt
    from wfm.time.week import read_date

    chosen = read_date(day) if day else period.first
    roster = place.store.read("roster", _roster_run(place, period).number)
    yield f"gantt-{chosen.isoformat()}", roster_gantt(roster, chosen, place.centre, place.people(period.last))


def _service_level(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """Service level against agents in each queue's busiest interval."""
    import numpy as np

    from wfm.figures.service_level import service_level_curve
    from wfm.staffing.curve import staffing_curve

    _, requirement = place.planned("requirement", period)
    _, forecast = place.planned("forecast", period)
    for name in _queues(place, queues):
        queue, own = place.centre.queue(name), forecast[forecast["queue"] == name]
        needed = requirement[requirement["queue"] == name].set_index("interval_start")
        if queue.deferred or own.empty or needed["offered_load"].isna().all():
            continue
        busiest = own.iloc[int(own["mean"].to_numpy().argmax())]
        at, load = busiest["interval_start"], float(needed["offered_load"].max())
        aht_s = queue.default_aht_s if np.isnan(busiest["aht_s"]) else float(busiest["aht_s"])
        busy_s = aht_s / queue.concurrency
        agents = np.arange(max(1, int(load) - 1), int(load + 4 * load**0.5) + 4)
        curve = staffing_curve(load * 3600 / busy_s, busy_s, agents, queue.target.threshold_s)
        when = at.tz_convert(place.centre.zone_of(name)).strftime("%a %d %b %H:%M")
        title = f"{name}, busiest interval, {when}: {load:.1f} Erlangs"
        yield (
            f"service-level-{name}",
            service_level_curve(curve, title, queue.target.service_level, queue.target.threshold_s),
        )


def _cost(place: Workspace, period: Period, _queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.figures.cost_waterfall import cost_waterfall

    run = place.store.run("cost", covering=period)
    lines = place.store.read("cost_line", run.number)
    yield "cost", cost_waterfall(lines, place.centre.centre.currency, f"Cost of {period}")
