"""`wfm scenario`: what-if, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import FormatOption, OutputFormat, RunOption, WorkspaceOption
from wfm.commands.output import show

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.policy.people import People
    from wfm.staffing.scenario import Scenario


def scenario(
    changes: Annotated[
        list[str], typer.Argument(help="Each a scenario: volume=+10%, aht=+20s, target=85/20, shrinkage=9%, by commas.")
    ],
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Staff the latest forecast under changes, beside the forecast as it is: agent-hours, equivalents, cost.

    Nothing is stored. The cost is an estimate at the mean rate. `--run` names the forecast.

    \b
    Examples:
      wfm scenario volume=+10%
      wfm scenario target=80/20 target=85/20 target=90/20 --format csv
      wfm scenario volume=+15%,aht=+20s,shrinkage=10%
    """
    from wfm.staffing.scenario import Scenario, read_scenario
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    record = place.store.run("forecast", run)
    forecast = place.store.read("forecast", record.number)
    first = record.period.first if record.period else forecast["interval_start"].min().date()
    scenarios = [Scenario("as it is"), *map(read_scenario, changes)]
    table = side_by_side(forecast, place.centre, place.people(first), scenarios)
    show(table, form, f"Scenarios over {record.period}, forecast run {record.id}")


def side_by_side(forecast: pd.DataFrame, centre: Centre, people: People, scenarios: list[Scenario]) -> pd.DataFrame:
    """One row a scenario: contacts, agent-hours on the floor, paid hours, equivalents, cost and its change."""
    import pandas as pd

    from wfm.costing.capacity import capacity
    from wfm.staffing.requirement import staff

    rows = []
    for case in scenarios:
        policy, volume = case.centre(centre), case.forecast(forecast, centre)
        weeks = capacity(staff(volume, policy), policy, people)
        rows.append(
            {
                "scenario": case.name,
                "contacts": volume["mean"].sum(),
                "floor_hours": weeks["floor_hours"].sum(),
                "paid_hours": weeks["paid_hours"].sum(),
                "peak_fte": weeks["fte_required"].max(),
                "cost": weeks["cost"].sum(),
            }
        )
    table = pd.DataFrame(rows)
    return table.assign(currency=centre.centre.currency, change=table["cost"] / table["cost"].iloc[0] - 1)
