"""Figures from records, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wfm.simulation.confidence import ratio_interval
from wfm.simulation.contacts import Contacts
from wfm.simulation.floor import Floor
from wfm.simulation.measures import TALLIES, pooled, tally
from wfm.simulation.service import serve


def test_tallies_of_five_contacts(make: SimpleNamespace) -> None:
    queues = make.queues()
    demand = make.demand((0, 0, 100, 3, 1), (0, 100, 200, 2, 1))
    presence = make.shifts((0, 0, 150, (1,)), (0, 180, 200, (1,)))
    given = Contacts(
        queue=np.zeros(5, np.int64),
        stretch=np.array([0, 0, 0, 1, 1]),
        arrived_s=np.array([10.0, 15.0, 80.0, 140.0, 145.0]),
        handle_s=np.array([20.0, 30.0, 5.0, 20.0, 4.0]),
        leaves_s=np.array([np.inf, np.inf, np.inf, np.inf, 170.0]),
        due_s=np.full(5, np.nan),
    )
    floor = Floor(demand, queues, presence, 200.0)
    tallies, everyone = tally(floor, given, serve(floor, given))
    first, second = (dict(zip(TALLIES, row.tolist(), strict=True)) for row in tallies)
    # Served at 10 to 30, 30 to 60 (after 15 s), 80 to 85; then 140 to 160, ten seconds into the break; one gave up.
    assert first == {
        "offered": 3, "measured": 3, "in_target": 3, "served": 3, "abandoned": 0, "wait_s": 15, "busy_s": 55,
        "staffed_s": 100,
    }  # fmt: skip
    assert second == {
        "offered": 2, "measured": 2, "in_target": 1, "served": 1, "abandoned": 1, "wait_s": 0, "busy_s": 20,
        "staffed_s": 50 + 10 + 20,
    }  # fmt: skip
    assert everyone.tolist() == [75, 180]


def test_deferred_work_counts_by_its_deadline(make: SimpleNamespace) -> None:
    queues = make.queues(deadline_s=(100.0,))
    floor = Floor(make.demand((0, 0, 200, 3, 1)), queues, make.shifts((0, 50, 60, (1,)), (0, 120, 130, (1,))), 200.0)
    arrived = np.array([0.0, 30.0, 150.0])
    given = Contacts(
        np.zeros(3, np.int64), np.zeros(3, np.int64), arrived, np.full(3, 15.0), np.full(3, np.inf), arrived + 100
    )
    tallies, _ = tally(floor, given, serve(floor, given))
    # The first is done at 65, the second at 135 for 130, the third waits for a deadline after the horizon.
    assert dict(zip(TALLIES, tallies[0].tolist(), strict=True)) | {"wait_s": 0} == {
        "offered": 3, "measured": 2, "in_target": 1, "served": 2, "abandoned": 0, "wait_s": 0, "busy_s": 30,
        "staffed_s": 30,
    }  # fmt: skip


def test_pooling_weighs_contacts_not_replications() -> None:
    tallies = np.zeros((2, 2, len(TALLIES)))
    tallies[:, :, 0] = tallies[:, :, 1] = [[100, 10], [0, 10]]
    tallies[:, :, 2] = [[90, 5], [0, 0]]
    by_queue = pooled(tallies, pd.DataFrame({"queue": ["b", "a"]}))
    assert by_queue["queue"].tolist() == ["a", "b"]
    assert by_queue["service_level"].tolist() == pytest.approx([0.25, 0.9])
    assert by_queue["offered"].tolist() == [10, 50]
    overall = pooled(tallies).iloc[0]
    assert overall["service_level"] == pytest.approx(95 / 120)
    assert 0 <= overall["service_level_low"] <= overall["service_level"] <= overall["service_level_high"] <= 1
    assert np.isnan(overall["asa_s"])  # nobody was served


def test_interval_of_a_plain_mean_is_students() -> None:
    sample = np.array([3.0, 5.0, 4.0, 8.0])
    mean, low, high = ratio_interval(sample[:, None], np.ones((4, 1)))
    half = 3.182446 * sample.std(ddof=1) / 2  # t(0.975, 3)
    assert (mean[0], low[0], high[0]) == pytest.approx((5, 5 - half, 5 + half), rel=1e-6)


def test_one_replication_has_no_interval() -> None:
    mean, low, high = ratio_interval(np.array([[3.0]]), np.array([[4.0]]))
    assert mean[0] == 0.75
    assert np.isnan(low[0])
    assert np.isnan(high[0])


def test_interval_covers_a_ratio_whose_denominator_varies() -> None:
    rng = np.random.default_rng(7)
    offered = rng.poisson(200, (2000, 20)).astype(float)
    answered = rng.binomial(offered.astype(int), 0.8).astype(float)
    hits = 0
    for replications in range(2000):
        _, low, high = ratio_interval(answered[replications][:, None], offered[replications][:, None])
        hits += bool(low[0] <= 0.8 <= high[0])
    assert 0.93 <= hits / 2000 <= 0.97
