"""`wfm staff`: forecast to requirement."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import (
    AuthorOption,
    FormatOption,
    OutputFormat,
    Per,
    QueueOption,
    RunOption,
    WorkspaceOption,
)
from wfm.commands.output import on_the_clock, say, show
from wfm.commands.queues import check_queues
from wfm.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.store.workspace import Workspace


class EngineName(StrEnum):
    """Whose formulas size the interactive queues."""

    wfm = "wfm"
    pyworkforce = "pyworkforce"


def staff(
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    queue: QueueOption = None,
    per: Annotated[Per, typer.Option(help="Print one row a day or one an interval.")] = Per.day,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--what-if", help="A scenario: volume=+10%,aht=+20s,target=85/20; may be repeated."),
    ] = None,
    curve: Annotated[
        str | None, typer.Option(help="A queue: what each number of agents would deliver.", show_default=False)
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="--curve: an instant, 2026-11-25T10:00.", show_default="the busiest interval")
    ] = None,
    price: Annotated[
        bool, typer.Option("--price", help="What a week costs at each service level, and a point more.")
    ] = False,
    week: Annotated[
        str | None, typer.Option(help="--price: the week, as elsewhere.", show_default="the first one forecast")
    ] = None,
    engine: Annotated[
        EngineName, typer.Option(help="pyworkforce: its numbers beside ours, not stored.")
    ] = EngineName.wfm,
    plot: Annotated[
        Path | None, typer.Option(help="--curve, --price: a file to draw to, .png or .svg.", show_default=False)
    ] = None,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Size the staff of the latest forecast: agents per queue and interval, and what decided each.

    Interactive queues get the smallest number of agents that meets their targets by the queue's own model; deferred
    queues (with a deadline) the least level plan that is never late. `rostered` adds unplanned shrinkage. What model,
    definition and basis were used is said on stderr.

    With --what-if, --curve, --price or --engine pyworkforce a question is answered instead, and nothing is stored.
    What-if changes: volume, aht, deflection, target, per, max_occupancy, patience, concurrency, shrinkage; for one
    queue `vip:volume=+10%`.

    \b
    Examples:
      wfm staff
      wfm staff --per interval --queue vip --format csv > requirement.csv
      wfm staff --what-if volume=+10%,aht=+20s --what-if target=85/20,per=day
      wfm staff --curve vip --at 2026-11-25T10:00 --plot curve.png
      wfm staff --price --queue vip
      wfm staff --engine pyworkforce --per interval
    """
    from wfm.commands import staffing_questions as ask
    from wfm.store.workspace import open_workspace

    _check_question(what_if, curve, price, engine, plot, at)
    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    second = engine is EngineName.pyworkforce
    if what_if:
        caption, table = ask.what_if(place, what_if, run)
    elif curve is not None:
        caption, table = ask.curve(place, curve, at=at, run=run, second=second, plot=plot)
    elif price:
        caption, table = ask.price(place, week=week, run=run, queues=queue, plot=plot)
    elif second:
        caption, table = ask.second_opinion(place, run=run, queues=queue)
        table = on_the_clock(table, place.centre) if per is Per.interval else ask.opinion_by_day(table, place.centre)
    else:
        caption, table = _requirement(place, run, queue, per, author)
    show(table, form, caption)


def _requirement(
    place: Workspace, run: int | None, queues: list[str] | None, per: Per, author: str | None
) -> tuple[str, pd.DataFrame]:
    """Staff and store; say how it was reckoned and what is saved by blending; the table to print."""
    from wfm.commands.staffing_inputs import staffing_inputs

    number, requirement = staff_stage(place, run=run, author=author)
    forecast = staffing_inputs(place, run).forecast
    chosen = requirement[requirement["queue"].isin(queues)] if queues else requirement
    for line in (*how_reckoned(chosen), *what_blending_saves(requirement, forecast, place.centre)):
        say(line)
    if per is Per.interval:
        return f"Requirement, run {number}", on_the_clock(chosen, place.centre)
    days = by_day(chosen, place.centre)
    return f"Requirement, run {number}", with_course(days, chosen, forecast, place.centre)


