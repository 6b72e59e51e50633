"""What `wfm staff` answers without storing anything: what-if, the staffing curve, the price of service, a second
opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wfm.commands.output import local_days, say
from wfm.commands.queues import check_queues
from wfm.commands.staffing_inputs import staffing_inputs
from wfm.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from wfm.commands.staffing_inputs import StaffingInputs
    from wfm.policy.centre import Centre
    from wfm.staffing.curve import StaffingCurve
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

DEFINITIONS = {
    "offered": "served within T over offered",
    "answered": "served within T over served",
    "waited": "waited at most T, served or gone",
    "virtual": "a wait of at most T for who never gives up",
}
"""The service levels that may be promised, T being the threshold."""

MODELS = {"erlang_c": "Erlang C", "erlang_a": "Erlang A", "erlang_x": "Erlang X", "chat": "chat"}

SLOW_S = 5.0
"""What takes longer is said before it begins."""


def what_if(place: Workspace, changes: Sequence[str], run: int | None = None) -> tuple[str, pd.DataFrame]:
    """The latest forecast staffed as it is and under each scenario: a caption and one row a scenario.

    Raises:
        UsageError: a change that cannot be read or followed.
    """
    from wfm.costing.scenarios import side_by_side
    from wfm.staffing.scenario import Scenario, read_scenario

    given = staffing_inputs(place, run)
    scenarios = [Scenario("as it is"), *map(read_scenario, changes)]
    table = side_by_side(given.forecast, place.centre, place.people(given.first_day), scenarios, given.shrinkage)
    return f"Scenarios over {given.record.period}, forecast run {given.record.id}; {told(place.centre)}", table


def curve(
    place: Workspace,
    queue: str,
    *,
    at: str | None = None,
    run: int | None = None,
    second: bool = False,
    plot: Path | None = None,
) -> tuple[str, pd.DataFrame]:
    """What each number of agents would deliver in a queue's busiest interval, or in that of the instant ``at``.

    Args:
        second: pyworkforce's service level beside ours.
        plot: a file to draw it to.
    """
    from wfm.staffing.curve import curve_of
    from wfm.staffing.pyworkforce_engine import delivered_pyworkforce

    check_queues([queue], place.centre)
    given = staffing_inputs(place, run)
    instant = None if at is None else _instant(at, place.centre.zone_of(queue))
    found = curve_of(given.forecast, place.centre, queue, instant)
    table = found.table.assign(cost_h=found.table["agents"] * paid_rate(place, given.first_day))
    if plot is not None:
        from wfm.commands.staffing_drawings import service_level_figure
        from wfm.figures.style import save

        say(f"drawn: {save(service_level_figure(place, found, table), plot)}")
    if second:
        level, _ = delivered_pyworkforce(
            float(found.stream.rate_per_h[0]), float(found.stream.aht_s[0]), table["agents"].to_numpy(float),
            float(found.targets.threshold_s[0]), found.stream.patience_s,
        )  # fmt: skip
        table = table.assign(pyworkforce_level=level, difference=level - table["service_level"])
    threshold_s = found.targets.threshold_s[0]
    return f"{caption_of(place, found)}; service_level: {DEFINITIONS['offered']}, T = {threshold_s:g} s", table


def price(
    place: Workspace, *, week: str | None = None, run: int | None = None, queues: list[str] | None = None,
    plot: Path | None = None,
) -> tuple[str, pd.DataFrame]:  # fmt: skip
    """What the week would cost at each service level, and one point more, per interval and per day."""
    period = place.planning_period(week, "forecast")
    given = staffing_inputs(place, place.store.run("forecast", run, period).number)
    table = price_table(place, given, period, queues)
    currency = place.centre.centre.currency
    caption = f"The price of service over {period}, {currency}, forecast run {given.record.id}; {told(place.centre)}"
    if plot is not None:
        from wfm.figures.service_price import service_price_chart
        from wfm.figures.style import save

        say(f"drawn: {save(service_price_chart(table, currency, f'{period}, amounts in {currency}'), plot)}")
    return caption, table.assign(currency=currency)


def price_table(
    place: Workspace, given: StaffingInputs, period: Period, queues: list[str] | None = None
) -> pd.DataFrame:
    """The price of service of the days of ``period``."""
    from wfm.costing.service_price import service_price
    from wfm.policy.span import within

    week = within(given.of(queues).forecast, period, place.centre).reset_index(drop=True)
    return service_price(week, place.centre, mean_rate_of(place, period.first), shrinkage=given.shrinkage)


def second_opinion(
    place: Workspace, *, run: int | None = None, queues: list[str] | None = None
) -> tuple[str, pd.DataFrame]:
    """The requirement of the latest forecast beside pyworkforce's, by interval."""
    from wfm.staffing.pyworkforce_engine import pyworkforce_version
    from wfm.staffing.second_opinion import second_opinion as compare
    from wfm.staffing.second_opinion import seconds_needed

    given = staffing_inputs(place, run).of(queues)
    needed = seconds_needed(given.forecast, place.centre)
    if needed > SLOW_S:
        say(f"pyworkforce takes one interval at a time: {len(given.forecast):,} of them may take {needed:,.0f} s")
    table = compare(given.staffed(place.centre), given.forecast, place.centre)
    caption = f"Agents beside those of pyworkforce {pyworkforce_version()}, forecast run {given.record.id}; not stored"
    return caption, table


