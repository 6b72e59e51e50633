"""`wfm forecast`: contacts and handle times of the weeks ahead, and why a day is what it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import (
    AuthorOption,
    FormatOption,
    OutputFormat,
    Per,
    QueueOption,
    SeedOption,
    WorkspaceOption,
)
from wfm.commands.output import on_the_clock, say, show
from wfm.commands.progress import progress
from wfm.commands.queues import check_queues
from wfm.errors import MissingError

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from forecasting.forecast import Forecast
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

_READ = ("queue", "day", "interval_start", "mean", "q10", "q90", "aht_s", "open_min", "kind")
"""What of a forecast fits a screen; CSV and JSON have all of it."""

JobsOption = Annotated[int, typer.Option("--jobs", min=1, help="Processes, one queue each.")]


def forecast(
    workspace: WorkspaceOption = Path(),
    start: Annotated[
        str | None, typer.Option("--from", help="First day.", show_default="the week after the history ends")
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=53, help="Weeks ahead.")] = 2,
    queue: QueueOption = None,
    explain: Annotated[
        str | None, typer.Option(help="Take this day apart instead: YYYY-MM-DD.", show_default=False)
    ] = None,
    per: Annotated[Per, typer.Option(help="Print one row a day or one an interval.")] = Per.day,
    model: Annotated[
        str | None,
        typer.Option(help="The model of every queue, by name or its beginning.", show_default="what trials chose"),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Choose models and measure bands anew, whatever is stored.")
    ] = False,
    seed: SeedOption = 0,
    jobs: JobsOption = 1,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Forecast contacts and handle times per queue and interval, with bands, and store it.

    The forecast covers every open interval. Models are chosen, and bands measured, by forecasts of past weeks: by the
    stored calibration if it covers the queues, is not older than four weeks of history and its settings still hold,
    else by a new one, which is stored. What was masked in the history, and what is assumed, is said on stderr.

    \b
    Examples:
      wfm forecast --weeks 2
      wfm forecast --model "mean of 4" --queue general
      wfm forecast --from 2026-11-23 --per interval --format csv > forecast.csv
      wfm forecast --explain 2026-11-27 --queue general
      wfm forecast --explain 2026-11-27 --queue general --per interval
    """
    from forecasting.cleaning.report import told
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    if explain is not None:
        made = explain_stage(place, explain, queue, per=per, model=model, seed=seed)
        show(on_the_clock(made, place.centre) if per is Per.interval else made, form, f"What makes up {explain}")
        return
    number, result = forecast_stage(
        place,
        start=start,
        weeks=weeks,
        queues=queue,
        model=model,
        anew=calibrate,
        seed=seed,
        jobs=jobs,
        author=author,
    )
    for line in told(result.notes):
        say(line)
    table = on_the_clock(result.intervals, place.centre) if per is Per.interval else result.days
    if form is OutputFormat.table:
        table = table[[name for name in _READ if name in table]]
    show(table, form, f"Forecast, run {number}: mean, and the band that holds 80 %")


def forecast_stage(
    place: Workspace,
    *,
    start: str | None = None,
    weeks: int = 2,
    queues: list[str] | None = None,
    model: str | None = None,
    anew: bool = False,
    seed: int = 0,
    jobs: int = 1,
    author: str | None = None,
) -> tuple[int, Forecast]:
    """Read the history, calibrate where no stored calibration fits (or ``anew``), forecast, store.

    Returns:
        The run's number and the forecast.
    """
    from forecasting.book.finding import finding_table
    from forecasting.commands.calibration import calibration_stage, stored_calibration
    from forecasting.forecast import first_day_ahead, weeks_of_lead
    from forecasting.forecast import forecast as predict
    from forecasting.overrides import without_effect

    history = place.store.history(read_with(place, queues))
    drivers, overrides = place.store.facts("driver"), place.store.facts("override", queues)
    period = _period(place, history, start, weeks)
    chosen = with_history(place, history, queues)
    ahead = first_day_ahead(history, place.centre, period)
    lead = weeks_of_lead(ahead, period)
    found = None if anew else stored_calibration(place, chosen, ahead, lead, model)
    number, calibration = found or calibration_stage(
        place, history, chosen, ahead, lead, model=model, drivers=drivers, seed=seed, jobs=jobs, author=author
    )
    with progress(f"forecasting {period}"):
        result = predict(
            history,
            place.centre,
            period,
            queues=chosen,
            calibration=calibration,
            drivers=drivers,
            overrides=overrides,
            shrinkage=place.store.facts("shrinkage"),
            concurrency=place.store.facts("concurrency", chosen),
            jobs=jobs,
        )
    for line in without_effect(result.intervals, overrides, place.centre):
        say(line)
    record = place.record(
        "forecast",
        period,
        {"history": history, "driver": drivers, "override": overrides},
        parameters={
            "queues": queues,
            "calibration": number,
            "models": {queue: calibration.methods[queue] for queue in chosen},
        },
        seed=seed,
        note="\n".join(map(str, result.notes)),
        author=author,
    )
    tables = {
        "forecast": result.intervals,
        "forecast_day": result.days,
        "forecast_channel_day": result.channel_days,
        "shrinkage_forecast": result.shrinkage,
        "handle_time_by_level": result.handle_times,
        "finding": finding_table(result.notes),
    }
    return place.store.write_run(record, tables), result


