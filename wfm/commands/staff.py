"""`wfm staff`: forecast to requirement."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import AuthorOption, FormatOption, OutputFormat, Per, QueueOption, RunOption, WorkspaceOption
from wfm.commands.output import on_the_clock, say, show
from wfm.commands.queues import check_queues

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.store.workspace import Workspace


class EngineName(StrEnum):
    """Whose Erlang C sizes the interactive queues."""

    erlang_c = "erlang_c"
    pyworkforce = "pyworkforce"


def staff(
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    engine: Annotated[EngineName, typer.Option(help="Ours, or pyworkforce as a second opinion.")] = EngineName.erlang_c,
    queue: QueueOption = None,
    per: Annotated[Per, typer.Option(help="Print one row a day or one an interval.")] = Per.day,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Size the staff of the latest forecast: agents per queue and interval, and what decided each.

    Interactive queues get the smallest number of agents that meets their target by Erlang C; deferred queues
    (with a deadline) the least level plan that is never late. `rostered` adds unplanned shrinkage.

    \b
    Examples:
      wfm staff
      wfm staff --per interval --queue vip --format csv > requirement.csv
      wfm staff --engine pyworkforce
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    number, requirement = staff_stage(place, run=run, engine=engine.value, author=author)
    chosen = requirement[requirement["queue"].isin(queue)] if queue else requirement
    table = on_the_clock(chosen, place.centre) if per is Per.interval else by_day(chosen, place.centre)
    show(table, form, f"Requirement, run {number}")


def staff_stage(
    place: Workspace, *, run: int | None = None, engine: str = "erlang_c", author: str | None = None
) -> tuple[int, pd.DataFrame]:
    """Read the forecast, size the staff, store the requirement; returns its run number and the table."""
    from wfm.staffing.requirement import staff as size

    forecast_run = place.store.run("forecast", run)
    forecast = place.store.read("forecast", forecast_run.number)
    requirement = size(forecast, place.centre, "pyworkforce" if engine == "pyworkforce" else "erlang_c")
    record = place.record(
        "requirement",
        forecast_run.period,
        {"forecast": forecast},
        parameters={"forecast_run": forecast_run.id, "engine": engine},
        author=author,
    )
    forecast_for = set(forecast["queue"])
    missing = [queue.id for queue in place.centre.queues if queue.id not in forecast_for]
    if missing:
        say(f"not in forecast run {forecast_run.id}, so not staffed: {', '.join(missing)}")
    assumed = sorted(requirement.loc[requirement["aht_assumed"], "queue"].unique())
    if assumed:
        say(f"assumed handle time (no data supports it): {', '.join(assumed)}")
    return place.store.write_run(record, {"requirement": requirement}), requirement


def by_day(requirement: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Agent-hours and targets of each queue and local day; fractions are weighted by offered load."""
    import pandas as pd

    from wfm.time.zones import local_day

    hours = requirement["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues}).to_numpy(float)
    load = requirement["offered_load"].fillna(0)
    parts = pd.DataFrame(
        {
            "queue": requirement["queue"],
            "day": pd.NaT,
            "agent_hours": requirement["agents"] * hours,
            "rostered_hours": requirement["rostered"] * hours,
            "peak_agents": requirement["agents"],
            "offered_load_hours": load * hours,
            "_level": requirement["service_level"] * load,
            "_load": load.where(requirement["service_level"].notna(), 0.0),
        }
    )
    for name, rows in requirement.groupby("queue"):
        parts.loc[rows.index, "day"] = local_day(rows["interval_start"], centre.zone_of(str(name)))
    grouped = parts.groupby(["queue", "day"], as_index=False)
    table = grouped.agg({name: "max" if name == "peak_agents" else "sum" for name in parts.columns[2:]})
    table["service_level"] = table.pop("_level") / table.pop("_load").replace(0, float("nan"))
    table["day"] = pd.to_datetime(table["day"])
    return table
