"""`wfm backtest`: what the forecast would have been worth in past weeks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecasting.commands.score_table import show_scores
from forecasting.evaluation.by import By
from wfm.commands.options import FormatOption, OutputFormat, QueueOption, SeedOption, WorkspaceOption
from wfm.commands.output import say, show
from wfm.commands.progress import progress
from wfm.commands.queues import check_queues

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.evaluation.backtest import Backtest
    from wfm.store.workspace import Workspace


def backtest(
    workspace: WorkspaceOption = Path(),
    origins: Annotated[int, typer.Option(min=1, help="How many past origins, a week apart.")] = 6,
    horizon: Annotated[int, typer.Option(min=1, max=371, help="Days ahead of each.")] = 14,
    queue: QueueOption = None,
    by: Annotated[By, typer.Option(help="Break our scores down by this.")] = By.queue,
    all_methods: Annotated[bool, typer.Option("--all-methods", help="Break down the baselines too.")] = False,
    keep: Annotated[
        bool, typer.Option("--choose", help="Choose models on the whole history and store that for `wfm forecast`.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the scores into this folder.", show_default=False)] = None,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Forecast past weeks as if they were ahead, and score it beside last week, the mean of four and of eight weeks.

    `wmape` is the sum of absolute errors over the sum of contacts, by interval and (`wmape_day`) by day. `bias`: above
    0 is too high. `mase`: 1 is as good as taking over last week. `pinball` scores the quantiles, as a share of the
    mean volume. `in_80`: share of actuals inside the 80 % band; `bands` says of all quantiles together whether they
    are true, at low counts too. `aht_wmape`: error of handle times, weighted by volume.

    `agents_over`, `agents_under`: agents that the forecast asks for, too many and too few for what came, on average
    over the open time, and as agent-hours a week; `understaffed`: share of intervals with too few.

    `--choose` also tries the models at up to sixteen origins, chooses one for each queue, and stores choice and bands
    as `wfm forecast` does when it has none that still fit.

    Tables show percentages, CSV and JSON fractions. With origins a week apart a day of lead is always the same
    weekday.

    \b
    Examples:
      wfm backtest --origins 6 --horizon 14
      wfm backtest --by lead --horizon 28
      wfm backtest --by interval --queue general --plot figures/backtest
      wfm backtest --choose
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    made = backtest_stage(place, origins=origins, horizon_days=horizon, queues=queue, seed=seed)
    caption = f"Backtest over {origins} origins, {horizon} days ahead"
    table = made.scores if by is By.queue else made.by(by, all_methods=all_methods)
    show_scores(table, form, caption if by is By.queue else f"{caption}, by {by.value}")
    if keep:
        show(choice_stage(place, horizon_days=horizon, queues=queue, seed=seed), form, "What was tried, and chosen")
    if plot is not None:
        from forecasting.evaluation.pictures import backtest_pictures, write_pictures

        for path in write_pictures(backtest_pictures(made, place.centre), plot):
            say(f"wrote {path}")


def backtest_stage(
    place: Workspace, *, origins: int, horizon_days: int, queues: list[str] | None = None, seed: int = 0
) -> Backtest:
    """Read the history and score forecasts of its last weeks."""
    from forecasting.book.like_queue import queues_read
    from forecasting.evaluation.backtest import backtest as score

    check_queues(queues, place.centre)
    read = None if queues is None else sorted({name for queue in queues for name in queues_read(place.centre, queue)})
    with progress("backtest"):
        return score(
            place.store.history(read),
            place.centre,
            origins=origins,
            horizon_days=horizon_days,
            queues=queues,
            drivers=place.store.facts("driver"),
            seed=seed,
        )


def choice_stage(
    place: Workspace, *, horizon_days: int, queues: list[str] | None = None, seed: int = 0
) -> pd.DataFrame:
    """Calibrate on the whole history and store it; returns the table of what was tried."""
    from forecasting.calibration import day_after
    from forecasting.commands.calibration import calibration_stage
    from forecasting.commands.forecast import read_with, with_history

    history = place.store.history(read_with(place, queues))
    chosen, first_ahead = with_history(place, history, queues), day_after(history, place.centre)
    _, made = calibration_stage(
        place, history, chosen, first_ahead, -(-horizon_days // 7), drivers=place.store.facts("driver"), seed=seed
    )
    return made.choices
