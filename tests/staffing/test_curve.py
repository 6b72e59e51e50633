"""The staffing curve crosses the target where the requirement says."""

from __future__ import annotations

import numpy as np

from wfm.queueing.required import required_agents
from wfm.staffing.curve import staffing_curve


def test_curve_crosses_the_target_at_the_requirement() -> None:
    curve = staffing_curve(200, 180, np.arange(0, 30), threshold_s=20)
    enough = curve.loc[curve["service_level"] >= 0.8, "agents"].min()
    assert enough == required_agents(200, 180, service_level=0.8, threshold_s=20).agents


def test_curve_in_overload() -> None:
    curve = staffing_curve(200, 180, [0, 10, 10.5], threshold_s=20)
    assert curve["service_level"].to_numpy()[:2].tolist() == [0, 0]
    assert np.isinf(curve["asa_s"].to_numpy()[:2]).all()
    assert 0 < curve["service_level"].iloc[2] < 1
