"""`wfm accuracy`: stored forecasts against what came."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecasting.commands.score_table import show_scores
from forecasting.evaluation.by import ByOfStored
from wfm.commands.options import FormatOption, OutputFormat, QueueOption, RunOption, SeedOption, WorkspaceOption
from wfm.commands.output import say
from wfm.commands.queues import check_queues
from wfm.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.evaluation.accuracy import Accuracy
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


def accuracy(
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    week: Annotated[
        str | None,
        typer.Option(
            "--week",
            help="Every run with days of this week: a date in it, 2026-W48, or a month.",
            show_default=False,
        ),
    ] = None,
    queue: QueueOption = None,
    by: Annotated[ByOfStored, typer.Option(help="Break the scores down by this.")] = ByOfStored.lead,
    plot: Annotated[Path | None, typer.Option(help="Draw the scores into this folder.", show_default=False)] = None,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Compare a stored forecast, or all forecasts of a week, with what came.

    `model` is the model's own mean; `planned`, where a planner overrode it, has the override in its place
    (`--by override` compares the two where they differ). Scores read as those of `wfm backtest`; `aht_wmape` and
    `aht_bias` are those of handle times, weighted by volume. Tables show percentages, CSV and JSON fractions.

    \b
    Examples:
      wfm accuracy --run 3
      wfm accuracy --week 2026-W48 --by weekday
      wfm accuracy --by channel
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    runs = _runs(place, run, week)
    made = accuracy_stage(place, runs, week=week, queues=queue)
    numbers = ", ".join(str(record.number) for record in runs)
    caption = f"Forecast run{'s' if len(runs) > 1 else ''} {numbers} against what came, by {by.value}"
    if by is ByOfStored.channel:
        table = made.by_channel()
    elif by is ByOfStored.queue:
        table = made.by_queue(place.centre, seed=seed)
    else:
        table = made.by(by)
    show_scores(table, form, caption)
    if plot is not None:
        from forecasting.evaluation.pictures import accuracy_pictures, write_pictures

        for path in write_pictures(accuracy_pictures(made, place.centre), plot):
            say(f"wrote {path}")


def accuracy_stage(
    place: Workspace, runs: list[RunRecord], *, week: str | None = None, queues: list[str] | None = None
) -> Accuracy:
    """Read the runs' forecasts and the history, and match them."""
    from forecasting.evaluation.accuracy import Stored
    from forecasting.evaluation.accuracy import accuracy as compare

    check_queues(queues, place.centre)
    stored = []
    for record in runs:
        intervals, days = (_of(place.store.read(name, record.number), queues) for name in ("forecast", "forecast_day"))
        # A channel's days are about all of its queues.
        channel_days = place.store.read("forecast_channel_day", record.number)
        channel_days = channel_days if queues is None else channel_days.iloc[:0]
        stored.append(Stored(record.number, intervals, days, channel_days))
    forecast_queues = sorted({name for one in stored for name in one.intervals["queue"].unique()})
    return compare(stored, place.store.history(forecast_queues), place.centre, _period(place, week))


def _of(table: pd.DataFrame, queues: list[str] | None) -> pd.DataFrame:
    return table if queues is None else table[table["queue"].isin(queues)]


def _period(place: Workspace, week: str | None) -> Period | None:
    from wfm.time.week import read_week

    return None if week is None else read_week(week, place.centre.centre.week_starts)


def _runs(place: Workspace, run: int | None, week: str | None) -> list[RunRecord]:
    """The run asked for, or all that have days of the week, or else the latest.

    Raises:
        UsageError: both a run and a week. MissingError: there is none.
    """
    period = _period(place, week)
    if period is None:
        return [place.store.run("forecast", run)]
    if run is not None:
        raise UsageError("--run and --week exclude each other", mend="leave one of the two out")
    found = [
        record
        for record in reversed(place.store.runs("forecast"))
        if record.period is not None and record.period.first <= period.last and record.period.last >= period.first
    ]
    if not found:
        mend = f"run `wfm forecast --from {period.first.isoformat()}`, or import one"
        raise MissingError(f"no forecast has days of {period}", mend=mend)
    return found
