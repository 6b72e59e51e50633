"""`wfm repair`: the smallest change to a roster that is out already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scheduling.commands.posed import curves_of, prices_of, shift_demand_of
from scheduling.commands.result import MOST_TOLD, Scheduled, best_so_far, store_solved, tell
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
from wfm.commands.rosters import of_days, roster_before, roster_of, tell_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from scheduling.outcome import Solved
    from scheduling.repair import Repaired
    from scheduling.staff.absence import Absence
    from wfm.policy.people import People
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

COVER = ("understaffing", "overstaffing", "outside_opening")


@dataclass(frozen=True)
class Broken:
    """A stored roster that no longer holds, and what it is to be repaired for.

    ``absences`` are the new ones, already among ``people``; ``freeze_until`` is an instant on the centre's clock.
    """

    period: Period
    parent: RunRecord
    roster: pd.DataFrame
    requirement_run: RunRecord
    requirement: pd.DataFrame
    people: People
    absences: tuple[Absence, ...]
    freeze_until: pd.Timestamp
    previous: pd.DataFrame | None
    shift_demand: pd.DataFrame | None


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
    absence is remembered, as if imported; on a day off it credits no hours. The repaired roster is a run of its own.
    `--run` names the roster.

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
    broken = _broken(place, week, run, requirement, _instant(freeze_until, place))
    broken = _without(broken, absent, kind, paid=paid)
    asked = {"within_day": within_day, "overtime_h": overtime_h, "seconds": seconds}
    repaired = _solved(place, broken, asked, seed)
    return _stored(place, broken, repaired, asked, seed, author)


def _broken(place: Workspace, week: str | None, run: int | None, requirement: int | None, now: pd.Timestamp) -> Broken:
    """What is stored of the roster run, and of what it is to be repaired for."""
    period = place.planning_period(week, "roster")
    parent, roster = roster_of(place, period, run)
    tell_gap(place, period, parent)
    requirement_run, needed = place.planned("requirement", period, requirement)
    return Broken(
        period=period,
        parent=parent,
        roster=roster,
        requirement_run=requirement_run,
        requirement=needed,
        people=place.people(period.last),
        absences=(),
        freeze_until=now,
        previous=roster_before(place, period, parent),
        shift_demand=shift_demand_of(place, period),
    )


def _without(broken: Broken, absent: Sequence[str], kind: str, *, paid: bool) -> Broken:
    """The same with the absences that ``absent`` names laid over those that are known."""
    from scheduling.repair import days_off
    from scheduling.staff.absence import read_absence, with_absences

    today = broken.freeze_until.date()
    absences = tuple(read_absence(text, broken.people, broken.period, today) for text in absent)
    free = days_off(broken.roster, broken.period, {absence.agent for absence in absences})
    time_off = with_absences(broken.people.time_off, absences, kind, paid=paid, days_off=free)
    return replace(broken, absences=absences, people=replace(broken.people, time_off=time_off))


def _solved(place: Workspace, broken: Broken, asked: Mapping[str, Any], seed: int) -> Repaired:
    """The repair itself, with its progress on stderr.

    Raises:
        InterruptedRunError: stopped before a roster was there.
    """
    from scheduling.outcome import NoAnswer
    from scheduling.repair import repair as solve
    from wfm.errors import InterruptedRunError

    prices = prices_of(broken.parent) if broken.parent.period == broken.period else {}
    with progress_until(f"repairing {broken.period}", asked["seconds"]) as report:
        repaired = solve(
            broken.roster,
            broken.requirement,
            place.centre,
            broken.people,
            broken.period,
            freeze_until=broken.freeze_until,
            **asked,
            seed=seed,
            previous=broken.previous,
            shift_demand=broken.shift_demand,
            curves=curves_of(place, broken.period, broken.requirement_run) if prices else None,
            prices=prices,
            progress=lambda incumbent, bound, _: report(best_so_far(incumbent, bound)),
        )
    if isinstance(repaired, NoAnswer):
        raise InterruptedRunError(f"not repaired: {repaired.reason}", mend="allow more time with --seconds")
    return repaired


def _stored(
    place: Workspace, broken: Broken, repaired: Repaired, asked: Mapping[str, Any], seed: int, author: str | None
) -> Mended:
    """Absences and roster in the store, the roster over all days of the one that it repairs."""
    from scheduling.solver.interrupt import held_back

    period, parent = broken.period, broken.parent
    parameters = {
        "repair_of": parent.number,
        "requirement_run": broken.requirement_run.id,
        "absent": [f"{absence.agent}: {absence.days}" for absence in broken.absences],
        "freeze_until": broken.freeze_until.isoformat(),
        **asked,
        "changed_shifts": len(repaired.changes),
    }
    whole = parent.period or period
    with held_back():
        if broken.absences:
            first = min(absence.days.first for absence in broken.absences)
            place.store.write_people("time_off", broken.people.time_off, first)
        made = store_solved(
            place,
            whole,
            _within_whole(place, parent, period, repaired.solved),
            broken.people,
            broken.previous if whole == period else roster_before(place, whole),
            shift_demand=broken.shift_demand if whole == period else shift_demand_of(place, whole),
            inputs={"requirement": broken.requirement, "roster": broken.roster},
            parameters=parameters,
            seed=seed,
            author=author,
        )
    return Mended(made, repaired, parent.number)


def _instant(text: str | None, place: Workspace) -> pd.Timestamp:
    """Now, or the local date or time that ``text`` tells, on the centre's clock.

    Raises:
        UsageError: neither.
    """
    import pandas as pd

    from wfm.errors import UsageError

    if text is None:
        return pd.Timestamp.now(place.centre.zone).floor("min")
    try:
        instant = pd.Timestamp(text)
        local = instant.tz_localize(place.centre.zone) if instant.tz is None else instant
        return local.tz_convert(place.centre.zone)
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
    """What changes for whom, as a supervisor would say it on the phone; breaks that move in one sentence."""
    moved, hours = (changes["kind"] == "breaks").to_numpy(), ["name", "work_date", "kind", "before", "after"]
    told = [
        _sentence(str(name), f"{day:%A} {day.day} {day:%B}", str(kind), str(before), str(after))
        for name, day, kind, before, after in changes.loc[~moved, hours].itertuples(index=False, name=None)
    ]
    if moved.any():
        names = list(dict.fromkeys(changes.loc[moved, "name"]))
        more = f" and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
        shifts = f"{moved.sum()} shifts keep their" if moved.sum() > 1 else "1 shift keeps its"
        told.append(f"{shifts} hours, with breaks at other times: {', '.join(names[:MOST_TOLD])}{more}")
    return told


def _sentence(name: str, day: str, kind: str, before: str, after: str) -> str:
    if kind == "added":
        return f"{name}: comes in on {day}, {after}"
    if kind == "cancelled":
        return f"{name}: {after or 'off'} on {day}, instead of {before}"
    return f"{name}: {after} on {day}, instead of {before}"


def _cover_sentence(mended: Mended) -> str:
    """Coverage without and with the repair, in points."""

    def cover(terms: Mapping[str, float]) -> float:
        return sum(terms.get(term, 0.0) for term in COVER)

    before, after = cover(mended.repaired.unrepaired), cover(mended.repaired.solved.terms)
    count = len(mended.repaired.changes)
    return f"coverage costs {before:,.0f} points unrepaired, {after:,.0f} repaired; {count} shifts are not as before"
