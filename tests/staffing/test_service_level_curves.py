"""Service-level curves: the values of 50-digit figures, the hull of another library, and the promise they hold."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from wfm.errors import MissingError, UsageError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.staffing.service_level_curves import concave_hull, service_level_curves
from wfm.tables.service_level_curve import SERVICE_LEVEL_CURVE

DATA = Path(__file__).parents[1] / "data"


def centre(*queues: dict[str, Any]) -> Centre:
    return policy_of(
        {"centre": {"name": "test"}, "sites": [{"id": "here", "zone": "UTC"}], "queues": list(queues)}
    )  # fmt: skip


def forecast(queue: str, mean: list[float], **columns: Any) -> pd.DataFrame:
    starts = pd.date_range("2026-11-23T08:00Z", periods=len(mean), freq="30min", unit="us")
    return pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean} | columns)


def test_the_curves_go_through_the_reference_figures() -> None:
    rows = pd.read_csv(DATA / "erlang_reference.csv")
    rows = rows[rows["model"].isin(["C", "A"]) & rows["lambda_per_hour"].between(1, 1_000) & rows["aht_s"].lt(2_000)]
    rows = rows.assign(queue=[f"q{number:03}" for number in range(len(rows))])
    queues = [
        {"id": row["queue"], "target": {"threshold_s": row["target_s"]}}
        | ({"patience_s": row["patience_s"]} if row["model"] == "A" else {})
        for row in rows.to_dict("records")
    ]
    half_hours = pd.concat(
        [forecast(row["queue"], [row["lambda_per_hour"] / 2], aht_s=row["aht_s"]) for row in rows.to_dict("records")]
    )
    table = service_level_curves(half_hours, centre(*queues), points=99)
    met = table.merge(rows, on=["queue", "agents"], suffixes=("", "_told"))
    assert len(met) > 100
    assert met["service_level"].to_numpy() == pytest.approx(met["service_level_told"].to_numpy(), abs=1e-9)
    assert met["in_time"].to_numpy() == pytest.approx(
        (met["service_level_told"] * met["lambda_per_hour"] / 2).to_numpy()
    )


def test_what_the_table_holds() -> None:
    policy = centre({"id": "a"}, {"id": "b", "patience_s": 90}, {"id": "mail", "deadline_h": 24})
    rows = pd.concat(
        [
            forecast("a", [60.0, 0.0, 10.0, 0.2], aht_s=300.0, open_min=[30, 30, 5, 0]),
            forecast("b", [900.0], aht_s=600.0),
            forecast("mail", [50.0]),
        ]
    )
    table = service_level_curves(rows, policy, points=12)
    assert list(table.columns) == SERVICE_LEVEL_CURVE.names
    curves = table.groupby(["queue", "interval_start"])
    assert curves.size().tolist() == [12, 12, 12]  # neither closed, nor empty, nor deferred
    first = curves.first()
    assert first["agents"].tolist()[:2] == [10, 10]  # ten in five minutes are as many an hour as sixty in thirty
    assert first["service_level"].tolist()[:2] == [0, 0]
    assert (curves["service_level"].last() > 0.99).all()
    steps = table[table["queue"] == "b"]["agents"].diff().dropna().unique()
    assert len(steps) == 1
    assert steps[0] > 1
    assert (table.groupby(["queue", "interval_start"])["service_level"].diff().dropna() >= 0).all()
    assert (table["in_time"] <= 900).all()
    patient = centre(
        {"id": "a"}, {"id": "b", "patience_s": 90, "waiting": "erlang_c"}, {"id": "mail", "deadline_h": 24}
    )
    plain = service_level_curves(rows, patient, points=12)
    assert plain[plain["queue"] == "b"]["agents"].iloc[0] == 300


@given(st.lists(st.floats(0, 1), min_size=3, max_size=30), st.integers(1, 3))
def test_hull_is_the_upper_half_of_the_convex_hull(gains: list[float], step: int) -> None:
    y = np.cumsum(np.round(gains, 3))
    x = np.arange(len(y)) * float(step)
    corner = concave_hull(x[None], y[None])[0]
    bridged = np.interp(x, x[corner], y[corner])
    assert (bridged >= y - 1e-9).all()
    assert (np.diff(np.diff(y[corner]) / np.diff(x[corner])) < 1e-9).all()
    below = np.column_stack([np.append(x, x[[0, -1]]), np.append(y, [-1.0, -1.0])])
    assert set(ConvexHull(below).vertices) - {len(y), len(y) + 1} <= set(np.flatnonzero(corner))


def test_curves_of_different_shapes_side_by_side() -> None:
    y = np.array([[0, 0, 0, 1.0], [0, 1, 1.5, 1.6], [1, 1, 1, 1]])
    found = concave_hull(np.tile(np.arange(4.0), (3, 1)), y)
    assert found.tolist() == [[True, False, False, True], [True] * 4, [True, False, False, True]]


def test_a_fortnight_of_eight_queues_is_quick() -> None:
    rng = np.random.default_rng(0)
    policy = centre(*({"id": f"q{n}"} | ({"patience_s": 180} if n % 2 else {}) for n in range(8)))
    rows = pd.concat([forecast(f"q{n}", rng.uniform(1, 150, 14 * 48).tolist(), aht_s=300.0) for n in range(8)])
    started = time.process_time()
    table = service_level_curves(rows, policy)
    assert len(table) == 8 * 14 * 48 * 30
    assert time.process_time() - started < 1.5  # measured .25


def test_bad_input_is_refused() -> None:
    with pytest.raises(MissingError, match="queue"):
        service_level_curves(forecast("other", [1.0]), centre({"id": "a"}))
    with pytest.raises(UsageError, match="points"):
        service_level_curves(forecast("a", [1.0]), centre({"id": "a"}), points=1)
    empty = service_level_curves(forecast("a", [0.0]), centre({"id": "a"}))
    assert empty.empty
