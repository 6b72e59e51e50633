"""`wfm cost`: what a roster costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import AuthorOption, FormatOption, OutputFormat, RunOption, WeekOption, WorkspaceOption
from wfm.commands.output import say, show
from wfm.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.store.workspace import Workspace

GROUPS = ("queue", "team", "site", "pay_class", "agent", "date", "rule")


def cost(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    by: Annotated[str, typer.Option(help=f"Columns to add up by, of {', '.join(GROUPS)}; or lines.")] = "queue",
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Cost the week's roster: base pay, premiums, overtime and paid absence, by queue, team, pay class or line.

    Amounts are exact: whatever they are added up by, the total is the same to the cent.

    \b
    Examples:
      wfm cost --week 2026-W48
      wfm cost --by team,pay_class --format csv
      wfm cost --by lines --format csv > lines.csv
    """
    from wfm.costing.money import show_amount
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    groups = [] if by == "lines" else [name.strip() for name in by.split(",")]
    unknown = [name for name in groups if name not in GROUPS]
    if unknown:
        raise UsageError("cannot add up by that", found=unknown[0], expected=", ".join(GROUPS))
    number, lines = cost_stage(place, week=week, run=run, author=author)
    currency = place.centre.centre.currency
    table = cost_table(lines, groups, currency) if groups else in_currency(lines, currency)
    show(table, form, f"Cost, run {number}")
    say(f"total {show_amount(int(lines['amount'].sum()), currency)}")


def cost_stage(
    place: Workspace, *, week: str | None = None, run: int | None = None, author: str | None = None
) -> tuple[int, pd.DataFrame]:
    """Read the week's roster, cost it, store the lines; returns the run number and the lines."""
    from wfm.commands.rosters import coverage_of, roster_of
    from wfm.costing.lines import cost as price

    period = place.planning_period(week, "roster")
    roster_run, roster = roster_of(place, period, run)
    try:
        coverage = coverage_of(place, roster_run, period)
    except MissingError:
        coverage = None
    lines = price(roster, coverage, place.centre, place.people(period.last), period)
    record = place.record("cost", period, {"roster": roster}, parameters={"roster_run": roster_run.id}, author=author)
    return place.store.write_run(record, {"cost_line": lines}), lines


def cost_table(lines: pd.DataFrame, by: list[str], currency: str) -> pd.DataFrame:
    """Paid hours and cost of each group."""
    from wfm.costing.totals import totals

    table = totals(lines, by)
    table.insert(len(by), "hours", table.pop("minutes") / 60)
    return in_currency(table, currency)


def in_currency(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The table with ``amount``, in minor units, as ``cost``: exact decimal text in the currency's units."""
    from decimal import Decimal

    from wfm.costing.money import minor_exponent

    exponent = minor_exponent(currency)
    cost = [str(Decimal(int(amount)).scaleb(-exponent)) for amount in table["amount"]]
    return table.drop(columns="amount").assign(cost=cost, currency=currency)
