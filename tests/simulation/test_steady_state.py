"""The simulation against Erlang C, whose answers are exact."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from wfm.errors import InputError, UsageError
from wfm.queueing.erlang_c import asa_s, offered_load, service_level
from wfm.simulation.contacts import draw_contacts
from wfm.simulation.floor import Floor, Presence
from wfm.simulation.measures import RATIOS, TALLIES, pooled
from wfm.simulation.replications import replicate

MEASURED = slice(1, 2)  # the second stretch: after the warm-up, before the run-out


@pytest.mark.parametrize(("rate", "aht", "agents"), [(200.0, 180.0, 14), (60.0, 240.0, 5), (16.0, 300.0, 2)])
def test_service_level_asa_and_occupancy(make: SimpleNamespace, rate: float, aht: float, agents: int) -> None:
    runs = replicate(make.steady(rate, aht, agents, hours=150, warm_up_h=10), replications=20, seed=1)
    found = pooled(runs.tallies[:, MEASURED]).iloc[0]
    load = float(offered_load(rate, aht))
    exact = {
        "service_level": service_level(load, agents, 20, aht),
        "asa_s": asa_s(load, agents, aht),
        "occupancy": load / agents,
    }
    for name, value in exact.items():
        # Three standard errors of 20 replications are 3 / 2.09 of the interval's half-width.
        half = (found[f"{name}_high"] - found[f"{name}_low"]) / 2
        assert found[name] == pytest.approx(value, abs=half * 3 / 2.09), name
        assert half < 0.12 * value


@pytest.mark.slow
def test_interval_covers_the_exact_service_level_as_often_as_it_says(make: SimpleNamespace) -> None:
    # Ten agents at 80 % occupancy relax within some 20 minutes: three hours of warm-up leave no bias of the empty
    # start. Contacts of one run depend on each other; replications don't, so the spread is taken over these.
    floor = make.steady(120, 240, 10, hours=10, warm_up_h=3)
    exact = service_level(8, 10, 20, 240)
    covered = 0
    for seed in range(200):
        found = pooled(replicate(floor, replications=15, seed=seed).tallies[:, MEASURED]).iloc[0]
        covered += bool(found["service_level_low"] <= exact <= found["service_level_high"])
    assert 0.90 <= covered / 200 <= 0.99


def test_impatient_callers_leave_as_erlang_a_says(make: SimpleNamespace) -> None:
    # 48 a minute, 60 s, 50 agents, patience 2 min: 3.09122 % leave, those who wait or not wait 3.70947 s on average.
    floor = make.steady(2880, 60, 50, hours=20, warm_up_h=1, patience_s=120.0)
    runs = replicate(floor, replications=10, seed=5)
    found = pooled(runs.tallies[:, MEASURED]).iloc[0]
    assert found["abandonment"] == pytest.approx(0.0309122, abs=0.002)
    assert found["occupancy"] == pytest.approx(0.930324, abs=0.005)


def test_variable_handling_times_wait_longer(make: SimpleNamespace) -> None:
    def asa(handle_cv: float) -> float:
        floor = make.steady(14, 180, 1, 400, warm_up_h=20, handle_time="lognormal", handle_cv=handle_cv)
        return float(pooled(replicate(floor, replications=20, seed=2).tallies[:, MEASURED])["asa_s"].iloc[0])

    # Pollaczek and Khinchine: mean wait = rho / (1 - rho) x AHT x (1 + cv^2) / 2, here rho = .7.
    for handle_cv in (0.3, 1.0):
        assert asa(handle_cv) == pytest.approx(0.7 / 0.3 * 180 * (1 + handle_cv**2) / 2, rel=0.08)


def test_same_seed_same_answer_whatever_the_processes(make: SimpleNamespace) -> None:
    floor = make.steady(60, 240, 5, hours=5)
    one, two = replicate(floor, 4, seed=9), replicate(floor, 4, seed=9, jobs=2)
    assert np.array_equal(one.tallies, two.tallies)
    assert np.array_equal(one.tallies[:2], replicate(floor, 2, seed=9).tallies)
    assert not np.array_equal(one.tallies, replicate(floor, 4, seed=10).tallies)


def test_day_factor_spreads_the_volume_and_keeps_its_mean(make: SimpleNamespace) -> None:
    days = 400
    stretches = [(0, day * 100.0, day * 100.0 + 100, 1000.0, 1.0) for day in range(days)]
    demand = make.demand(*stretches, day=np.arange(days))
    floor = Floor(demand, make.queues(), Presence.constant(1, 1.0), days * 100.0, day_cv=0.2)
    drawn = draw_contacts(floor, np.random.default_rng(11))
    volume = np.bincount(drawn.stretch, minlength=days)
    assert volume.mean() == pytest.approx(1000, rel=0.03)
    assert volume.std() == pytest.approx(np.sqrt(200**2 + 1000), rel=0.12)
    assert (np.diff(drawn.arrived_s) >= 0).all()


def test_ratios_are_made_of_tallies() -> None:
    assert {part for parts in RATIOS.values() for part in parts} <= set(TALLIES)


def test_bad_floors_say_what_is_wrong(make: SimpleNamespace) -> None:
    with pytest.raises(InputError, match="row 0, mean"):
        make.demand((0, 0, 1, -1, 1))
    with pytest.raises(InputError, match="row 1, start_s"):
        make.shifts((0, 0, 10, (1,)), (0, 5, 20, (1,)))
    with pytest.raises(InputError, match="speeds"):
        Floor(make.demand((0, 0, 1, 1, 1)), make.queues(2), Presence.constant(1, 1.0), 1.0)
    with pytest.raises(UsageError, match="replications"):
        replicate(make.steady(10, 10, 1, 1), 0, seed=1)