def read_with(place: Workspace, queues: list[str] | None) -> list[str] | None:
    """The queues whose history is read: those asked for, and those that they are like."""
    from forecasting.book.like_queue import queues_read

    if queues is None:
        return None
    return sorted({name for queue in queues for name in queues_read(place.centre, queue)})


def with_history(place: Workspace, history: pd.DataFrame, queues: list[str] | None) -> list[str]:
    """The queues to forecast: those asked for, or all of which there is something; the others are told."""
    from forecasting.book.like_queue import can_be_forecast

    if queues is not None:
        return queues
    with_history = set(history["queue"])
    known = [queue.id for queue in place.centre.queues if can_be_forecast(place.centre, queue.id, with_history)]
    missing = [queue.id for queue in place.centre.queues if queue.id not in known]
    if missing:
        say(f"no history, left out: {', '.join(missing)}")
    if not known:
        raise _no_history()
    return known


def _period(place: Workspace, history: pd.DataFrame, start: str | None, weeks: int) -> Period:
    from datetime import timedelta

    from wfm.time.week import Period, read_date, week_of

    if start is not None:
        return Period(read_date(start), 7 * weeks)
    if history.empty:
        raise _no_history()
    last = history["interval_start"].max().tz_convert(place.centre.zone).date()
    week = week_of(last + timedelta(days=1), place.centre.centre.week_starts)
    first = week.first if week.first > last else week.first + timedelta(days=7)
    return Period(first, 7 * weeks)


def _no_history() -> MissingError:
    return MissingError("no history to forecast from", mend="run `wfm import history FILE` first")


def explain_stage(
    place: Workspace,
    day: str,
    queues: list[str] | None,
    *,
    per: Per = Per.day,
    model: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """One row a queue and factor of the day's forecast, or, per interval, the shape of the day.

    Queues that are closed on it are told on stderr.

    The model is that of the stored calibration that a forecast from that day would use, else what trials choose.

    Raises:
        MissingError: no queue is open on the day, or has history before it.
    """
    import pandas as pd

    from forecasting.commands.calibration import stored_calibration
    from forecasting.explain import explain, explain_shape
    from wfm.time.week import read_date

    history, drivers = place.store.history(read_with(place, queues)), place.store.facts("driver")
    on = read_date(day)
    parts, refused = [], []
    take_apart = explain_shape if per is Per.interval else explain
    for name in queues or sorted(history["queue"].unique()):
        found = stored_calibration(place, [name], _first_ahead(place, history, on), 1, model)
        try:
            made = take_apart(
                history,
                place.centre,
                name,
                on,
                calibration=found[1] if found else None,
                model=model,
                drivers=drivers,
                seed=seed,
            )
            parts.append(made.assign(queue=name))
        except MissingError as error:
            refused.append(error)
    if not parts:
        raise refused[0] if refused else _no_history()
    for refusal in refused:
        say(str(refusal))
    table = pd.concat(parts, ignore_index=True)
    return table[["queue", *(name for name in table.columns if name != "queue")]]


def _first_ahead(place: Workspace, history: pd.DataFrame, on: date) -> date:
    from forecasting.forecast import first_day_ahead
    from wfm.time.week import Period

    return first_day_ahead(history, place.centre, Period(on, 1))
