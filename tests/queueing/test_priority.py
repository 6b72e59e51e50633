"""Classes served by priority: against plain Markov chains, a numerical inversion, 50-digit figures and simulation."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import asa_s, erlang_c, offered_load
from wfm.queueing.priority import ByClass, priority_queue
from wfm.queueing.priority_wait import waits_longer
from wfm.queueing.required_priority import required_agents_priority
from wfm.simulation.floor import Demand, Floor, Presence, Queues
from wfm.simulation.measures import pooled
from wfm.simulation.replications import replicate

DATA = Path(__file__).parents[1] / "data"

rates = st.lists(st.floats(1, 400), min_size=1, max_size=4)
spare = st.integers(1, 30)


def reference(name: str, model: str) -> pd.DataFrame:
    rows = pd.read_csv(DATA / name)
    return rows[rows["model"] == model].reset_index(drop=True)


def column(rows: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [rows[name].to_numpy(float) for name in names]


@pytest.mark.parametrize("model", ["C", "A"])
def test_one_class_is_the_plain_queue(model: str) -> None:
    rows = reference("erlang_reference.csv", model)
    rows = rows[rows["agents"] > 0]
    rate, aht, agents, threshold, patience = column(
        rows, "lambda_per_hour", "aht_s", "agents", "target_s", "patience_s"
    )
    found = priority_queue(rate[:, None], aht, agents, threshold[:, None], patience if model == "A" else None)
    # The sum of 96 terms of either sign costs some digits of what is nearly 1.
    assert found.service_level[:, 0] == pytest.approx(rows["service_level"], abs=1e-10)
    assert found.asa_s[:, 0] == pytest.approx(rows["asa_s"], rel=1e-5, abs=1e-10)  # some 1e-9 below saturation
    assert found.abandonment[:, 0] == pytest.approx(rows["p_abandon"], abs=1e-10)
    assert found.occupancy == pytest.approx(rows["occupancy"], abs=1e-10)


def inverted(m: float, higher: float, up_to: float, t: float) -> float:
    """P(wait > t | wait) by Euler summation (Abate and Whitt 1995) of Kella and Yechiali's transform."""
    sigma = up_to / m

    def survival(s: complex) -> complex:
        # The busy period of the more urgent classes, as the root inside the unit circle.
        roots = np.roots([higher, -(m + higher + s), m]) if higher else np.array([m / (m + s)])
        eta = roots[np.argmin(abs(roots))]
        return complex((1 - (1 - sigma) * eta / (1 - sigma * eta)) / s)

    A, count = 22.0, 40
    terms = [survival(A / (2 * t)).real / 2]
    terms += [(-1) ** k * survival((A + 2j * np.pi * k) / (2 * t)).real for k in range(1, count + 13)]
    sums = np.cumsum(terms)[-13:]
    weights = np.array([1.0])
    for _ in range(12):
        weights = np.convolve(weights, [0.5, 0.5])
    return float(np.exp(A / 2) / t * (weights @ sums))


@pytest.mark.parametrize(
    ("m", "higher", "up_to", "t"),
    [
        (0.2, 0.1, 0.15, 20.0), (1.0, 0.5, 0.707, 20.0), (1.0, 0.5, 0.70710678, 30.0), (1.0, 0.95, 0.99, 100.0),
        (10.0, 9.0, 9.9, 3.0), (1.0, 0.01, 0.99, 10.0), (1.0, 0.5, 0.999, 300.0), (1.0, 0.5, 0.5000001, 3.0),
        (1.0, 0.0, 0.5, 1.0),
    ],
)  # fmt: skip
def test_the_wait_of_a_class_is_that_of_its_transform(m: float, higher: float, up_to: float, t: float) -> None:
    found = waits_longer(*(np.array([value]) for value in (m, higher, up_to, t)))[0]
    assert found == pytest.approx(inverted(m, higher, up_to, t), abs=2e-7)


def test_the_first_class_waits_exponentially() -> None:
    found = priority_queue([60, 90], 240, 12, [30, 30])
    busy = float(erlang_c(10, 12))
    assert found.service_level[0] == pytest.approx(1 - busy * np.exp(-(12 / 240 - 60 / 3600) * 30), abs=1e-12)


def test_means_of_one_agent_are_those_of_the_textbook() -> None:
    # One agent, work 1 a unit of time, half urgent: urgent load .3, other .3. Residual work .6 met by all; the urgent
    # wait .6 / .7, the others .6 / (.7 x .4).
    found = priority_queue([0.3 * 3600, 0.3 * 3600], 1, 1, 0)
    assert found.asa_s == pytest.approx([0.6 / 0.7, 0.6 / (0.7 * 0.4)])


