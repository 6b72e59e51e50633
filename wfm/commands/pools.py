"""`wfm pools`: what queues save by sharing agents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import FormatOption, OutputFormat, RunOption, WorkspaceOption
from wfm.commands.output import say, show
from wfm.commands.progress import progress

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.policy.people import People
    from wfm.staffing.pool import Pool

AS_SKILLED = "skills of today"


def pools(
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    pool: Annotated[
        list[str] | None,
        typer.Option(help="Queues joined by +; may be repeated.", show_default="those that agents of today share"),
    ] = None,
    flexible: Annotated[
        list[int] | None,
        typer.Option(min=0, max=100, help="Also if this many per cent served every queue of the pool."),
    ] = None,
    simulate: Annotated[bool, typer.Option(help="Simulate what lies between the two bounds.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 0,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Size queues apart, with the skills there are, and with everyone serving all: agent-hours, cost, saving.

    Apart and all together are computed, priorities and each queue's own target kept; any other skills lie between
    the two, and are simulated at a few loads of the forecast. Nothing is stored. `--run` names the forecast.

    \b
    Examples:
      wfm pools
      wfm pools --pool vip+general --flexible 10 --flexible 20
    """
    from wfm.staffing.pool import pool_of, pools_of
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    record = place.store.run("forecast", run)
    forecast = place.store.read("forecast", record.number)
    first = record.period.first if record.period else forecast["interval_start"].min().date()
    people = place.people(first)
    named = [pool_of(queues.split("+"), place.centre, people) for queues in pool or ()]
    chosen = named or [*pools_of(place.centre, people)]
    if not chosen:
        say("no agent serves two queues that answer at once; --pool a+b shows what cross-training would save")
    shares = tuple(percent / 100 for percent in flexible or ())
    table = side_by_side(forecast, place.centre, people, chosen, shares, simulate=simulate, seed=seed)
    show(table, form, f"Queues apart and together over {record.period}, forecast run {record.id}")


def side_by_side(
    forecast: pd.DataFrame,
    centre: Centre,
    people: People,
    chosen: list[Pool],
    shares: tuple[float, ...] = (),
    *,
    simulate: bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """The table of ``cross_training`` for each pool; ``shares`` are more designs, of agents who serve every queue."""
    import pandas as pd

    from wfm.simulation.skill_sets import gain_kept
    from wfm.staffing.cross_training import COLUMNS, cross_training
    from wfm.staffing.handling import with_handling
    from wfm.staffing.pool import Pool
    from wfm.staffing.pooling import bounds
    from wfm.staffing.traffic import traffic_of
    from wfm.tables.forecast import FORECAST

    handled = with_handling(FORECAST.check(forecast), centre)
    tables = []
    for pool in chosen:
        traffic = traffic_of(handled, pool, centre)
        found = bounds(traffic)
        model = "Erlang A" if traffic.gives_up else "Erlang C, for somebody's patience is not known"
        say(f"{pool.name}: {model}; served in time over all offered, each interval on its own")
        designs = {AS_SKILLED: pool} if pool.flexible else {}
        designs |= {
            f"{share:.0%} flexible": Pool(pool.queues, {frozenset(pool.queues): share} if share else {})
            for share in shares
        }
        kept = {}
        for name, design in designs.items() if simulate else ():
            with progress(f"simulating {pool.name}, {name}"):
                gain = gain_kept(traffic, design.share, found, seed=seed)
            kept[name] = (design.flexible, gain.share)
            loads = zip(gain.separate, gain.agents, gain.pooled, strict=True)
            steps = ", ".join(f"{apart} > {agents} > {together}" for apart, agents, together in loads)
            say(f"  {name}, agents apart > so skilled > pooled where simulated: {steps or 'no gain'}")
        tables.append(cross_training(pool, traffic, found, centre, people, kept))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
