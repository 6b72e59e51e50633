"""`wfm plot`: figures of what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.forecast_drawings import (
    Drawn,
    draw_cleaning,
    draw_forecast,
    draw_forecast_channel,
    draw_forecast_day,
    draw_model_choice,
)
from wfm.commands.options import QueueOption, WeekOption, WorkspaceOption
from wfm.commands.queues import check_queues
from wfm.commands.staffing_drawings import draw_service_level, draw_service_price
from wfm.errors import MissingError

if TYPE_CHECKING:
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


class PlotKind(StrEnum):
    """What to draw."""

    all = "all"
    forecast = "forecast"
    forecast_day = "forecast-day"
    forecast_channel = "forecast-channel"
    cleaning = "cleaning"
    model_choice = "model-choice"
    coverage = "coverage"
    heat_map = "heat-map"
    gantt = "gantt"
    service_level = "service-level"
    service_price = "service-price"
    cost = "cost"


class FigureFormat(StrEnum):
    """File format of a figure."""

    png = "png"
    svg = "svg"


@dataclass(frozen=True)
class Asked:
    """Which days to draw, of which queues (None: all), which day of the Gantt, and where to and as what to write."""

    period: Period
    queues: list[str] | None
    day: str | None
    folder: Path
    form: str


FIGURES = "figures"
ASKED_ALONE = (PlotKind.service_price,)
"""Not among all: it staffs the week ten times over."""


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

    `cleaning` shows the history with what was found odd in it, `model-choice` how the models did that were tried. What
    a backtest or a comparison with what came draws, `wfm backtest --plot` and `wfm accuracy --plot` write themselves.
    Prints the files it wrote, one a line.

    \b
    Examples:
      wfm plot all --week 2026-W48
      wfm plot cleaning --queue general
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
    jobs: int = 1,
) -> list[Path]:
    """Read what is stored of the week, draw, write; returns the files. ``jobs`` kinds are drawn side by side."""
    check_queues(queues, place.centre)
    period = place.planning_period(week, _newest_kind(place))
    folder = (out or place.folder / FIGURES) / period.first.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    asked = Asked(period, queues, day, folder, form)
    if kind is not PlotKind.all:
        return _write(place, kind, asked)
    kinds = [name for name in PlotKind if name is not PlotKind.all and name not in ASKED_ALONE]
    if jobs == 1:
        return [path for name in kinds for path in _write_if_there(place, name, asked)]
    from joblib import Parallel, delayed

    drawn = Parallel(n_jobs=jobs)(delayed(_write_apart)(place.folder, name, asked) for name in kinds)
    return [path for paths in drawn for path in paths]


def _write(place: Workspace, kind: PlotKind, asked: Asked) -> list[Path]:
    """The files of one kind."""
    from wfm.figures.style import save

    sources = {
        PlotKind.forecast: draw_forecast,
        PlotKind.forecast_day: draw_forecast_day,
        PlotKind.forecast_channel: draw_forecast_channel,
        PlotKind.cleaning: draw_cleaning,
        PlotKind.model_choice: draw_model_choice,
        PlotKind.coverage: _coverage,
        PlotKind.heat_map: _heat_map,
        PlotKind.gantt: _gantt,
        PlotKind.service_level: draw_service_level,
        PlotKind.service_price: draw_service_price,
        PlotKind.cost: _cost,
    }
    drawn = sources[kind](place, asked.period, asked.queues, asked.day)
    return [save(figure, asked.folder / f"{stem}.{asked.form}") for stem, figure in drawn]


def _write_if_there(place: Workspace, kind: PlotKind, asked: Asked) -> list[Path]:
    """The same; none where there is no data for it."""
    try:
        return _write(place, kind, asked)
    except MissingError:
        return []


def _write_apart(workspace: Path, kind: PlotKind, asked: Asked) -> list[Path]:
    """The same in another process, which reads the store for itself."""
    from wfm.store.workspace import open_workspace

    return _write_if_there(open_workspace(workspace), kind, asked)


def _newest_kind(place: Workspace) -> str:
    """What decides the week where none is named: the roster, else the requirement, else the forecast."""
    return next((kind for kind in ("roster", "requirement") if place.store.runs(kind, most=1)), "forecast")


def _queues(place: Workspace, names: list[str] | None) -> list[str]:
    return names or [queue.id for queue in place.centre.queues]


def _roster_run(place: Workspace, period: Period) -> RunRecord:
    return place.store.run("roster", covering=period)


def _coverage(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.commands.rosters import coverage_of
    from wfm.figures.coverage import required_against_scheduled

    coverage = coverage_of(place, _roster_run(place, period), period)
    yield "coverage", required_against_scheduled(coverage[coverage["queue"].isin(_queues(place, queues))], place.centre)


def _heat_map(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.commands.rosters import coverage_of
    from wfm.figures.heat_map import staffing_heat_map

    coverage = coverage_of(place, _roster_run(place, period), period)
    yield "heat-map", staffing_heat_map(coverage, place.centre)
    for name in queues or ():
        yield f"heat-map-{name}", staffing_heat_map(coverage, place.centre, name)


def _gantt(place: Workspace, period: Period, _queues: list[str] | None, day: str | None) -> Drawn:
    from wfm.figures.gantt import roster_gantt
    from wfm.time.week import read_date

    chosen = read_date(day) if day else period.first
    roster = place.store.read("roster", _roster_run(place, period).number)
    yield f"gantt-{chosen.isoformat()}", roster_gantt(roster, chosen, place.centre, place.people(period.last))


def _cost(place: Workspace, period: Period, _queues: list[str] | None, _day: str | None) -> Drawn:
    from wfm.figures.cost_waterfall import cost_waterfall

    run = place.store.run("cost", covering=period)
    lines = place.store.read("cost_line", run.number)
    yield "cost", cost_waterfall(lines, place.centre.centre.currency, f"Cost of {period}")
