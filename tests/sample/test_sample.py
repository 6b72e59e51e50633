"""The sample centre: repeatable, consistent in itself, with everything in it that it promises."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from wfm.errors import UsageError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import people_of
from wfm.sample.centre import DAYS, Sample, sample_centre
from wfm.staffing.requirement import staff
from wfm.store.workspace import example_files
from wfm.tables.history import HISTORY, aht_s
from wfm.time.grid import interval_grid

LAST = date(2026, 11, 22)
FRAMES = ("history", "agents", "availability", "time_off", "preferences")


@pytest.fixture(scope="module")
def sample() -> Sample:
    return sample_centre()


@pytest.fixture(scope="module")
def centre(sample) -> Centre:
    return policy_of(tomllib.loads(sample.policy_text))


@pytest.fixture(scope="module")
def daily(sample) -> pd.DataFrame:
    """Offered contacts by local day and queue."""
    day = sample.history["interval_start"].dt.tz_convert("Asia/Shanghai").dt.date.rename("day")
    return sample.history.assign(day=day).pivot_table(index="day", columns="queue", values="offered", aggfunc="sum")


def usual(daily: pd.DataFrame, queue: str, day: date, weeks: int = 4) -> float:
    """Median of the same weekday some weeks before and after."""
    around = [day + timedelta(weeks=week) for week in range(-weeks, weeks + 1) if week]
    return float(daily[queue].reindex(around).median())


def test_the_same_seed_gives_the_same_centre_and_another_one_another(sample):
    again, other = sample_centre(), sample_centre(8)
    assert again.policy_text == sample.policy_text == other.policy_text
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(sample, name), check_exact=True)
        assert not getattr(other, name).equals(getattr(sample, name))


def test_history_is_in_contract_and_has_every_open_interval(sample, centre):
    pd.testing.assert_frame_equal(HISTORY.check(sample.history), sample.history)
    grid = interval_grid(LAST - timedelta(days=DAYS - 1), DAYS, "Asia/Shanghai", 30)
    for queue in ("general", "faults"):
        starts = sample.history.loc[sample.history["queue"] == queue, "interval_start"]
        assert starts.tolist() == grid.tolist()
    open_hours = {"vip": 14, "chat": 16, "callback": 14, "complaint_24h": 12, "complaint_72h": 12}
    for queue, hours in open_hours.items():
        assert (sample.history["queue"] == queue).sum() == DAYS * hours * 2
    assert set(sample.history["queue"]) == {queue.id for queue in centre.queues}


def test_what_came_was_handled_or_abandoned_and_waits_agree_with_shares(sample):
    history = sample.history
    assert (history["handled"] + history["abandoned"] == history["offered"]).all()
    assert (history["answered_in_target"] <= history["handled"]).all()
    late = history["handled"] - history["answered_in_target"]
    assert (history["wait_s"] >= np.floor(late * history["target_s"])).all()
    assert ((history["handle_s"] > 0) == (history["handled"] > 0)).all()
    totals = history.groupby("queue")[["offered", "abandoned", "answered_in_target"]].sum()
    voice = totals.loc[["general", "vip", "faults"]]
    assert (voice["answered_in_target"] / voice["offered"]).between(0.7, 0.9).all()
    assert (voice["abandoned"] / voice["offered"]).between(0.02, 0.1).all()


def test_volumes_spread_more_than_poisson(sample):
    general = (
        sample.history[sample.history["queue"] == "general"].set_index("interval_start").tz_convert("Asia/Shanghai")
    )
    general = general["2026-06":"2026-09"]  # no billing days, no campaign
    general = general[(general.index.day > 6) & (general.index.day_of_week.isin([1, 2, 3]))]
    cells = general.groupby(general.index.time)["offered"].agg(["mean", "var"])
    busy = cells[cells["mean"] > 10]
    assert (busy["var"] / busy["mean"]).median() > 1.3


@pytest.mark.parametrize(
    ("queue", "day", "low", "high"),
    [
        ("general", date(2026, 2, 17), 0.2, 0.55),  # New Year
        ("general", date(2026, 10, 1), 0.4, 0.8),  # National Day, the day before the billing days' peak
        ("faults", date(2026, 10, 2), 0.85, 1.35),
        ("general", date(2026, 2, 28), 0.95, 1.5),  # a Saturday that is worked
        ("faults", LAST - timedelta(days=67), 1.5, 5.0),  # the outage
        ("general", LAST - timedelta(days=67), 1.1, 3.0),
        ("vip", LAST - timedelta(days=67), 0.75, 1.3),
        ("chat", LAST - timedelta(days=130), 1.25, 1.9),  # first day of a campaign
        ("complaint_72h", LAST - timedelta(days=130), 0.5, 1.6),
        ("general", date(2026, 9, 1), 1.05, 1.5),  # bills go out
    ],
)
def test_each_occasion_shows_where_it_should(daily, queue, day, low, high):
    assert low < daily.loc[day, queue] / usual(daily, queue, day) < high


def test_chat_grows_and_learning_shortens_calls(sample, daily):
    year = timedelta(days=364)
    recent, before = (daily.loc[LAST - timedelta(days=90) - back : LAST - back] for back in (timedelta(0), year))
    assert 1.1 < recent["chat"].mean() / before["chat"].mean() < 1.35
    general = sample.history[sample.history["queue"] == "general"]
    assert aht_s(general.tail(48 * 90)).mean() < aht_s(general.head(48 * 90)).mean()


def test_people_fit_the_policy_and_are_varied(sample, centre):
    people = people_of(centre, sample.agents, sample.availability, sample.time_off, sample.preferences)
    assert len(people.agents) == 80
    assert len({agent.name for agent in people.agents}) == 80
    assert {agent.site for agent in people.agents} == {site.id for site in centre.sites}
    assert {agent.contract for agent in people.agents} == {contract.id for contract in centre.contracts}
    assert {len(agent.skills) for agent in people.agents} >= {1, 2, 3, 7}
    assert {agent.grade for agent in people.agents} == set(centre.pay.grades)
    served = {queue for agent in people.agents for queue in agent.skills}
    assert served == {queue.id for queue in centre.queues}
    nights = [agent for agent in people.agents if agent.contract == "rotating"]
    assert all({"general", "faults"} <= set(agent.skills) for agent in nights)
    assert 15 <= len(nights) <= 30
    for name in ("availability", "time_off", "preferences"):
        assert len(getattr(sample, name)) > 20


def test_eighty_agents_are_just_about_enough_for_the_week_to_come(sample, centre):
    """The mean of four ordinary weeks as a forecast, staffed, against the hours of those who are there."""
    start = pd.Timestamp(LAST + timedelta(days=1), tz="Asia/Shanghai")
    recent = sample.history[sample.history["interval_start"] >= start - pd.Timedelta(weeks=4)]
    week = pd.Timedelta(weeks=1)
    ahead = (
        recent["interval_start"] + ((start + week - recent["interval_start"] - pd.Timedelta(1, "us")) // week) * week
    )
    sums = recent.groupby(["queue", ahead.rename("interval_start")])[["offered", "handled", "handle_s"]].sum()
    per_queue = sums.groupby("queue").sum()
    aht = (per_queue["handle_s"] / per_queue["handled"]).rename("aht_s")
    forecast = (sums["offered"] / 4).rename("mean").reset_index().merge(aht, on="queue")
    requirement = staff(forecast, centre)
    floor_h, rostered_h = (requirement[name].sum() / 2 for name in ("agents", "rostered"))
    assert 2300 <= floor_h <= 2500
    first, last = pd.Timestamp(LAST + timedelta(days=1)), pd.Timestamp(LAST + timedelta(days=7))
    overlap = np.minimum(sample.time_off["last_day"], last) - np.maximum(sample.time_off["first_day"], first)
    away_days = (overlap.dt.days + 1).clip(lower=0).sum()
    contract_h = (
        sample.agents["contract"].map({contract.id: contract.hours_week for contract in centre.contracts}).sum()
    )
    on_floor_h = (contract_h - away_days * 8 * 5 / 7) * (1 - 0.5 / 8)  # two paid breaks of a quarter of an hour
    assert 0.95 < on_floor_h / rostered_h < 1.12


def test_volumes_and_seats_go_with_the_agents(sample):
    small = sample_centre(agents=20)
    assert len(small.agents) == 20
    assert small.history["offered"].sum() / sample.history["offered"].sum() == pytest.approx(0.25, rel=0.02)
    seats = [
        sum(site.seats or 0 for site in policy_of(tomllib.loads(text)).sites)
        for text in (small.policy_text, sample.policy_text)
    ]
    assert seats[0] * 4 == seats[1]
    with pytest.raises(UsageError):
        sample_centre(agents=0)


def test_another_last_day_moves_the_whole_centre():
    moved = sample_centre(last_day=date(2025, 6, 29))
    assert moved.history["interval_start"].max() == pd.Timestamp("2025-06-29T23:30+08:00")
    events = policy_of(tomllib.loads(moved.policy_text)).events
    assert [event.first_day for event in events if event.first_day > date(2025, 6, 29)] == [date(2025, 7, 4)]


def test_every_key_is_shown_in_the_sample_or_in_the_first_policy_of_a_workspace(sample):
    def keys(model: type[BaseModel]) -> set[str]:
        found = set(model.model_fields)
        for field in model.model_fields.values():
            for part in [field.annotation, *getattr(field.annotation, "__args__", ())]:
                if isinstance(part, type) and issubclass(part, BaseModel):
                    found |= keys(part)
        return found

    shown = sample.policy_text + example_files()["wfm.toml"]
    assert {key for key in keys(Centre) if key not in shown} <= {"site"}