@given(rates, spare, st.floats(10, 900), st.floats(0, 120))
def test_order_does_not_change_the_work_that_waits(rate: list[float], more: int, aht: float, T: float) -> None:
    load = float(offered_load(sum(rate), aht))
    agents = np.floor(load) + more
    found = priority_queue(rate, aht, agents, T)
    mean = found.asa_s @ np.array(rate) / sum(rate)
    assert mean == pytest.approx(float(asa_s(load, agents, aht)), rel=1e-9)
    assert (np.diff(found.service_level) <= 1e-9).all()
    better = priority_queue(rate, aht, agents + 1, T)
    assert (better.service_level >= found.service_level - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(rates, st.integers(1, 60), st.floats(10, 900), st.floats(0, 120), st.floats(5, 900))
def test_order_does_not_change_how_many_give_up(
    rate: list[float], agents: int, aht: float, T: float, patience: float
) -> None:
    found = priority_queue(rate, aht, agents, T, patience)
    whole = erlang_a(sum(rate), aht, agents, T, patience)
    assert found.abandonment @ np.array(rate) / sum(rate) == pytest.approx(float(whole.abandonment), abs=1e-9)
    assert (np.diff(found.service_level) <= 1e-9).all()
    assert (found.service_level <= 1 - found.abandonment + 1e-9).all()


def test_endless_patience_is_no_patience() -> None:
    patient, nearly = priority_queue([40, 100], 300, 14, [10, 30]), priority_queue([40, 100], 300, 14, [10, 30], 1e8)
    assert nearly.service_level == pytest.approx(patient.service_level, abs=1e-5)
    assert nearly.asa_s == pytest.approx(patient.asa_s, rel=1e-3)


def chain(rate: tuple[float, float], agents: int, leave: float, room: int) -> tuple[np.ndarray, float]:
    """Share of each class that gives up, and the chance that all are busy, with handling time 1: every state of
    (busy agents, urgent waiting, others waiting), solved plainly."""
    states = [(busy, 0, 0) for busy in range(agents)]
    states += [(agents, *waiting) for waiting in product(range(room), repeat=2)]
    number = {state: at for at, state in enumerate(states)}
    flow = np.zeros((len(states), len(states)))
    for (busy, urgent, other), at in number.items():
        if busy < agents:
            flow[at, number[(busy + 1, 0, 0)]] += sum(rate)
            if busy:
                flow[at, number[(busy - 1, 0, 0)]] += busy
            continue
        for step, speed in (((1, 0), rate[0]), ((0, 1), rate[1]), ((-1, 0), urgent * leave), ((0, -1), other * leave)):
            to = number.get((busy, urgent + step[0], other + step[1]))
            if to is not None:
                flow[at, to] += speed
        after = (busy, urgent - 1, other) if urgent else (busy, 0, other - 1) if other else (busy - 1, 0, 0)
        flow[at, number[after]] += agents
    balance = np.vstack([(flow - np.diag(flow.sum(axis=1))).T, np.ones(len(states))])
    chance = np.linalg.lstsq(balance, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    full = np.array([busy == agents for busy, *_ in states])
    waiting = np.array([[urgent, other] for _, urgent, other in states]).T @ chance
    return leave * waiting / np.array(rate), float(chance[full].sum())


@pytest.mark.parametrize(
    ("rate", "agents", "leave"), [((1.0, 1.5), 3, 0.8), ((0.5, 3.0), 2, 1.5), ((2.5, 2.0), 3, 1.0)]
)
def test_giving_up_is_that_of_the_whole_chain(rate: tuple[float, float], agents: int, leave: float) -> None:
    gone, all_busy = chain(rate, agents, leave, room=22)
    found = priority_queue(np.array(rate) * 3600, 1.0, agents, 0.5, 1 / leave)
    assert found.p_wait == pytest.approx(all_busy, abs=1e-6)
    assert found.abandonment == pytest.approx(gone, abs=1e-5)


def simulated(rate: tuple[float, ...], aht: float, agents: int, T: tuple[float, ...], patience: float) -> pd.DataFrame:
    hours, k = 42.0, len(rate)
    # Warm-up, forty hours to measure, half an hour to serve who is still in line.
    edges = np.array([0.0, 1.5, hours - 0.5, hours]) * 3600
    queue, span = np.repeat(np.arange(k), 3), np.tile(np.arange(3), k)
    length = np.diff(edges)[span]
    demand = Demand(
        queue, edges[span], edges[span + 1], np.repeat(rate, 3) * length / 3600, np.full(3 * k, aht),
        np.zeros(3 * k, np.int64), np.full(3 * k, np.inf),
    )  # fmt: skip
    queues = Queues(
        tuple("abc"[:k]), np.array(T), np.arange(1, k + 1), np.full(k, patience), np.full(k, np.nan), "exponential"
    )
    floor = Floor(demand, queues, Presence.constant(agents, hours * 3600, k), hours * 3600)
    runs = replicate(floor, 30, seed=4)
    return pooled(runs.tallies[:, span == 1], pd.DataFrame({"queue": queue[span == 1]}))


@pytest.mark.parametrize("patience", [np.inf, 150.0])
def test_the_simulation_finds_the_same(patience: float) -> None:
    rate, T = (40.0, 70.0, 120.0), (5.0, 20.0, 40.0)
    told = priority_queue(rate, 240, 17, T, None if np.isinf(patience) else patience)
    found = simulated(rate, 240, 17, T, patience)
    for name in ("service_level", "asa_s", "abandonment"):
        half = (found[f"{name}_high"] - found[f"{name}_low"]) / 2
        # Three standard errors of 30 replications are 3 / 2.05 of the interval's half-width.
        assert (abs(found[name] - getattr(told, name)) <= half * 3 / 2.05 + 1e-9).all(), name
    assert (found["service_level_high"] - found["service_level_low"] < 0.045).all()


def test_a_class_drowns_alone() -> None:
    found = priority_queue([60, 0, 120, 30], 300, 10, 20)  # 5, 0, 10 and 2.5 Erlangs before 10 agents
    assert found.p_wait == 1
    assert found.occupancy == 1
    assert found.asa_s[0] == pytest.approx(300 / 10 / (1 - 0.5))
    assert 0 < found.service_level[0] < 1
    assert found.service_level[1:].tolist() == [1, 0, 0]
    assert found.asa_s[1:].tolist() == [0, np.inf, np.inf]


def test_nobody_there_and_nothing_to_do() -> None:
    for patience in (None, 60):
        none = priority_queue([[0, 0], [5, 5]], 100, 0, 20, patience)
        assert none.service_level.tolist() == [[1, 1], [0, 0]]
        assert none.occupancy.tolist() == [0, 1]
    assert none.abandonment.tolist() == [[0, 0], [1, 1]]


def test_bad_input_is_named() -> None:
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="rate_per_h"):
            priority_queue([1, bad], 100, 5, 20)
        with pytest.raises(InputError, match="agents"):
            priority_queue([1, 1], 100, bad, 20)
    with pytest.raises(InputError, match="aht_s"):
        priority_queue([1, 1], 0, 5, 20)
    with pytest.raises(InputError, match="patience_s"):
        priority_queue([1, 1], 100, 5, 20, 0)
    with pytest.raises(InputError, match="class"):
        priority_queue(5.0, 100, 5, 20)


@pytest.mark.parametrize("model", ["C", "A"])
def test_required_for_one_class_is_the_reference(model: str) -> None:
    rows = reference("required_agents_reference.csv", model)
    rows = rows[rows["sl_definition"].isin(["sl_offered"]) | (model == "C")] if model == "A" else rows
    rate, aht, level, threshold, cap = column(
        rows, "lambda_per_hour", "aht_s", "sl_target", "target_s", "max_occupancy"
    )
    patience = rows["patience_s"].to_numpy(float) if model == "A" else None
    found = required_agents_priority(
        rate[:, None], aht, patience_s=patience, service_level=level[:, None], threshold_s=threshold[:, None],
        max_occupancy=cap,
    )  # fmt: skip
    assert len(rows) >= 20
    assert found.agents.tolist() == rows["agents"].tolist()


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 300), st.floats(1, 300), st.floats(30, 600), st.floats(0.3, 0.97), st.floats(0.3, 0.97))
def test_required_keeps_every_promise_and_one_fewer_does_not(
    vip: float, general: float, aht: float, high: float, low: float
) -> None:
    level, T = np.array([high, low]), [10, 60]
    for patience in (None, 120.0):

        def keeps(agents: int, patience: float | None = patience) -> bool:
            found: ByClass = priority_queue([vip, general], aht, agents, T, patience)
            return bool((found.service_level >= level - 1e-12).all())

        found = required_agents_priority([vip, general], aht, patience_s=patience, service_level=level, threshold_s=T)
        assert found.binding in ("service_level", "occupancy")
        assert keeps(int(found.agents))
        assert not keeps(int(found.agents) - 1)