def staff_stage(place: Workspace, *, run: int | None = None, author: str | None = None) -> tuple[int, pd.DataFrame]:
    """Read the forecast, size the staff, store the requirement; returns its run number and the table."""
    from wfm.commands.staffing_inputs import staffing_inputs

    given = staffing_inputs(place, run)
    requirement = given.staffed(place.centre)
    record = place.record(
        "requirement",
        given.record.period,
        {"forecast": given.forecast},
        parameters={"forecast_run": given.record.id},
        author=author,
    )
    forecast_for = set(given.forecast["queue"])
    missing = [queue.id for queue in place.centre.queues if queue.id not in forecast_for]
    if missing:
        say(f"not in forecast run {given.record.id}, so not staffed: {', '.join(missing)}")
    assumed = sorted(requirement.loc[requirement["aht_assumed"], "queue"].unique())
    if assumed:
        say(f"assumed handle time (no data supports it): {', '.join(assumed)}")
    return place.store.write_run(record, {"requirement": requirement}), requirement


def by_day(requirement: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Agent-hours and targets of each queue and local day; fractions are weighted by offered load."""
    import pandas as pd

    from wfm.commands.output import local_days

    hours = requirement["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues}).to_numpy(float)
    load = requirement["offered_load"].fillna(0)
    parts = pd.DataFrame(
        {
            "queue": requirement["queue"],
            "day": local_days(requirement, centre),
            "agent_hours": requirement["agents"] * hours,
            "rostered_hours": requirement["rostered"] * hours,
            "peak_agents": requirement["agents"],
            "offered_load_hours": load * hours,
            "_level": requirement["service_level"] * load,
            "_load": load.where(requirement["service_level"].notna(), 0.0),
        }
    )
    grouped = parts.groupby(["queue", "day"], as_index=False)
    table = grouped.agg({name: "max" if name == "peak_agents" else "sum" for name in parts.columns[2:]})
    table["service_level"] = table.pop("_level") / table.pop("_load").replace(0, float("nan"))
    return table


def with_course(days: pd.DataFrame, requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Days with the exact service level of the queue as it runs through them, and of the worst interval and when it is.

    ``exact_level`` and ``worst_level`` are of those served in time over offered; empty for deferred queues.
    """
    from wfm.staffing.course import course_of

    if requirement["service_level"].isna().all():
        return days
    found = course_of(requirement, forecast, centre).day
    found["worst_at"] = on_the_clock(found.rename(columns={"worst_at": "interval_start"}), centre)["interval_start"]
    course = found.rename(columns={"service_level": "exact_level", "worst": "worst_level"})
    return days.merge(
        course[["queue", "day", "exact_level", "worst_level", "worst_at"]], on=["queue", "day"], how="left"
    )


def how_reckoned(requirement: pd.DataFrame) -> list[str]:
    """The model, definition and basis of each queue's requirement, a line for those that share them."""
    ways: dict[str, list[str]] = {}
    for name, own in requirement.groupby("queue"):
        first = own.iloc[0]
        told = [str(first[column]) for column in ("model", "definition", "basis") if isinstance(first[column], str)]
        ways.setdefault(", ".join(told), []).append(str(name))
    return [f"{', '.join(queues)}: {way}" for way, queues in ways.items()]


def what_blending_saves(requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre) -> list[str]:
    """A line a blend of the policy: agent-hours and cost saved against separate teams."""
    from wfm.staffing.blend_saving import TOTAL, blend_saving

    if not centre.blends:
        return []
    saving = blend_saving(requirement, forecast, centre)
    return [
        f"blend {row.blend} saves {row.saved_h:,.1f} of {row.separate_h:,.1f} agent-hours ({row.saved_share:.1%}), "
        f"{row.saved_cost:,.0f} {row.currency}, against separate teams"
        for row in saving[saving["queue"] == TOTAL].itertuples()
    ]


def _check_question(
    what_if: list[str] | None, curve: str | None, price: bool, engine: EngineName, plot: Path | None, at: str | None
) -> None:
    asked = [
        name for name, given in (("--what-if", what_if), ("--curve", curve is not None), ("--price", price)) if given
    ]
    if len(asked) > 1:
        raise UsageError("one question at a time", found=" ".join(asked))
    if engine is EngineName.pyworkforce and asked not in ([], ["--curve"]):
        raise UsageError("pyworkforce answers the requirement and --curve only", found=asked[0])
    if plot is not None and asked not in (["--curve"], ["--price"]):
        raise UsageError("--plot draws --curve or --price", mend="or use `wfm plot`")
    if at is not None and asked != ["--curve"]:
        raise UsageError("--at belongs to --curve")
