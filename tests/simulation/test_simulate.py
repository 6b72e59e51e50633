"""Tables in, tables out: a roster against a forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.queueing.erlang_c import service_level
from wfm.simulation.simulate import Simulated, simulate
from wfm.simulation.tables import floor_of
from wfm.tables.contact import CONTACT
from wfm.tables.people import AGENTS

# Clocks go back at 01:00 UTC that day in Berlin: local 02:00 comes twice.
DAY = "2026-10-25"


def centre(*queues: dict[str, Any], unplanned: float = 0.0) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": "Europe/Berlin"}],
            "queues": list(queues),
            "contracts": [{"id": "full", "hours_week": 40}],
            "pay": {"grades": {"one": "10"}},
            "shrinkage": {"unplanned": unplanned},
        }
    )


def people(policy: Centre, *skills: str) -> People:
    rows = [
        {"id": f"a{number:02}", "name": f"Agent {number}", "team": "t", "site": "here", "contract": "full",
         "skills": skill, "grade": "one"}
        for number, skill in enumerate(skills)
    ]  # fmt: skip
    return people_of(policy, AGENTS.check(pd.DataFrame(rows)))


def roster(*segments: tuple[str, str, str, str, str | None]) -> pd.DataFrame:
    """Segments as (agent, start, end, activity, skill_set), on DAY, UTC."""
    rows = [
        {"agent": agent, "start": f"{DAY}T{start}Z", "end": f"{DAY}T{end}Z", "work_date": DAY, "activity": activity,
         "skill_set": skills, "paid": True}
        for agent, start, end, activity, skills in segments
    ]  # fmt: skip
    return pd.DataFrame(rows)


def forecast(queue: str, mean: list[float], start: str, **columns: Any) -> pd.DataFrame:
    starts = pd.date_range(f"{DAY}T{start}Z", periods=len(mean), freq="30min", unit="us")
    return pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean} | columns)


VOICE = {"id": "voice", "target": {"service_level": 0.8, "threshold_s": 20}, "patience_s": 300}


@pytest.fixture(scope="module")
def morning() -> Simulated:
    """Eight agents from 08:00 to 12:00, half of them on a break from 10:00 to 10:30."""
    policy = centre(VOICE)
    segments = []
    for number in range(8):
        agent = f"a{number:02}"
        if number < 4:
            segments += [
                (agent, "08:00", "10:00", "work", "voice"),
                (agent, "10:00", "10:30", "break", None),
                (agent, "10:30", "12:00", "work", "voice"),
            ]
        else:
            segments.append((agent, "08:00", "12:00", "work", None))
    rows = forecast("voice", [40.0] * 8, "08:00", aht_s=240.0)
    return simulate(rows, roster(*segments), policy, people(policy, *["voice"] * 8), replications=20, seed=4)


def test_every_level_has_its_figures(morning: Simulated) -> None:
    assert len(morning.interval) == 8
    assert morning.day["day"].tolist() == [pd.Timestamp(DAY)]
    assert morning.queue["queue"].tolist() == ["voice"]
    for frame in (morning.interval, morning.day, morning.queue, morning.overall):
        for name in ("service_level", "asa_s", "abandonment", "occupancy"):
            assert (frame[f"{name}_low"] <= frame[name]).all()
            assert (frame[name] <= frame[f"{name}_high"]).all()
    assert morning.interval["offered"].sum() == pytest.approx(morning.overall["offered"].iloc[0])
    assert morning.overall["service_level"].iloc[0] == pytest.approx(morning.queue["service_level"].iloc[0])


def test_a_break_shows(morning: Simulated) -> None:
    by_start = morning.interval.set_index("interval_start")
    during = by_start.loc[pd.Timestamp(f"{DAY}T10:00Z")]
    before = by_start.loc[pd.Timestamp(f"{DAY}T09:00Z")]
    assert during["service_level"] < before["service_level"] - 0.3
    assert during["occupancy"] > before["occupancy"]
    assert during["abandonment"] > before["abandonment"]


def test_contacts_are_in_contract_and_within_the_shifts(morning: Simulated) -> None:
    table = CONTACT.check(morning.contacts)
    served = table[table["outcome"] == "served"]
    answered = served["arrived"] + pd.to_timedelta(served["waited_s"], unit="s")
    assert answered.min() >= pd.Timestamp(f"{DAY}T08:00Z")
    assert answered.max() < pd.Timestamp(f"{DAY}T12:00Z")
    on_break = served["agent"].isin(["a00", "a01", "a02", "a03"])
    rounding = pd.Timedelta(microseconds=2)
    break_starts, break_ends = pd.Timestamp(f"{DAY}T10:00Z"), pd.Timestamp(f"{DAY}T10:30Z") - rounding
    started_in_break = (answered >= break_starts) & (answered < break_ends)
    assert not (on_break & started_in_break).any()
    assert table["agent"].isna().sum() == (table["outcome"] != "served").sum()


def test_a_steady_day_delivers_what_erlang_c_says() -> None:
    policy = centre(VOICE | {"patience_s": None})
    segments = [(f"a{number:02}", "00:00", "23:30", "work", "voice") for number in range(14)]
    rows = forecast("voice", [100.0] * 47, "00:00", aht_s=180.0)
    found = simulate(
        rows, roster(*segments), policy, people(policy, *["voice"] * 14), replications=30, handle_time="exponential"
    )
    # Empty at midnight: the first two hours serve a little better than the steady state.
    overall = found.overall.iloc[0]
    assert overall["service_level"] == pytest.approx(service_level(10, 14, 20, 180), abs=0.015)
    assert overall["occupancy"] == pytest.approx(10 / 14, abs=0.01)


def test_same_seed_same_frames(morning: Simulated) -> None:
    policy = centre(VOICE)
    shift = roster(("a00", "08:00", "10:00", "work", "voice"))
    rows = forecast("voice", [8.0] * 4, "08:00")
    crew = people(policy, "voice")
    one, two = (simulate(rows, shift, policy, crew, replications=3, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.interval, two.interval)
    pd.testing.assert_frame_equal(one.contacts, two.contacts)


def test_an_interval_open_in_part_receives_its_contacts_while_open() -> None:
    policy = centre(VOICE)
    rows = forecast("voice", [60.0, 60.0, 60.0], "08:00", open_min=[10.0, 30.0, 5.0])
    shift = roster(("a00", "08:00", "09:30", "work", "voice"))
    found = simulate(rows, shift, policy, people(policy, "voice"), replications=1)
    arrived = found.contacts["arrived"]
    assert arrived.min() >= pd.Timestamp(f"{DAY}T08:20Z")
    assert arrived.max() < pd.Timestamp(f"{DAY}T09:05Z")


def test_nobody_waits_over_a_closure() -> None:
    policy = centre(VOICE | {"patience_s": None})
    rows = pd.concat([forecast("voice", [50.0], "08:00"), forecast("voice", [1.0], "12:00")])
    shift = roster(("a00", "12:00", "16:00", "work", "voice"))
    table = simulate(rows, shift, policy, people(policy, "voice"), replications=1, seed=2).contacts
    early = table[table["arrived"] < pd.Timestamp(f"{DAY}T12:00Z")]
    assert set(early["outcome"]) == {"abandoned"}
    gone = early["arrived"] + pd.to_timedelta(early["waited_s"], unit="s")
    assert (gone - pd.Timestamp(f"{DAY}T12:00Z")).abs().max() < pd.Timedelta(milliseconds=1)


def test_deferred_work_fills_the_gaps_and_leaves_calls_alone() -> None:
    mail = {"id": "mail", "channel": "email", "deadline_h": 6.0}
    policy = centre(VOICE, mail)
    rows = pd.concat(
        [forecast("voice", [20.0] * 8, "08:00", aht_s=240.0), forecast("mail", [10.0] * 8, "08:00", aht_s=60.0)]
    )
    segments = [(f"a{number:02}", "08:00", "14:00", "work", "mail+voice") for number in range(6)]
    crew = people(policy, *["mail+voice:0.9"] * 6)
    found = simulate(rows, roster(*segments), policy, crew, replications=10).queue.set_index("queue")
    assert found.loc["mail", "service_level"] == pytest.approx(1)
    assert found.loc["voice", "service_level"] > 0.85


def test_days_are_the_queues_local_ones() -> None:
    policy = centre(VOICE)
    rows = pd.concat([forecast("voice", [1.0] * 47, "00:00")])
    rows["interval_start"] -= pd.Timedelta(hours=2)  # from local midnight, summer time; 25 hours that day
    shift = roster(("a00", "00:00", "10:00", "work", "voice"))
    floor, found, origin = floor_of(rows, shift, policy, people(policy, "voice"))
    assert found["day"].tolist() == [pd.Timestamp(DAY)] * 47
    assert origin == rows["interval_start"].min()
    assert floor.presence.start_s.tolist() == [7200]


def test_unplanned_absence_takes_its_share_of_shifts() -> None:
    policy = centre(VOICE, unplanned=0.25)
    segments = []
    for number in range(20):
        agent = f"a{number:02}"
        segments += [(agent, "08:00", "10:00", "work", "voice"), (agent, "10:30", "12:00", "work", "voice")]
    rows, shift = forecast("voice", [30.0] * 8, "08:00", aht_s=240.0), roster(*segments)
    crew = people(policy, *["voice"] * 20)
    absent = simulate(rows, shift, policy, crew, replications=60)
    present = simulate(rows, shift, policy, crew, replications=60, absences=False)
    assert absent.overall["offered"].tolist() == present.overall["offered"].tolist()  # the same contacts
    attendance = present.overall["occupancy"].iloc[0] / absent.overall["occupancy"].iloc[0]
    assert attendance == pytest.approx(0.75, abs=0.05)
    served = absent.contacts.dropna(subset="agent")
    answered = served["arrived"] + pd.to_timedelta(served["waited_s"], unit="s")
    by_half = [set(served["agent"][part]) for part in (answered < f"{DAY}T10:00Z", answered >= f"{DAY}T10:30Z")]
    assert len(by_half[0] | by_half[1]) < 20  # whoever is missing is missing all day


def test_tables_that_do_not_fit_say_so() -> None:
    policy = centre(VOICE, {"id": "vip"})
    crew = people(policy, "voice")
    rows = forecast("voice", [1.0], "08:00")
    work = ("a00", "08:00", "10:00", "work", "voice")
    with pytest.raises(MissingError, match="unknown agent"):
        simulate(rows, roster(("b99", *work[1:])), policy, crew)
    with pytest.raises(MissingError, match="skill the agent lacks"):
        simulate(rows, roster((*work[:4], "vip")), policy, crew)
    with pytest.raises(MissingError, match="unknown queue"):
        simulate(rows.assign(queue="fax"), roster(work), policy, crew)
    with pytest.raises(MissingError, match="nobody works"):
        simulate(rows, roster((*work[:3], "break", None)), policy, crew)
    with pytest.raises(MissingError, match="nothing to simulate"):
        simulate(rows.iloc[:0], roster(work), policy, crew)
    with pytest.raises(InputError, match="two segments at once"):
        simulate(rows, roster(work, ("a00", "09:00", "11:00", "work", "voice")), policy, crew)


def test_empty_intervals_have_no_ratio() -> None:
    policy = centre(VOICE)
    rows = forecast("voice", [0.0, 5.0], "08:00")
    shift = roster(("a00", "08:00", "09:00", "work", "voice"))
    found = simulate(rows, shift, policy, people(policy, "voice"), replications=4).interval
    assert np.isnan(found["service_level"].iloc[0])
    assert found["offered"].iloc[0] == 0
    assert found["occupancy"].iloc[0] == 0
