"""Cost lines against wages worked out by hand, and the property that all totals add up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.costing.lines import NO_QUEUE, cost
from wfm.costing.money import amount_of, minor_exponent, show_amount
from wfm.costing.shares import largest_remainder
from wfm.costing.totals import fte, totals
from wfm.errors import InputError
from wfm.policy.load import policy_of
from wfm.policy.people import people_of
from wfm.tables.people import AGENTS, TIME_OFF
from wfm.tables.roster import COVERAGE, ROSTER

ZONE = "Europe/Berlin"


def a_centre(currency="EUR", zone=ZONE, calendar=None, **pay):
    return policy_of(
        {
            "centre": {"name": "Test", "currency": currency},
            "sites": [{"id": "main", "zone": zone}],
            "calendar": calendar or {},
            "queues": [{"id": "general", "interval_min": 30}, {"id": "vip", "interval_min": 30}],
            "contracts": [{"id": "full", "hours_week": 40}, {"id": "part", "hours_week": 20}],
            "pay": {"grades": {"agent": "20.00", "senior": "23.45"}, "overtime_premium": "0.5", **pay},
        }
    )


def some_people(centre, rows=(("a", "full", "general"),), time_off=()):
    agents = pd.DataFrame(
        [
            {"id": name, "name": name, "team": "red", "site": "main", "contract": contract, "skills": skills,
             "grade": "agent"}
            for name, contract, skills in rows
        ]
    )  # fmt: skip
    away = pd.DataFrame(list(time_off), columns=["agent", "first_day", "last_day", "kind", "paid"])
    return people_of(centre, AGENTS.check(agents), time_off=TIME_OFF.check(away))


def segment(agent, start, end, activity="work", paid=True, zone=ZONE):
    begin = pd.Timestamp(start).tz_localize(zone)
    return {
        "agent": agent,
        "start": begin.tz_convert("UTC"),
        "end": pd.Timestamp(end).tz_localize(zone).tz_convert("UTC"),
        "work_date": begin.tz_localize(None).normalize(),
        "activity": activity,
        "paid": paid,
    }


def a_roster(*segments):
    return ROSTER.check(pd.DataFrame(list(segments)))


def by_class(lines):
    return dict(totals(lines, ["pay_class"])[["pay_class", "amount"]].itertuples(index=False))


def week(first, start="09:00", end="17:00", days=5, agent="a"):
    dates = [date.fromisoformat(first) + timedelta(days=day) for day in range(days)]
    return [segment(agent, f"{day} {start}", f"{day} {end}") for day in dates]


def test_a_plain_day_costs_hours_times_rate_without_the_unpaid_lunch():
    roster = a_roster(
        segment("a", "2026-11-23 09:00", "2026-11-23 12:00"),
        segment("a", "2026-11-23 12:00", "2026-11-23 12:30", "lunch", paid=False),
        segment("a", "2026-11-23 12:30", "2026-11-23 17:30"),
    )
    centre = a_centre()
    lines = cost(roster, None, centre, some_people(centre))
    assert lines[["pay_class", "minutes", "rate", "amount", "rule"]].to_numpy().tolist() == [
        ["base", 480.0, "20.00", 160_00, "pay.grades.agent"]
    ]


def test_a_night_shift_pays_on_two_dates_and_its_night_hours_more():
    centre = a_centre(night="23:00-06:00", night_premium="0.25")
    roster = a_roster(segment("a", "2026-11-24 22:00", "2026-11-25 06:00"))
    lines = cost(roster, None, centre, some_people(centre))
    found = lines.set_index([lines["date"].dt.day, "pay_class"])["amount"].to_dict()
    assert found == {(24, "base"): 40_00, (24, "night"): 5_00, (25, "base"): 120_00, (25, "night"): 30_00}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9)])
def test_the_night_of_a_clock_change_is_paid_by_the_hours_that_passed(day, hours):
    following = date.fromisoformat(day) + timedelta(days=1)
    centre = a_centre()
    lines = cost(a_roster(segment("a", f"{day} 22:00", f"{following} 06:00")), None, centre, some_people(centre))
    assert by_class(lines) == {"base": hours * 20_00}


def test_overtime_falls_on_the_last_minutes_of_the_pay_workweek():
    centre = a_centre()
    roster = a_roster(*week("2026-11-23", "08:00", "17:00"))  # 45 h under a contract of 40
    lines = cost(roster, None, centre, some_people(centre))
    assert by_class(lines) == {"base": 900_00, "overtime": 50_00}
    overtime = lines[lines["pay_class"] == "overtime"]
    assert overtime["date"].dt.day.tolist() == [27]
    assert overtime[["minutes", "rate"]].to_numpy().tolist() == [[300.0, "10.000"]]


def test_the_pay_workweek_starts_where_the_policy_says():
    days = week("2026-11-25", "08:00", "16:00", days=7)  # Wednesday to Tuesday
    monday, wednesday = a_centre(), a_centre(workweek_starts="wednesday")
    assert "overtime" not in by_class(cost(a_roster(*days), None, monday, some_people(monday)))
    assert by_class(cost(a_roster(*days), None, wednesday, some_people(wednesday)))["overtime"] == 160_00


def test_china_pays_holiday_rest_day_and_makeup_day_differently():
    centre = a_centre(
        "CNY", "Asia/Shanghai", {"country": "CN"}, holiday_premium="2", rest_day_premium="1", weekend_premium="0.1"
    )
    roster = a_roster(
        *(
            segment("a", f"2026-{day} 09:00", f"2026-{day} 17:00", zone="Asia/Shanghai")
            for day in (
                "02-14",
                "02-17",
                "02-20",
                "03-07",
            )  # make-up Saturday, New Year's Day, rest of the block, plain Saturday
        )
    )
    lines = cost(roster, None, centre, some_people(centre))
    premiums = lines[lines["pay_class"] != "base"]
    assert premiums[["pay_class", "amount", "rule"]].to_numpy().tolist() == [
        ["holiday", 320_00, "pay.holiday_premium"],
        ["rest_day", 160_00, "pay.rest_day_premium"],
        ["weekend", 16_00, "pay.weekend_premium"],
    ]
    assert premiums["date"].dt.day.tolist() == [17, 20, 7]


def test_overtime_on_a_holiday_earns_only_the_dearer_premium():
    own = {"days": [{"day": "2026-11-27", "kind": "holiday", "name": "Founders"}]}
    roster = a_roster(*week("2026-11-23", "08:00", "17:00"))  # its five hours of overtime lie on the holiday
    dear = a_centre(calendar=own, holiday_premium="2")
    assert by_class(cost(roster, None, dear, some_people(dear))) == {"base": 900_00, "holiday": 360_00}
    cheap = a_centre(calendar=own, holiday_premium="0.25")
    found = by_class(cost(roster, None, cheap, some_people(cheap)))
    assert found == {"base": 900_00, "holiday": 20_00, "overtime": 50_00}


def test_paid_leave_credits_a_fifth_of_the_week_and_at_most_five_days():
    centre = a_centre()
    off = [("a", "2026-11-23", "2026-11-29", "leave", True), ("b", "2026-11-23", "2026-11-24", "sick", False)]
    people = some_people(centre, (("a", "part", "general"), ("b", "full", "general")), off)
    lines = cost(a_roster(*week("2026-11-25", days=5, agent="b")), None, centre, people)
    absence = lines[lines["pay_class"] == "absence"]
    assert absence["agent"].unique().tolist() == ["a"]
    assert absence["amount"].tolist() == [80_00] * 5
    assert set(absence["queue"]) == {NO_QUEUE}
    assert set(absence["rule"]) == {"absence.leave"}


def test_days_worked_and_days_credited_stay_within_five_a_week():
    centre = a_centre()
    people = some_people(centre, time_off=[("a", "2026-11-27", "2026-11-30", "leave", True)])
    lines = cost(a_roster(*week("2026-11-23", days=4), *week("2026-12-01", days=1)), None, centre, people)
    assert lines.loc[lines["pay_class"] == "absence", "date"].dt.strftime("%m-%d").tolist() == ["11-27", "11-30"]


def test_an_absence_in_the_roster_pays_the_contract_day_but_an_unpaid_one_nothing():
    centre = a_centre()
    sick = segment("a", "2026-11-23 09:00", "2026-11-23 17:30", "sick")
    assert by_class(cost(a_roster(sick), None, centre, some_people(centre))) == {"absence": 160_00}
    unpaid = segment("a", "2026-11-23 09:00", "2026-11-23 17:30", "sick", paid=False)
    assert cost(a_roster(unpaid), None, centre, some_people(centre)).empty


def test_paid_leave_of_a_contract_of_four_days_credits_ten_hours_each_and_four_of_them():
    centre = a_centre()
    four = centre.contract("full").model_copy(update={"days_week": 4})
    centre = centre.model_copy(update={"contracts": (four, centre.contract("part"))})
    people = some_people(centre, time_off=[("a", "2026-11-23", "2026-11-29", "leave", True)])
    around = [segment("a", f"{day} 09:00", f"{day} 17:00") for day in ("2026-11-22", "2026-11-30")]
    lines = cost(a_roster(*around), None, centre, people)
    assert lines.loc[lines["pay_class"] == "absence", "amount"].tolist() == [200_00] * 4


def test_credited_absence_counts_towards_overtime():
    centre = a_centre()
    people = some_people(centre, time_off=[("a", "2026-11-23", "2026-11-23", "leave", True)])
    lines = cost(a_roster(*week("2026-11-24", "08:00", "17:00", days=4)), None, centre, people)
    assert by_class(lines) == {"absence": 160_00, "base": 720_00, "overtime": 40_00}


def coverage_of(rows):
    return COVERAGE.check(
        pd.DataFrame(
            [
                {"queue": queue, "interval_start": instant, "required": 1.0, "scheduled": scheduled,
                 "gap": scheduled - 1.0}
                for queue, instant, scheduled in rows
            ]
        )
    )  # fmt: skip


def test_a_shared_agent_is_split_by_what_shared_agents_give_each_queue():
    centre = a_centre()
    people = some_people(centre, (("a", "full", "general"), ("s", "full", "general+vip")))
    roster = a_roster(*week("2026-11-23", days=1), *week("2026-11-23", days=1, agent="s"))
    slots = pd.date_range("2026-11-23T08:00Z", periods=16, freq="30min")
    # a gives general 1; of s, a quarter goes to general and three quarters to vip
    coverage = coverage_of([(q, t, n) for t in slots for q, n in (("general", 1.25), ("vip", 0.75))])
    amounts = totals(cost(roster, coverage, centre, people), ["agent", "queue"])
    assert amounts[["agent", "queue", "amount"]].to_numpy().tolist() == [
        ["a", "general", 160_00], ["s", "general", 40_00], ["s", "vip", 120_00],
    ]  # fmt: skip
    even = totals(cost(roster, None, centre, people), ["agent", "queue"])
    assert even["amount"].tolist() == [160_00, 80_00, 80_00]


def test_an_unknown_agent_is_named():
    centre = a_centre()
    with pytest.raises(InputError, match=r"unknown agent .*found ghost"):
        cost(a_roster(*week("2026-11-23", agent="ghost")), None, centre, some_people(centre))


def test_an_empty_roster_costs_nothing():
    centre = a_centre()
    lines = cost(ROSTER.empty(), None, centre, some_people(centre))
    assert lines.empty
    assert totals(lines, [])["amount"].tolist() == [0]


def test_fte_is_paid_over_contract_hours():
    centre = a_centre()
    lines = cost(a_roster(*week("2026-11-23", "08:00", "17:00")), None, centre, some_people(centre))
    assert fte(lines, centre, days=7)["fte"].tolist() == [45 / 40]
    assert fte(lines, centre, days=7, by=["pay_class"])["pay_class"].tolist() == ["base"]


@pytest.mark.parametrize(("seconds", "cents"), [(9, 2), (27, 8), (45, 12)])
def test_halves_go_to_the_even_cent(seconds, cents):
    # 10.00 an hour: 9 s are exactly 2.5 cents, 27 s 7.5, 45 s 12.5
    assert amount_of(Decimal("10.00"), seconds, "EUR") == cents


def test_yen_have_no_minor_unit():
    assert amount_of(Decimal("1500"), 1800, "JPY") == 750
    assert [minor_exponent(code) for code in ("JPY", "KRW", "CNY", "BHD")] == [0, 0, 2, 3]
    assert show_amount(-5, "EUR") == "-0.05 EUR"


SHIFT = st.tuples(
    st.sampled_from(["a", "b", "s"]), st.integers(0, 13), st.integers(0, 95), st.integers(1, 40), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SHIFT, min_size=1, max_size=20, unique_by=lambda row: row[:2]), st.integers(0, 2**32 - 1))
def test_every_total_by_any_grouping_adds_up_to_the_cent(shifts, seed):
    centre = a_centre(
        night_premium="0.333", weekend_premium="0.17", holiday_premium="1", calendar={"country": "DE"},
        grades={"agent": "17.23", "senior": "20"},
    )  # fmt: skip
    rows = (("a", "part", "general"), ("b", "full", "general+vip:0.5"), ("s", "part", "general+vip"))
    people = some_people(centre, rows, [("b", "2026-12-25", "2026-12-27", "leave", True)])
    first = pd.Timestamp("2026-12-21T00:00Z")
    roster = a_roster(
        *(
            {
                "agent": agent,
                "start": first + pd.Timedelta(days=day, minutes=15 * slot),
                "end": first + pd.Timedelta(days=day, minutes=15 * (slot + length)),
                "work_date": (first + pd.Timedelta(days=day)).tz_localize(None),
                "activity": "work",
                "paid": paid,
            }
            for agent, day, slot, length, paid in shifts
        )
    )
    slots = pd.date_range(first, periods=16 * 48, freq="30min")
    scheduled = np.random.default_rng(seed).uniform(0, 3, (len(slots), 2))
    coverage = coverage_of(
        [
            (q, t, n)
            for t, row in zip(slots, scheduled, strict=True)
            for q, n in zip(("general", "vip"), row, strict=True)
        ]
    )
    lines = cost(roster, coverage, centre, people)
    total = int(lines["amount"].sum())
    columns = ["agent", "date", "site", "team", "queue", "pay_class", "rule", "rate"]
    for width in (0, 1, 2, 3):
        for by in combinations(columns, width):
            assert int(totals(lines, list(by))["amount"].sum()) == total
    paid = roster[roster["paid"]]
    hours = (paid["end"] - paid["start"]).dt.total_seconds().sum() / 3600
    base = lines[lines["pay_class"] == "base"]
    assert base["minutes"].sum() == pytest.approx(hours * 60)
    # each agent-day's base is its rate times its minutes, rounded once: queues neither lose nor make a cent
    for _, day in base.groupby(["agent", "date"]):
        exact = Decimal("17.23") * Decimal(round(day["minutes"].sum() * 60)) * 100 / 3600
        assert int(day["amount"].sum()) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


@given(st.lists(st.tuples(st.integers(0, 10_000), st.lists(st.floats(0.001, 1), min_size=1, max_size=6)), min_size=1))
def test_largest_remainder_gives_whole_parts_within_one_of_the_exact(groups):
    total = np.concatenate([[amount] * len(weights) for amount, weights in groups]).astype(int)
    share = np.concatenate([np.array(weights) / sum(weights) for _, weights in groups])
    group = np.repeat(np.arange(len(groups)), [len(weights) for _, weights in groups])
    parts = largest_remainder(total, share, group)
    assert np.bincount(group, parts).astype(int).tolist() == [amount for amount, _ in groups]
    assert (np.abs(parts - total * share) <= 1 + 1e-6).all()
