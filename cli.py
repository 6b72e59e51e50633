"""The composition root: assembles the command line from the rooms' command files, and holds the whole-path run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecasting.commands.accuracy import accuracy
from forecasting.commands.backtest import backtest
from forecasting.commands.cleaning import cleaning
from forecasting.commands.forecast import forecast
from forecasting.commands.reforecast import reforecast
from scheduling.commands.audit import audit
from scheduling.commands.mix import mix
from scheduling.commands.repair import repair
from scheduling.commands.schedule import schedule
from wfm import __version__
from wfm.commands.capacity import capacity
from wfm.commands.cost import cost
from wfm.commands.doctor import doctor
from wfm.commands.failure import run_guarded
from wfm.commands.import_ import import_
from wfm.commands.init import init
from wfm.commands.options import FormatOption, OutputFormat, SeedOption
from wfm.commands.output import say, show
from wfm.commands.plot import plot
from wfm.commands.pools import pools
from wfm.commands.publish import diff, publish
from wfm.commands.runs import runs
from wfm.commands.scenario import scenario
from wfm.commands.simulate import simulate
from wfm.commands.staff import staff

# The linear algebra here is many small problems: threads that wait for each other only burn the other cores' time.
for _pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

if TYPE_CHECKING:
    import pandas as pd

    from wfm.store.workspace import Workspace

app = typer.Typer(
    name="wfm",
    help="Plan a contact centre's workforce: forecast contacts, size the staff, build the roster, publish and cost it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"wfm {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.", envvar="WFM_DEBUG")] = False,
) -> None:
    """Options before the command."""
    if debug:
        os.environ["WFM_DEBUG"] = "1"


def demo(
    folder: Annotated[Path, typer.Argument(help="Workspace to make; with -2, -3, ... where it is there.")] = Path(
        "wfm-demo"
    ),
    agents: Annotated[int, typer.Option(min=1, help="Agents of the sample centre.")] = 80,
    seconds: Annotated[float, typer.Option(min=1, help="Time limit of the roster's solver.")] = 15,
    seed: SeedOption = 7,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Build a sample centre, a telecom operator's customer service, and plan its next week from history to roster.

    \b
    Example:
      wfm demo
    """
    from wfm.sample.workspace import sample_workspace

    place, week = sample_workspace(_free(folder), agents=agents, seed=seed)
    show(whole_path(place, week, seconds=seconds, seed=seed), form, f"The week of {week}, stage by stage")
    say("")
    say(f"open   {place.folder}/published/{week}/v1/index.html")
    say(f"       {place.folder}/published/{week}/v1/roster.xlsx")
    say(f"       {place.folder}/figures/")
    say(f"next   wfm runs --workspace {place.folder}, or read {place.folder}/wfm.toml")


def _free(folder: Path) -> Path:
    """``folder``, or with -2, -3, ... the first that is not there."""
    candidate, number = folder, 2
    while candidate.exists():
        candidate, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    return candidate


def whole_path(place: Workspace, week: str, *, seconds: float, seed: int) -> pd.DataFrame:
    """History to a published, costed, simulated roster: every stage in order; one row a stage with its outcome."""
    import time

    import pandas as pd

    from forecasting.commands.forecast import forecast_stage
    from scheduling.commands.audit import audit_stage
    from scheduling.commands.schedule import schedule_stage
    from wfm.commands.cost import cost_stage
    from wfm.commands.plot import plot_stage
    from wfm.commands.publish import publish_stage
    from wfm.commands.simulate import simulate_stage
    from wfm.commands.staff import staff_stage
    from wfm.costing.money import show_amount

    rows: list[tuple[str, float, str]] = []
    started = time.perf_counter()

    def done(stage: str, outcome: str) -> None:
        nonlocal started
        rows.append((stage, time.perf_counter() - started, outcome))
        say(f"{stage}: {outcome} ({rows[-1][1]:.1f} s)")
        started = time.perf_counter()

    jobs = os.cpu_count() or 1
    _, predicted = forecast_stage(place, start=week, weeks=2, seed=seed, jobs=jobs)
    done("forecast", f"{predicted.days['mean'].sum():,.0f} contacts in two weeks")
    _, requirement = staff_stage(place)
    done("staff", f"{_agent_hours(requirement, place):,.0f} agent-hours on the floor in two weeks")
    made = schedule_stage(place, week=week, seconds=seconds, seed=seed)
    done("schedule", f"{made.solved.objective:,.0f} points, bound {made.solved.bound:,.0f}, gap {made.solved.gap:.1%}")
    _, audited = audit_stage(place, week=week)
    done(
        "audit", f"{int(audited.violations['hard'].sum())} hard rules broken, {len(audited.violations)} remarks in all"
    )
    _, result = simulate_stage(place, week=week, replications=20, seed=seed)
    done("simulate", f"{result.overall['service_level'].iloc[0]:.1%} of interactive contacts answered in time")
    _, lines = cost_stage(place, week=week)
    done("cost", f"{show_amount(int(lines['amount'].sum()), place.centre.centre.currency)}")
    done("plot", f"{len(plot_stage(place, week=week, jobs=jobs))} figures")
    published = publish_stage(place, week=week)
    done("publish", f"version {published.number}, {len(published.files)} files")
    return pd.DataFrame(rows, columns=["stage", "seconds", "outcome"])


def _agent_hours(requirement: pd.DataFrame, place: Workspace) -> float:
    hours = requirement["queue"].map({queue.id: queue.interval_min / 60 for queue in place.centre.queues})
    return float((requirement["agents"] * hours).sum())


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo, "init": init, "import": import_, "forecast": forecast, "backtest": backtest, "accuracy": accuracy,
    "reforecast": reforecast, "cleaning": cleaning, "staff": staff, "pools": pools, "mix": mix,
    "schedule": schedule, "audit": audit, "repair": repair, "simulate": simulate, "publish": publish, "diff": diff,
    "cost": cost, "capacity": capacity, "scenario": scenario, "plot": plot, "runs": runs, "doctor": doctor,
}  # fmt: skip

for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)


def command_names() -> list[str]:
    """All commands in the order of the flow."""
    return list(_COMMANDS)


def main() -> None:
    """The ``wfm`` command."""
    sys.exit(run_guarded(app))
