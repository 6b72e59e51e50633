"""`wfm reforecast`: the rest of the day, from what has come so far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import (
    AuthorOption,
    FormatOption,
    OutputFormat,
    QueueOption,
    WorkspaceOption,
)
from wfm.commands.output import say, show
from wfm.commands.progress import progress
from wfm.commands.queues import check_queues
from wfm.errors import InputError, MissingError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.intraday.reforecast import Reforecast
    from wfm.policy.centre import Centre
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

AT = "at"
"""The parameter by which the record of an update is told from that of a forecast."""


def reforecast(
    workspace: WorkspaceOption = Path(),
    at: Annotated[
        str | None,
        typer.Option(help="2026-11-21T10:00, the centre's clock.", show_default="the end of the history"),
    ] = None,
    queue: QueueOption = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the day to this .png or .svg.", show_default=False)] = None,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Update the rest of the day, and the six days after, by what has come so far, and store it as a forecast.

    Starts from the latest forecast of the day that is no update itself, or makes the morning's where there is none. How
    far a surprise is believed is learnt from past days; where it was nothing but chance, the forecast stays.

    \b
    Examples:
      wfm reforecast --at 2026-11-21T10:00
      wfm reforecast --at 2026-11-21T10:00 --queue general --plot today.png
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    number, result = reforecast_stage(place, at=at, queues=queue, author=author)
    for note in result.notes:
        say(str(note))
    if plot is not None:
        say(f"drawn: {_draw(place, number, plot, list(result.summary['queue']))}")
    show(result.summary, form, f"The rest of the day, run {number}: before, after, and the band that holds 80 %")


def reforecast_stage(
    place: Workspace, *, at: str | None = None, queues: list[str] | None = None, author: str | None = None
) -> tuple[int, Reforecast]:
    """Read the day's forecast and history, update, store; returns the run number and the update.

    Raises:
        UsageError: ``at`` cannot be read. MissingError, InputError: see ``forecasting.intraday.reforecast``.
    """
    from forecasting.intraday.reforecast import Morning
    from forecasting.intraday.reforecast import reforecast as update

    history = place.store.history()
    wanted = history if queues is None else history[history["queue"].isin(queues)]
    instant = _instant(place, at, wanted)
    _require_begun(wanted, instant, place.centre)
    base = _morning_run(place, instant, queues)
    tables = ("forecast", "forecast_day", "forecast_channel_day")
    morning = Morning(*(place.store.read(name, base.number) for name in tables))
    history = history[(history["interval_start"] < instant).to_numpy()]
    with progress(f"updating the forecast of run {base.number}"):
        drivers = place.store.facts("driver")
        result = update(history, place.centre, morning, instant, queues=queues, drivers=drivers)
    record = place.record(
        "forecast",
        base.period,
        {"history": history, "forecast": morning.intervals},
        parameters={AT: instant.isoformat(), "base_run": base.number, "queues": queues},
        note="\n".join(map(str, result.notes)),
        author=author,
    )
    written = dict(zip(tables, (result.intervals, result.days, result.channel_days), strict=True))
    written["shrinkage_forecast"] = place.store.read("shrinkage_forecast", base.number)
    return place.store.write_run(record, written), result


def _instant(place: Workspace, text: str | None, history: pd.DataFrame) -> pd.Timestamp:
    """The instant that a user names on the centre's clock, or the end of the last interval of which anything is known.

    Raises:
        UsageError: not an instant, or a time that the clock skips or shows twice. MissingError: no history.
    """
    import pandas as pd

    known = history[history["offered"].notna().to_numpy()]
    if known.empty:
        raise MissingError("no history to update a forecast from", mend="run `wfm import history FILE` first")
    if text is None:
        last = known.iloc[int(known["interval_start"].to_numpy().argmax())]
        minutes = place.centre.queue(str(last["queue"])).interval_min
        return pd.Timestamp(last["interval_start"]) + pd.Timedelta(minutes=minutes)
    expected = "for example 2026-11-21T10:00, or with an offset 2026-11-21T10:00+01:00"
    try:
        instant = pd.Timestamp(text)
    except ValueError as error:
        raise UsageError("cannot read the instant of --at", found=text, expected=expected) from error
    if pd.isna(instant):
        raise UsageError("cannot read the instant of --at", found=text, expected=expected)
    if instant.tz is None:
        zone = place.centre.zone
        try:
            instant = instant.tz_localize(zone)
        except ValueError as error:
            what = "the clock skips this time, or shows it twice"
            raise UsageError(what, found=f"{text} in {zone}", expected="the time with its offset") from error
    return instant.tz_convert("UTC").as_unit("us")


def _require_begun(history: pd.DataFrame, at: pd.Timestamp, centre: Centre) -> None:
    """Refuse an instant before anything of its day has come, for any queue, so that no morning is forecast in vain.

    Raises:
        InputError: there is no row of the day before it.
    """
    import pandas as pd

    from wfm.time.zones import local_day

    so_far = history[((history["interval_start"] < at) & history["offered"].notna()).to_numpy()]
    last_of_day = pd.DatetimeIndex([at - pd.Timedelta(microseconds=1)])
    for queue_id, own in so_far.groupby("queue"):
        zone = centre.zone_of(str(queue_id))
        if local_day(own["interval_start"], zone).max() >= local_day(last_of_day, zone)[0]:
            return
    raise InputError(
        "nothing has come yet on this day",
        found=f"no history from the day's start to {at.tz_convert(centre.zone):%Y-%m-%d %H:%M}",
        expected="at least one interval of the day in the history",
        mend="import the day's history so far, or name a later instant with --at",
    )


def _morning_run(place: Workspace, at: pd.Timestamp, queues: list[str] | None) -> RunRecord:
    """The latest forecast, no update, that covers the day of ``at``; made now where there is none."""
    import pandas as pd

    from forecasting.commands.forecast import forecast_stage
    from wfm.time.week import Period
    from wfm.time.zones import local_day

    day = local_day(pd.DatetimeIndex([at - pd.Timedelta(microseconds=1)]), place.centre.zone)[0].date()
    for run in place.store.runs("forecast"):
        if AT not in run.parameters and run.period is not None and _holds(run.period, Period(day, 1)):
            return run
    say(f"no forecast covers {day.isoformat()}: made as of its morning")
    number, _ = forecast_stage(place, start=day.isoformat(), weeks=1, queues=queues)
    return place.store.run("forecast", number)


def _holds(whole: Period, part: Period) -> bool:
    return whole.first <= part.first and whole.last >= part.last


def _draw(place: Workspace, number: int, path: Path, queues: list[str]) -> Path:
    """The figure of a stored update."""
    import pandas as pd

    from wfm.figures.intraday import intraday_update
    from wfm.figures.style import save

    run = place.store.run("forecast", number)
    at = pd.Timestamp(run.parameters[AT])
    before = place.store.read("forecast", run.parameters["base_run"])
    figure = intraday_update(
        before, place.store.read("forecast", number), place.store.history(queues), queues, at, place.centre
    )
    return save(figure, path)
