"""Cost lines: a roster's paid time by pay class, priced, and split over queues so that every total adds up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from wfm.costing.absence import absence_credits
from wfm.costing.money import amount_of
from wfm.costing.pieces import kinds_of, paid_pieces, workweek
from wfm.costing.shares import largest_remainder, queue_shares
from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.tables.cost import COST_LINE
from wfm.tables.roster import ROSTER
from wfm.time.week import Period, week_of
from wfm.time.zones import local_day

PAY_CLASSES = ("base", "overtime", "night", "weekend", "rest_day", "holiday", "absence")
NO_QUEUE = "(no queue)"
"""The queue of paid absence, which serves none; a queue's id holds no spaces."""

_DAY_CLASSES = {"weekend": "weekend", "rest": "rest_day", "holiday": "holiday"}
_INSTEAD_OF_OVERTIME = ("rest_day", "holiday")


def cost(
    roster: pd.DataFrame,
    coverage: pd.DataFrame | None,
    centre: Centre,
    people: People,
    period: Period | None = None,
) -> pd.DataFrame:
    """The cost lines of a roster (contract ``wfm.tables.cost.COST_LINE``).

    Base pays every paid minute of presence at the grade's rate; premiums are lines of their own that add their
    fraction of the rate: night and weekend by themselves, and of overtime, rest day and holiday only the dearest that a
    minute earns (premiums for the same hour do not pyramid: PRC Labour Law art. 44, FLSA section 7(h)). Overtime is
    paid time, credited absence included, beyond the contract's hours in the pay workweek; its premium falls on the
    last minutes worked. A date is local to the agent's site, so a night shift pays on two. Each agent, date and pay
    class is priced and rounded once, half to even, to minor units, then split over queues by the coverage shares of
    the agent's skills with largest remainders: the lines add up to every total exactly. Base and absence minutes are
    the paid minutes; a premium's minutes repeat those it falls on.

    Args:
        roster: contract ROSTER. Overtime knows only the workweeks, or parts of them, that it holds.
        coverage: contract COVERAGE, or None to split evenly over skills.
        period: days in which time off is credited; by default the whole weeks that roster and coverage touch.

    Raises:
        InputError: an agent who is not among the people, or a grade without a rate.
    """
    roster = ROSTER.check(roster)
    agents = {agent.id: agent for agent in people.agents}
    pieces = paid_pieces(roster, centre, agents)
    credited = absence_credits(roster, pieces, centre, people, agents, period or _span(roster, coverage, centre))
    pieces["overtime"] = _overtime_seconds(pieces, credited, centre, agents)
    rates = _rates(centre, agents)
    classed = pd.concat([_classed(pieces, centre), credited.assign(pay_class="absence")], ignore_index=True)
    day_lines = _priced(classed, centre, agents, rates)
    present = day_lines.loc[day_lines["pay_class"] != "absence", ["agent", "date"]].drop_duplicates()
    shares = queue_shares(roster, coverage, present, centre, agents)
    return COST_LINE.check(_split_over_queues(day_lines, shares))


def _span(roster: pd.DataFrame, coverage: pd.DataFrame | None, centre: Centre) -> Period:
    """The whole weeks of the roster, and of the coverage where there is one."""
    days = pd.Series(roster["work_date"])
    if coverage is not None and len(coverage):
        days = pd.concat([days, local_day(coverage["interval_start"], centre.zone).to_series()])
    if days.empty:
        return Period(date(1970, 1, 1), 0)
    first = week_of(days.min().date(), centre.centre.week_starts).first
    last = week_of(days.max().date(), centre.centre.week_starts).last
    return Period(first, (last - first).days + 1)


def _rates(centre: Centre, agents: Mapping[str, Agent]) -> dict[str, Decimal]:
    """The rate an hour of each agent."""
    for agent in agents.values():
        if agent.grade not in centre.pay.grades:
            raise InputError(
                "no rate for the grade",
                where=f"agent {agent.id}, grade {agent.grade}",
                expected=", ".join(sorted(centre.pay.grades)) or "a rate in pay.grades of wfm.toml",
                mend="add the grade to pay.grades in wfm.toml",
            )
    return {name: centre.pay.grades[agent.grade] for name, agent in agents.items()}


