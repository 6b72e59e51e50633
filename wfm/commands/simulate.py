"""`wfm simulate`: what the roster will deliver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import (
    AuthorOption,
    FormatOption,
    OutputFormat,
    RunOption,
    SeedOption,
    WeekOption,
    WorkspaceOption,
)
from wfm.commands.output import say, show
from wfm.commands.progress import progress

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.simulation.simulate import Simulated
    from wfm.store.workspace import Workspace


def simulate(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    replications: Annotated[int, typer.Option(min=2, help="Independent replications.")] = 30,
    seed: SeedOption = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    absences: Annotated[bool, typer.Option(help="Take unplanned shrinkage off the floor.")] = True,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Play the week call by call: service level, speed of answer, abandonment, occupancy, with 95 % intervals.

    Skills, priorities, patience, deadlines and breaks are as in the policy and the roster.

    \b
    Examples:
      wfm simulate --week 2026-W48
      wfm simulate --replications 100 --seed 7 --format json
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    number, result = simulate_stage(
        place, week=week, run=run, replications=replications, seed=seed, jobs=jobs, absences=absences, author=author
    )
    say(f"simulation, run {number}: {replications} replications, seed {seed}")
    table = with_targets(result.queue, place.centre)
    show(read_aloud(table) if form is OutputFormat.table else table, form, "What the roster delivers, by queue")


def simulate_stage(
    place: Workspace,
    *,
    week: str | None = None,
    run: int | None = None,
    replications: int = 30,
    seed: int = 0,
    jobs: int = 1,
    absences: bool = True,
    author: str | None = None,
) -> tuple[int, Simulated]:
    """Read roster and forecast of the week, simulate, store the summary; returns its run number and the result."""
    from wfm.commands.rosters import roster_of
    from wfm.simulation.simulate import simulate as play
    from wfm.simulation.summary import summary

    period = place.planning_period(week, "roster")
    roster_run, roster = roster_of(place, period, run)
    forecast_run, forecast = place.planned("forecast", period)
    people = place.people(period.last)
    with progress(f"simulating {period}"):
        result = play(
            forecast,
            roster,
            place.centre,
            people,
            replications=replications,
            seed=seed,
            jobs=jobs,
            absences=absences,
        )
    record = place.record(
        "simulation",
        period,
        {"roster": roster, "forecast": forecast},
        parameters={
            "roster_run": roster_run.id,
            "forecast_run": forecast_run.id,
            "replications": replications,
            "absences": absences,
        },
        seed=seed,
        author=author,
    )
    return place.store.write_run(record, {"simulation": summary(result)}), result


def with_targets(figures: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """The figures beside what each queue promises; deferred queues promise their deadline."""
    targets = [1.0 if queue.deferred else queue.target.service_level for queue in map(centre.queue, figures["queue"])]
    table = figures.copy()
    table.insert(2, "target", targets)
    return table


def read_aloud(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures as people read them: each with its interval in brackets."""
    import pandas as pd

    table = pd.DataFrame(
        {"queue": figures["queue"], "offered": figures["offered"].round().astype(int).map("{:,}".format)}
    )
    table["target"] = figures["target"].map("{:.0%}".format)
    for name in ("service_level", "abandonment", "occupancy"):
        table[name] = _bracketed(figures, name, 100, "%")
    table["asa"] = _bracketed(figures, "asa_s", 1, " s")
    return table


def _bracketed(figures: pd.DataFrame, name: str, scale: float, unit: str) -> list[str]:
    bounds = zip(figures[name] * scale, figures[f"{name}_low"] * scale, figures[f"{name}_high"] * scale, strict=True)
    return ["" if mean != mean else f"{mean:,.1f}{unit} ({low:,.1f} to {high:,.1f})" for mean, low, high in bounds]
