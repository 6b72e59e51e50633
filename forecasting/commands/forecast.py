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
    seed: SeedOption = 0,
    jobs: JobsOption = 1,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Forecast contacts and handle times per queue and interval, with bands, and store it.

    The forecast covers every open interval. Bands are quantiles of the method's own errors on past weeks. What was
    masked in the history, and what is assumed, is said on stderr.

    \b
    Examples:
      wfm forecast --weeks 2
      wfm forecast --from 2026-11-23 --per interval --format csv > forecast.csv
      wfm forecast --explain 2026-11-27 --queue general
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    if explain is not None:
        show(explain_stage(place, explain, queue), form, f"What makes up {explain}")
        return
    number, result = forecast_stage(place, start=start, weeks=weeks, queues=queue, seed=seed, jobs=jobs, author=author)
    for note in result.notes:
        say(str(note))
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
    seed: int = 0,
    jobs: int = 1,
    author: str | None = None,
) -> tuple[int, Forecast]:
    """Read the history, forecast, store; returns the run number and the forecast."""
    from forecasting.forecast import forecast as predict

    history = place.store.history(queues)
    period = _period(place, history, start, weeks)
    known = set(history["queue"])
    if queues is None and len(known) < len(place.centre.queues):
        queues = [queue.id for queue in place.centre.queues if queue.id in known]
        missing = [queue.id for queue in place.centre.queues if queue.id not in known]
        say(f"no history, left out: {', '.join(missing)}")
    with progress(f"forecasting {period}"):
        result = predict(history, place.centre, period, queues=queues, seed=seed, jobs=jobs)
    record = place.record(
        "forecast",
        period,
        {"history": history},
        parameters={"queues": queues, "models": sorted(result.days["model"].dropna().unique())},
        seed=seed,
        note="\n".join(map(str, result.notes)),
        author=author,
    )
    return place.store.write_run(record, {"forecast": result.intervals, "forecast_day": result.days}), result


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


def explain_stage(place: Workspace, day: str, queues: list[str] | None) -> pd.DataFrame:
    """One row a queue and factor of the day's forecast; queues that are closed on it are told on stderr.

    Raises:
        MissingError: no queue is open on the day, or has history before it.
    """
    import pandas as pd

    from forecasting.explain import explain as take_apart
    from wfm.time.week import read_date

    history = place.store.history(queues)
    parts, refused = [], []
    for name in queues or sorted(history["queue"].unique()):
        try:
            parts.append(take_apart(history, place.centre, name, read_date(day)).assign(queue=name))
        except MissingError as error:
            refused.append(error)
    if not parts:
        raise refused[0] if refused else _no_history()
    for refusal in refused:
        say(str(refusal))
    table = pd.concat(parts, ignore_index=True)
    return table[["queue", *(name for name in table.columns if name != "queue")]]