def opinion_by_day(table: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Agent-hours of the two engines, their difference, and how many intervals differ, by queue and local day."""
    import pandas as pd

    hours = table["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues})
    days = pd.DataFrame(
        {
            "queue": table["queue"],
            "day": local_days(table, centre),
            "agent_hours": table["agents"] * hours,
            "pyworkforce_hours": table["pyworkforce"] * hours,
            "difference": table["difference"] * hours,
            "intervals_differing": (table["difference"] != 0).astype(int),
            "model": table["model"],
            "basis": table["basis"],
            "pyworkforce_model": table["pyworkforce_model"],
        }
    )
    words = ("model", "basis", "pyworkforce_model")
    how = {name: "first" if name in words else "sum" for name in days.columns[2:]}
    return pd.DataFrame(days.groupby(["queue", "day"], as_index=False).agg(how))


def told(centre: Centre) -> str:
    """Which definition of service level the interactive queues promise, T being the threshold."""
    promised = {queue.target.definition for queue in centre.queues if not queue.deferred}
    if len(promised) > 1:
        return "service level by each queue's own definition"
    return f"service level: {DEFINITIONS[promised.pop()]}" if promised else "no service level"


def caption_of(place: Workspace, found: StaffingCurve) -> str:
    """What a curve is of: queue, local time, load, handle time and model."""
    when = found.interval_start.tz_convert(place.centre.zone_of(found.queue)).strftime("%a %d %b %H:%M")
    chats = place.centre.queue(found.queue).concurrency
    return (
        f"{found.queue}, {when}: {found.stream.rate_per_h[0]:,.0f} contacts an hour of {found.stream.aht_s[0]:,.0f} s"
        f"{f' (AHT / {chats})' if chats > 1 else ''} = {found.offered_load:.1f} Erlangs, {MODELS[found.model]}"
    )


def mean_rate_of(place: Workspace, first: date) -> float:
    """Cost of a paid hour at the mean rate of those employed then; NaN, and said, where there is nobody."""
    from wfm.costing.capacity import mean_rate

    rate = mean_rate(place.people(first), place.centre)
    if rate != rate:
        say("no agents are imported, so costs are unknown")
    return rate


def paid_rate(place: Workspace, first: date) -> float:
    """What one agent on the floor costs for an hour: his paid time includes both kinds of shrinkage."""
    shrinkage = place.centre.shrinkage
    return mean_rate_of(place, first) / (1 - shrinkage.unplanned) / (1 - shrinkage.planned)


def _instant(text: str, zone: str) -> pd.Timestamp:
    """An instant as people type it, on the clock of ``zone`` unless it has an offset."""
    import pandas as pd

    try:
        at = pd.Timestamp(text)
        local = at.tz_localize(zone) if at.tzinfo is None else at
    except ValueError as error:
        raise UsageError("cannot read the instant", found=text, expected="such as 2026-11-25T10:00") from error
    return local.tz_convert("UTC")