def _overtime_seconds(
    pieces: pd.DataFrame, credited: pd.DataFrame, centre: Centre, agents: Mapping[str, Agent]
) -> np.ndarray:
    """Seconds of each piece that lie beyond the contract's hours in its pay workweek."""
    starts = centre.pay.workweek_starts
    week = [pieces["agent"], workweek(pieces["date"], starts)]
    by_week = credited.groupby([credited["agent"], workweek(credited["date"], starts)])["seconds"].sum()
    before = by_week.reindex(pd.MultiIndex.from_arrays(week)).fillna(0).to_numpy()
    passed = pieces.groupby(week)["seconds"].cumsum().to_numpy() + before
    limit = {name: round(centre.contract(agent.contract).hours_week * 3600) for name, agent in agents.items()}
    over = passed - pieces["agent"].map(limit).to_numpy(float)
    return np.asarray(np.clip(over, 0, pieces["seconds"].to_numpy()), dtype="int64")


def _premiums(centre: Centre) -> dict[str, Decimal]:
    pay = centre.pay
    return {
        "overtime": pay.overtime_premium,
        "night": pay.night_premium,
        "weekend": pay.weekend_premium,
        "rest_day": pay.rest_day_premium,
        "holiday": pay.holiday_premium,
    }


def _classed(pieces: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Seconds by agent, date and pay class: base, and each premium that is paid."""
    premiums = _premiums(centre)
    day_class = kinds_of(pieces["date"], centre).map(_DAY_CLASSES)
    seconds = {"base": pieces["seconds"], "night": pieces["seconds"].where(pieces["night"], 0)}
    overtime = pieces["overtime"].copy()
    for name in _DAY_CLASSES.values():
        on_day = pieces["seconds"].where(day_class == name, 0)
        if name in _INSTEAD_OF_OVERTIME and premiums[name] >= premiums["overtime"]:
            overtime = overtime.where(day_class != name, 0)
        elif name in _INSTEAD_OF_OVERTIME:
            on_day = on_day - overtime.where(day_class == name, 0)
        seconds[name] = on_day
    seconds["overtime"] = overtime
    paid = {name: values for name, values in seconds.items() if name == "base" or premiums[name] > 0}
    long = pieces[["agent", "date"]].assign(**paid).melt(["agent", "date"], var_name="pay_class", value_name="seconds")
    total = long.groupby(["agent", "date", "pay_class"], as_index=False).agg(seconds=("seconds", "sum"))
    return total[total["seconds"] > 0]


def _priced(
    classed: pd.DataFrame, centre: Centre, agents: Mapping[str, Agent], rates: Mapping[str, Decimal]
) -> pd.DataFrame:
    """One line an agent, date and pay class: its rate, its rule, and its amount, rounded once."""
    premiums = _premiums(centre)
    currency = centre.centre.currency
    lines = classed.sort_values(["agent", "date", "pay_class"], ignore_index=True)
    rate = [
        rates[name] * premiums.get(pay_class, Decimal(1))
        for name, pay_class in zip(lines["agent"], lines["pay_class"], strict=True)
    ]
    lines["amount"] = [
        amount_of(hourly, seconds, currency) for hourly, seconds in zip(rate, lines["seconds"].tolist(), strict=True)
    ]
    lines["rate"] = [f"{hourly:f}" for hourly in rate]
    lines["site"] = lines["agent"].map({name: agent.site for name, agent in agents.items()})
    lines["team"] = lines["agent"].map({name: agent.team for name, agent in agents.items()})
    rules = {name: f"pay.{name}_premium" for name in premiums}
    grade = lines["agent"].map({name: f"pay.grades.{agent.grade}" for name, agent in agents.items()})
    lines["rule"] = lines["pay_class"].map(rules).fillna(grade)
    absent = lines["pay_class"] == "absence"
    lines.loc[absent, "rule"] = "absence." + lines.loc[absent, "kind"].astype(str)
    return lines


def _split_over_queues(lines: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Amounts and seconds of each line apportioned to queues; paid absence stays with no queue."""
    absent = lines["pay_class"] == "absence"
    whole = lines[absent].assign(queue=NO_QUEUE)
    present = lines[~absent].reset_index(drop=True)
    split = present.reset_index(names="line").merge(shares, on=["agent", "date"], how="left", validate="many_to_many")
    share, group = split["share"].to_numpy(), split["line"].to_numpy()
    split["amount"] = largest_remainder(split["amount"].to_numpy(), share, group)
    split["seconds"] = largest_remainder(split["seconds"].to_numpy(), share, group)
    both = pd.concat([split[(split["seconds"] > 0) | (split["amount"] > 0)], whole], ignore_index=True)
    both["minutes"] = both["seconds"] / 60
    return both[COST_LINE.names]
