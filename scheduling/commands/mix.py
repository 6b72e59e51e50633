"""`wfm mix`: how many agents of which kind cover a requirement at the least cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.failure import INTERRUPTED
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
from wfm.commands.progress import progress_until

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.mix.kind import Kind
    from scheduling.mix.report import Mix
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


def mix(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            "--kinds",
            help="CSV of the kinds to choose from: kind, skills, contract, site, grade, and if you like cost_week, "
            "head_week, fewest, most; - is stdin.",
            show_default="those of today's agents",
        ),
    ] = None,
    by_grade: Annotated[
        bool, typer.Option("--by-grade", help="Tell today's agents apart by grade, and pay, as well.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write it here: .xlsx, or .csv for the kinds alone.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="Time limit of the solver.")] = 60,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Choose how many agents of each kind to employ: pay, heads and understaffing at the least cost, with a bound.

    A kind is a skill set with contract and site. Beside the best mix stands what today's numbers cost when rostered
    alike; the differences are whom to hire, retrain or let go. Nobody is on leave here: divide by 1 - planned
    shrinkage for the payroll. `--run` names the requirement. Ctrl-C keeps the best found so far.

    \b
    Examples:
      wfm mix --week 2026-W48
      wfm mix --kinds kinds.csv --seconds 300 --output mix.xlsx
    """
    from wfm.errors import UsageError
    from wfm.store.workspace import open_workspace

    if output is not None and output.suffix not in (".csv", ".xlsx"):
        raise UsageError(
            "cannot tell which file to write", found=str(output), expected="a name ending in .csv or .xlsx"
        )
    place = open_workspace(workspace)
    stored, found = mix_stage(
        place, week=week, run=run, kinds=kinds, by_grade=by_grade, seconds=seconds, seed=seed, author=author
    )
    currency = place.centre.centre.currency
    for sentence in sentences(found, currency):
        say(sentence)
    show(found.kinds, form, f"Agents by kind, run {stored}; {currency} a week")
    if form is OutputFormat.table:
        show(found.costs, form, f"\nCost by item, {currency} a week")
        show(found.queues, form, "\nAgent-hours by queue, of the best mix")
    if output is not None:
        _write(found, output)
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)


def mix_stage(
    place: Workspace,
    *,
    week: str | None = None,
    run: int | None = None,
    kinds: str | None = None,
    by_grade: bool = False,
    seconds: float = 60,
    seed: int = 0,
    author: str | None = None,
) -> tuple[int, Mix]:
    """Read requirement and kinds, choose, and store what came of it as a run.

    Raises:
        InterruptedRunError: stopped before the first mix. InputError: the table of kinds is wrong, or there are none.
    """
    from scheduling.mix.mix import best_mix
    from scheduling.outcome import NoAnswer
    from wfm.errors import InterruptedRunError

    period = place.planning_period(week, "requirement")
    requirement_run, requirement = place.planned("requirement", period, run)
    candidates = _candidates(place, period, kinds, by_grade)
    with progress_until(f"mix for {period}", seconds) as report:
        found = best_mix(
            candidates,
            requirement,
            place.centre,
            period,
            seconds=seconds,
            seed=seed,
            progress=lambda title, cost, bound: report(_so_far(title, cost, bound)),
        )
    if isinstance(found, NoAnswer):
        raise InterruptedRunError(f"no mix: {found.reason}", mend="allow more time with --seconds")
    numbers = found.kinds[found.kinds["kind"] != "total"]
    parameters: dict[str, object] = {
        "requirement_run": requirement_run.id,
        "seconds": seconds,
        "cost_week": found.cost,
        "bound": found.bound,
        "gap": found.gap,
        "relaxation": found.relaxation,
        **({} if found.present_cost != found.present_cost else _today(found)),
        "heads": dict(zip(numbers["kind"], numbers["best"].tolist(), strict=True)),
    }
    record = place.record(
        "mix",
        period,
        {"requirement": requirement},
        parameters=parameters,
        seed=seed,
        status="interrupted" if found.interrupted else "done",
        author=author,
    )
    return place.store.write_run(record, {}), found


def _today(found: Mix) -> dict[str, float]:
    return {"present_cost_week": found.present_cost, "present_bound": found.present_bound}


def sentences(found: Mix, currency: str) -> list[str]:
    """The outcome in sentences."""
    lines = [
        f"best mix: {found.cost:,.0f} {currency} a week, no mix of these kinds below {found.bound:,.0f} "
        f"(gap {found.gap:.1%}) after {found.seconds:.0f} s" + (", interrupted" if found.interrupted else ""),
        f"bound: {found.relaxation}",
        f"a point of the policy's prices is worth {found.point:,.2f} {currency}",
    ]
    if found.present_cost == found.present_cost:
        saved = found.present_cost - found.cost
        share = saved / found.present_cost if found.present_cost else 0.0
        lines.append(
            f"today's numbers: {found.present_cost:,.0f} {currency} a week when rostered alike, no roster of theirs "
            f"below {found.present_bound:,.0f}; the best mix saves {saved:,.0f} ({share:.1%})"
        )
    return [*lines, *found.notes]


def _candidates(place: Workspace, period: Period, named: str | None, by_grade: bool) -> tuple[Kind, ...]:
    """The kinds to choose from, with today's numbers."""
    from scheduling.mix.kind import kinds_of_people, kinds_of_table, with_present
    from wfm.errors import MissingError, UsageError
    from wfm.importing.reading import read_table, source_name

    people = place.people(period.last)
    if named is None:
        found = kinds_of_people(place.centre, people, period, by_grade=by_grade)
        if not found:
            raise MissingError(f"no agents are employed in {period}", mend="import agents, or name kinds with --kinds")
        return found
    if by_grade:
        raise UsageError("--by-grade is for today's agents; --kinds says the grade of each kind itself")
    kinds = kinds_of_table(read_table(named), place.centre, source_name(named))
    return with_present(kinds, kinds_of_people(place.centre, people, period, by_grade=True))


def _so_far(title: str, cost: float, bound: float) -> str:
    """``best mix: 1,234 a week, none below 1,200``."""
    if not abs(cost) < float("inf"):
        return title
    return f"{title}: {cost:,.0f}" + (f", none below {bound:,.0f}" if bound > 0 else "")


def _write(found: Mix, path: Path) -> None:
    """The tables as a spreadsheet of three sheets, or the kinds as CSV; whole or not at all."""
    from wfm.files import write_atomically

    if path.suffix == ".csv":
        write_atomically(path, found.kinds.to_csv(index=False, lineterminator="\n").encode())
        return
    write_atomically(path, _workbook({"kinds": found.kinds, "costs": found.costs, "queues": found.queues}))


def _workbook(sheets: dict[str, pd.DataFrame]) -> bytes:
    import io

    import pandas as pd

    content = io.BytesIO()
    with pd.ExcelWriter(content, engine="xlsxwriter") as book:
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False)
    return content.getvalue()