def test_required_says_what_decided() -> None:
    def decided(**targets: object) -> tuple[str, int]:
        found = required_agents_priority([40, 160], 180, **targets)  # type: ignore[arg-type]
        return str(found.binding), int(found.decisive)

    assert decided(service_level=[0.99, 0.5], threshold_s=20) == ("service_level", 0)
    assert decided(service_level=[0.6, 0.95], threshold_s=20) == ("service_level", 1)
    assert decided(asa_s=[np.nan, 3]) == ("asa", 1)
    assert decided(max_occupancy=0.5) == ("occupancy", -1)
    assert decided(min_agents=40) == ("minimum", -1)
    assert decided(patience_s=60, max_abandonment=[0.001, 0.2]) == ("abandonment", 0)
    assert decided(patience_s=60) == ("none", -1)


def test_promises_that_nobody_can_keep_are_refused() -> None:
    for name, targets in {
        "service_level": {"service_level": [0.8, 1.0], "threshold_s": 20},
        "threshold_s": {"service_level": 0.8, "threshold_s": -1},
        "max_occupancy": {"max_occupancy": 0.0},
        "asa_s": {"asa_s": 0.0},
        "max_abandonment": {"max_abandonment": 0.1},
    }.items():
        with pytest.raises(InputError, match=name):
            required_agents_priority([1, 2], 100, **targets)  # type: ignore[arg-type]
