"""The exact course of a day: what is promised holds in it, against the steady state, simulation and smooth rates."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.queueing.course import Intervals, measured_course
from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import asa_s, service_level
from wfm.queueing.modified_load import modified_load
from wfm.queueing.transient import staffed_course
from wfm.simulation.floor import Demand, Floor, Presence, Queues
from wfm.simulation.measures import pooled
from wfm.simulation.replications import replicate
from wfm.staffing.course import course_of
from wfm.staffing.requirement import staff

PROMISE = {"service_level": 0.8, "threshold_s": 20}
HALF_HOUR = 1800.0


def centre(basis: str = "auto", **queue: Any) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": "UTC"}],
            "queues": [{"id": "voice"} | queue | {"target": PROMISE | queue.get("target", {})}],
            "staffing": {"basis": basis},
        }
    )


def published_rates() -> np.ndarray:
    """40 to 360 calls an hour over the day: the rate of 120 moments in each of 48 half-hours."""
    hour = (np.arange(48 * 120) + 0.5) / 240
    return np.asarray(200 - 160 * np.cos(2 * np.pi * hour / 24)).reshape(48, 120)


def forecast(aht_s: float, days: int = 2, mean: np.ndarray | None = None, start: str = "2026-11-23") -> pd.DataFrame:
    volume = np.tile(published_rates().mean(axis=1) / 2, days) if mean is None else mean
    starts = pd.date_range(f"{start}T00:00Z", periods=len(volume), freq="30min", unit="us")
    return pd.DataFrame({"queue": "voice", "interval_start": starts, "mean": volume, "aht_s": aht_s})


def smooth_course(agents: np.ndarray, aht_s: float) -> np.ndarray:
    """The service level of each half-hour of the second of two days, at the rates as they really glide."""
    _, came, answered = staffed_course(
        np.tile(published_rates(), (2, 1)) / 3600, np.full(96, 15.0), np.full(96, aht_s), np.arange(96) == 0,
        agents.astype(np.int64), np.full(96, np.nan), 20.0, 0.0, 600,
    )  # fmt: skip
    return np.asarray(answered / came)[48:]


@pytest.mark.parametrize(("aht_s", "most_hours"), [(300.0, 504), (1200.0, 1830)])
def test_the_published_day_keeps_its_promise(aht_s: float, most_hours: float) -> None:
    """Each half-hour alone falls to .767 and .443; the default holds 80 per cent to a point with no more hours."""
    table = staff(forecast(aht_s), centre())
    assert table["basis"].iloc[0] == "course"
    assert table["agents"].iloc[48:].sum() / 2 <= most_hours
    assert smooth_course(table["agents"].to_numpy(), aht_s).min() >= 0.79
    alone = staff(forecast(aht_s), centre("interval"))
    worst = {300.0: 0.767, 1200.0: 0.443}[aht_s]
    assert smooth_course(alone["agents"].to_numpy(), aht_s).min() == pytest.approx(worst, abs=0.0015)


def test_the_course_of_given_agents_shows_the_day_and_its_worst_interval() -> None:
    rows = forecast(1200.0)
    alone = course_of(staff(rows, centre("interval")), rows, centre())
    assert alone.day["service_level"].iloc[1] == pytest.approx(0.782, abs=0.002)
    assert alone.day["worst"].iloc[1] == pytest.approx(0.443, abs=0.002)
    assert alone.day["under_target"].iloc[1] == 24
    kept = course_of(staff(rows, centre()), rows, centre())
    assert kept.day["worst"].min() >= 0.8 - 1e-3
    assert kept.day["under_target"].sum() == 0


def test_constant_rates_and_short_handle_times_rest_on_the_interval() -> None:
    flat = forecast(300.0, mean=np.full(48, 100.0))
    assert set(staff(flat, centre())["basis"]) == {"interval"}
    short = forecast(20.0)
    assert set(staff(short, centre())["basis"]) == {"interval"}
    assert set(staff(flat, centre("course"))["basis"]) == {"course"}


def test_a_steady_course_is_erlang() -> None:
    flat, agents = forecast(300.0, mean=np.full(48, 100.0)), 21.0
    for patience in (None, 120.0):
        policy = centre(patience_s=patience)
        found = course_of(flat.assign(agents=agents)[["queue", "interval_start", "agents"]], flat, policy).interval
        last = found.iloc[-1]
        if patience is None:
            exact, wait, gone = service_level(100 / 6, agents, 20, 300), asa_s(100 / 6, agents, 300), 0.0
        else:
            steady = erlang_a(200, 300, agents, 20, patience)
            exact, wait, gone = steady.service_level, steady.asa_s, steady.abandonment
        assert last["service_level"] == pytest.approx(float(exact), abs=2e-4)
        assert last["asa_s"] == pytest.approx(float(wait), rel=2e-3)
        assert last["abandonment"] == pytest.approx(float(gone), abs=2e-4)
        assert last["occupancy"] == pytest.approx(100 / 6 * (1 - float(gone)) / agents, abs=1e-3)


def test_a_queue_that_closes_is_empty_when_it_opens() -> None:
    """Two mornings alike need the same, though the evening before leaves a line behind."""
    day = np.where((np.arange(48) >= 18) & (np.arange(48) < 34), 120.0, 0.0)
    rows = forecast(900.0, mean=np.tile(day, 2))
    rows = rows.assign(open_min=np.where(rows["mean"] > 0, 30.0, 0.0))
    table = staff(rows, centre(opening="09:00-17:00"))
    assert table["agents"].iloc[:48].tolist() == table["agents"].iloc[48:].tolist()
    first, second = table["agents"].iloc[18], table["agents"].iloc[24]
    assert 0 < first < second  # while the handle times of the first calls run, few are busy
    assert table.loc[rows["open_min"] == 0, "agents"].sum() == 0
    # The open hours alone are the same plan.
    assert (
        staff(rows[rows["open_min"] > 0], centre(opening="09:00-17:00"))["agents"].tolist()
        == table.loc[rows["open_min"] > 0, "agents"].tolist()
    )


def test_half_an_agent_lies_between_its_neighbours() -> None:
    rows = forecast(300.0, days=1)
    agents = staff(rows, centre())[["queue", "interval_start", "agents"]]
    levels = [
        course_of(agents.assign(agents=agents["agents"] + more), rows, centre()).day["service_level"].iloc[0]
        for more in (0.0, 0.5, 1.0)
    ]
    assert levels[0] < levels[1] < levels[2]


def test_a_day_promised_as_a_whole_is_kept_by_its_course() -> None:
    rows = forecast(1200.0)
    by_day, by_interval = (staff(rows, centre(target={"per": per})) for per in ("day", "interval"))
    assert set(by_day["basis"]) == {"day, course"}
    assert by_day["agents"].sum() < by_interval["agents"].sum()
    assert course_of(by_day, rows, centre()).day["service_level"].min() >= 0.8 - 1e-3
    bounded = staff(rows, centre(target={"per": "day", "least_service_level": 0.7}))
    course = course_of(bounded, rows, centre())
    assert course.day["worst"].min() >= 0.7 - 1e-3
    assert course.day["service_level"].min() >= 0.8 - 1e-3
    assert bounded["agents"].sum() < by_interval["agents"].sum()


def test_redials_are_reckoned_with() -> None:
    rows, policy = forecast(600.0, days=1), centre(patience_s=120, redial_share=0.5)
    kept = course_of(staff(rows, policy), rows, policy)
    assert kept.day["worst"].iloc[0] >= 0.79
    assert kept.interval["offered"].sum() > rows["mean"].sum()


def test_large_queues_rest_on_the_modified_load_and_keep_the_promise() -> None:
    rows = forecast(600.0, days=1, mean=published_rates().mean(axis=1) / 2 * 12)
    table = staff(rows, centre())
    assert set(table["basis"]) == {"modified load"}
    assert course_of(table, rows, centre()).day["worst"].iloc[0] >= 0.79


def test_modified_load_is_the_mean_number_that_a_simulation_finds_busy() -> None:
    """Exponential handling, everybody served at once: 40,000 opening half-hours at 100 an hour, then one at 20."""
    draw = np.random.default_rng(4)
    trials, aht = 40_000, 1200.0
    busy = np.zeros((2, trials))
    for start, rate in ((0.0, 100.0), (HALF_HOUR, 20.0)):
        counts = draw.poisson(rate / 2, trials)
        of = np.repeat(np.arange(trials), counts)
        began = start + HALF_HOUR * draw.random(of.size)
        ended = began + draw.exponential(aht, of.size)
        for number in range(2):
            inside = np.clip(
                np.minimum(ended, (number + 1) * HALF_HOUR) - np.maximum(began, number * HALF_HOUR), 0, None
            )
            busy[number] += np.bincount(of, inside / HALF_HOUR, trials)
    exact, _ = modified_load(
        np.array([100, 20.0]) / 3600, np.full(2, HALF_HOUR), np.full(2, aht), np.array([True, False])
    )
    assert exact == pytest.approx(busy.mean(axis=1), rel=0.01)


def test_more_states_are_taken_while_the_queue_grows() -> None:
    """Half the agents that are needed: the line grows by 30 an hour, and nobody is turned away."""
    hours = 6
    intervals = Intervals(
        np.full(hours, 60 / 3600), np.full(hours, 3600.0), np.full(hours, 600.0), np.arange(hours) == 0,
        np.full(hours, 20.0), 0.0,
    )  # fmt: skip
    found = measured_course(intervals, np.full(hours, 5), 60.0)
    assert found.came.sum() == pytest.approx(60 * hours)
    assert found.busy_s.sum() / 600 == pytest.approx(30 * hours, rel=0.03)


def test_agents_of_nothing_known_are_refused() -> None:
    rows = forecast(300.0, days=1)
    with pytest.raises(MissingError, match="agents or scheduled"):
        course_of(rows[["queue", "interval_start"]], rows, centre())
    with pytest.raises(MissingError, match="unknown queue"):
        course_of(rows[["queue", "interval_start"]].assign(queue="fax", agents=1.0), rows, centre())


def simulated(rate_per_h: np.ndarray, agents: np.ndarray, aht_s: float, seed: int) -> np.ndarray:
    """Calls (half-hours, 2) that came and were answered within 20 s in one simulated day that begins empty.

    Call by call, first come, first served; an agent who leaves hands over what is in hand.
    """
    draw = np.random.default_rng(seed)
    counts = draw.poisson(rate_per_h / 2)
    arrivals = np.sort(np.repeat(np.arange(len(counts)) * HALF_HOUR, counts) + HALF_HOUR * draw.random(counts.sum()))
    done = np.zeros((len(counts), 2))
    waiting: deque[float] = deque()
    now, started, at = 0.0, 0, 0
    while at < len(arrivals):
        slot = int(now // HALF_HOUR)
        crew = int(agents[slot])
        while waiting and started < crew:
            came = waiting.popleft()
            done[int(came // HALF_HOUR), 1] += now - came <= 20
            started += 1
        finish = now + draw.exponential(aht_s / min(started, crew)) if min(started, crew) else np.inf
        border = (slot + 1) * HALF_HOUR
        now = min(finish, border, arrivals[at])
        if now == arrivals[at]:
            waiting.append(now)
            done[int(now // HALF_HOUR), 0] += 1
            at += 1
        elif now == finish:
            started -= 1
    return done


@pytest.mark.slow
def test_simulation_agrees_that_the_course_keeps_what_intervals_alone_break() -> None:
    """1200 s: agents by the course, and those of each half-hour alone, through 250 simulated days each.

    Three standard errors of a half-hour are about .05.
    """
    rows = forecast(1200.0, days=1)
    rate, measured = published_rates().mean(axis=1), slice(8, 48)
    found = {}
    for basis in ("auto", "interval"):
        agents = staff(rows, centre(basis))["agents"].to_numpy()
        days = sum(simulated(rate, agents, 1200.0, seed) for seed in range(250))
        found[basis] = (days[:, 1] / days[:, 0])[measured]
        exact = course_of(rows.assign(agents=agents)[["queue", "interval_start", "agents"]], rows, centre()).interval
        assert found[basis] == pytest.approx(exact["service_level"].to_numpy()[measured], abs=0.06)
        assert found[basis].mean() == pytest.approx(exact["service_level"].to_numpy()[measured].mean(), abs=0.01)
    assert found["auto"].min() >= 0.75
    assert found["interval"].min() <= 0.5


@pytest.mark.slow
def test_agents_who_finish_the_call_in_hand_keep_the_promise_too() -> None:
    """The project's own simulation, in which nobody hands over a call."""
    rows = forecast(1200.0)
    agents = staff(rows, centre())["agents"].to_numpy(int)
    assert floor_level(rows, agents, 200)[48:].min() >= 0.76


def floor_level(rows: pd.DataFrame, agents: np.ndarray, replications: int) -> np.ndarray:
    """The service level of each half-hour with this many on the floor and exponential handling times."""
    count = len(rows)
    start = np.arange(count) * HALF_HOUR
    zero, never = np.zeros(count, np.int64), np.full(count, np.inf)
    demand = Demand(zero, start, start + HALF_HOUR, rows["mean"].to_numpy(), rows["aht_s"].to_numpy(), zero, never)
    queues = Queues(("voice",), np.array([20.0]), np.array([1]), np.array([np.inf]), np.array([np.nan]), "exponential")
    most = int(agents.max())
    agent = np.repeat(np.arange(most), count)
    begin = np.tile(start, most)
    here = np.tile(agents, most) > agent
    presence = Presence(
        tuple(map(str, range(most))), agent[here], begin[here], begin[here] + HALF_HOUR, np.ones((here.sum(), 1)),
        np.arange(here.sum()),
    )  # fmt: skip
    runs = replicate(Floor(demand, queues, presence, count * HALF_HOUR), replications, seed=3)
    return pooled(runs.tallies, rows[["queue", "interval_start"]])["service_level"].to_numpy()
