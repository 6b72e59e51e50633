"""`wfm repair`: the smallest change to a roster that is out already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scheduling.commands.posed import curves_of, prices_of, shift_demand_of
from scheduling.commands.result import Scheduled, best_so_far, store_solved, tell
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
from wfm.commands.rosters import of_days, roster_before, roster_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from scheduling.outcome import Solved
    from scheduling.repair import Repaired
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

COVER = ("understaffing", "overstaffing", "outside_opening")


@dataclass(frozen=True)
class Mended:
    """A stored repair: the roster's run, and what was changed in which roster."""

    scheduled: Scheduled
    repaired: Repaired
    parent: int


def repair(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    absent: Annotated[
        list[str] | None,
        typer.Option("--absent", help="AGENT, AGENT:DAY or AGENT:FIRST/LAST; may be repeated.", show_default="nobody"),
    ] = None,
    kind: Annotated[Literal["sick", "leave", "training"], typer.Option(help="What the absence is.")] = "sick",
    unpaid: Annotated[bool, typer.Option("--unpaid", help="The absence is not paid.")] = False,
    requirement: Annotated[
        int | None, typer.Option("--requirement", help="A requirement run.", show_default="the latest")
    ] = None,
    freeze_until: Annotated[
        str | None,
        typer.Option("--freeze-until", help="What starts before this day or time stays.", show_default="now"),
    ] = None,
    only_within_day: Annotated[
        bool, typer.Option("--only-within-day", help="Call nobody in: only lengthen shifts and move breaks.")
    ] = False,
    overtime: Annotated[
        float, typer.Option("--overtime", min=0, max=4, help="Hours by which shifts may grow, within the rules.")
    ] = 0,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="Time limit of the solver.")] = 15,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Change the roster as little as pays: for those who fell ill, or for a requirement that is new.

    Shifts that have begun stay as they are; all others stay unless a change saves more than it costs the people. An
    absence is remembered, as if imported. The repaired roster is a run of its own. `--run` names the roster.

    \b
    Examples:
      wfm repair --absent a017:2026-11-24
      wfm repair --absent a017:2026-11-24/2026-11-26 --absent a031 --freeze-until "2026-11-24 14:00"
      wfm reforecast && wfm staff && wfm repair --only-within-day --overtime 2
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    mended = repair_stage(
        place,
        week=week,
        run=run,
        absent=absent or (),
        kind=kind,
        paid=not unpaid,
        requirement=requirement,
        freeze_until=freeze_until,
        within_day=only_within_day,
        overtime_h=overtime,
        seconds=seconds,
        seed=seed,
        author=author,
    )
    tell(mended.scheduled)
    for sentence in sentences(mended.repaired.changes):
        say(sentence)
    say(_cover_sentence(mended))
    show(mended.repaired.changes, form, f"Changes to roster run {mended.parent}, now run {mended.scheduled.run}")
    if mended.scheduled.exit_code:
        raise typer.Exit(mended.scheduled.exit_code)


def repair_stage(
    place: Workspace,
    *,
    week: str | None = None,
    run: int | None = None,
    absent: Sequence[str] = (),
    kind: str = "sick",
    paid: bool = True,
    requirement: int | None = None,
    freeze_until: str | None = None,
    within_day: bool = False,
    overtime_h: float = 0.0,
    seconds: float = 15,
    seed: int = 0,
    author: str | None = None,
) -> Mended:
    """Read roster, requirement and people, repair, store the absences and the roster.

    Raises:
        UsageError: an absence or an instant cannot be read. InterruptedRunError: stopped before a roster was there.
    """
    from scheduling.outcome import NoAnswer
    from scheduling.repair import repair as solve
    from scheduling.solver.interrupt import held_back
    from scheduling.staff.absence import read_absence, with_absences
    from wfm.errors import InterruptedRunError

    period = place.planning_period(week, "roster")
    parent, roster = roster_of(place, period, run)
    requirement_run, needed = place.planned("requirement", period, requirement)
    people, frozen = place.people(period.last), _instant(freeze_until, place)
    today = frozen.tz_convert(place.centre.zone).date()
    absences = [read_absence(text, people, period, today) for text in absent]
    time_off = with_absences(people.time_off, absences, kind, paid=paid)
    people = replace(people, time_off=time_off)
    previous = roster_before(place, period, parent)
    demand, prices = shift_demand_of(place, period), prices_of(parent)
    if parent.period != period:
        prices = {}
    with progress_until(f"repairing {period}", seconds) as report:
        repaired = solve(
            roster,
            needed,
            place.centre,
            people,
            period,
            freeze_until=frozen,
            within_day=within_day,
            overtime_h=overtime_h,
            seconds=seconds,
            seed=seed,
            previous=previous,
            shift_demand=demand,
            curves=curves_of(place, period, requirement_run) if prices else None,
            prices=prices,
            progress=lambda incumbent, bound, _: report(best_so_far(incumbent, bound)),
        )
    if isinstance(repaired, NoAnswer):
        raise InterruptedRunError(f"not repaired: {repaired.reason}", mend="allow more time with --seconds")
    parameters = {
        "repair_of": parent.number,
        "requirement_run": requirement_run.id,
        "absent": [f"{absence.agent}: {absence.days}" for absence in absences],
        "freeze_until": frozen.isoformat(),
        "within_day": within_day,
        "overtime_h": overtime_h,
        "seconds": seconds,
        "changed_shifts": len(repaired.changes),
    }
    whole = parent.period or period
    before = previous if whole == period else roster_before(place, whole)
    with held_back():
        if absences:
            place.store.write_people("time_off", time_off, min(absence.days.first for absence in absences))
        solved = _within_whole(place, parent, period, repaired.solved)
        inputs = {"requirement": needed, "roster": roster}
        made = store_solved(
            place,
            whole,
            solved,
            people,
            before,
            shift_demand=demand if whole == period else shift_demand_of(place, whole),
            inputs=inputs,
            parameters=parameters,
            seed=seed,
            author=author,
        )
    return Mended(made, repaired, parent.number)


def _instant(text: str | None, place: Workspace) -> pd.Timestamp:
    """Now, or a local date or time on the centre's clock.

    Raises:
        UsageError: neither.
    """
    import pandas as pd

    from wfm.errors import UsageError

    if text is None:
        return pd.Timestamp.now("UTC").floor("min")
    try:
        instant = pd.Timestamp(text)
        return instant.tz_localize(place.centre.zone) if instant.tz is None else instant
    except ValueError as error:  # a clock time that a change of clocks leaves out or doubles as well
        raise UsageError(
            "cannot read the instant", found=text, expected='a date, or a date and time such as "2026-11-24 14:00"'
        ) from error


def _within_whole(place: Workspace, parent: RunRecord, period: Period, solved: Solved) -> Solved:
    """The repaired days within the other days of their roster: a week's repair leaves a whole month behind."""
    import pandas as pd

    from wfm.policy.span import within

    if parent.period is None or parent.period == period:
        return solved
    roster, coverage = (place.store.read(table, parent.number) for table in ("roster", "coverage"))
    inside = of_days(roster, period).set_index(["agent", "start"]).index
    others = roster[~roster.set_index(["agent", "start"]).index.isin(inside)]
    repaired = within(coverage, period, place.centre).set_index(["queue", "interval_start"]).index
    other_cover = coverage[~coverage.set_index(["queue", "interval_start"]).index.isin(repaired)]
    return replace(
        solved,
        roster=pd.concat([others, solved.roster], ignore_index=True),
        coverage=pd.concat([other_cover, solved.coverage], ignore_index=True),
    )


def sentences(changes: pd.DataFrame) -> list[str]:
    """What changes for whom, as a supervisor would say it on the phone."""
    return [
        _sentence(str(name), f"{day:%A} {day.day} {day:%B}", str(kind), str(before), str(after))
        for name, day, kind, before, after in changes[["name", "work_date", "kind", "before", "after"]].itertuples(
            index=False, name=None
        )
    ]


def _sentence(name: str, day: str, kind: str, before: str, after: str) -> str:
    if kind == "added":
        return f"{name}: comes in on {day}, {after}"
    if kind == "cancelled":
        return f"{name}: {after or 'off'} on {day}, instead of {before}"
    if kind == "moved":
        return f"{name}: {after} on {day}, instead of {before}"
    return f"{name}: {before} on {day} as planned, with breaks at other times"


def _cover_sentence(mended: Mended) -> str:
    """Coverage without and with the repair, in points."""

    def cover(terms: Mapping[str, float]) -> float:
        return sum(terms.get(term, 0.0) for term in COVER)

    before, after = cover(mended.repaired.unrepaired), cover(mended.repaired.solved.terms)
    count = len(mended.repaired.changes)
    return f"coverage costs {before:,.0f} points unrepaired, {after:,.0f} repaired; {count} shifts are not as before"
