"""Figures of staffing: panels for what there is, the promise where it is kept first, and a line a queue and span."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.figures.service_level import service_level_curve
from wfm.figures.service_price import service_price_chart
from wfm.figures.style import save
from wfm.staffing.curve import staffing_curve


def curve(patience_s: float | None = 120.0) -> pd.DataFrame:
    agents = np.arange(6, 18)
    return staffing_curve(200, 180, agents, 20, patience_s).assign(cost_h=agents * 25.0)


def test_waits_and_cost_have_panels_of_their_own() -> None:
    figure = service_level_curve(curve(), "客服热线", 0.8, 20, currency="CNY")
    top, wait, cost = figure.axes
    assert [axes.get_ylabel() for axes in figure.axes] == ["contacts answered within 20 s", "ASA, s", "CNY an hour"]
    assert {line.get_label() for line in top.lines} >= {"service level", "occupancy", "abandonment"}
    assert "12 agents: 82.6%" in {text.get_text() for text in top.texts}  # published: 82.6 % with 12 agents
    assert cost.lines[0].get_ydata().tolist() == (np.arange(6, 18) * 25.0).tolist()
    assert wait.lines[0].get_ydata()[0] > wait.lines[0].get_ydata()[-1]


def test_the_definition_that_is_promised_is_the_one_drawn() -> None:
    figure = service_level_curve(curve(), "q", 0.8, 20, column="service_level_virtual", definition="virtual wait")
    assert figure.axes[0].get_ylabel() == "virtual wait"
    assert "12 agents: 83.4%" in {text.get_text() for text in figure.axes[0].texts}


def test_infinite_waits_are_left_out(tmp_path) -> None:
    figure = service_level_curve(curve(None), "q", 0.8, 20)
    assert np.isfinite(figure.axes[1].get_ylim()).all()
    assert save(figure, tmp_path / "curve.png").read_bytes() == save(figure, tmp_path / "again.png").read_bytes()


@pytest.mark.parametrize("queues", [1, 7])
def test_the_price_has_a_line_a_queue_and_span(tmp_path, queues: int) -> None:
    levels = [0.75, 0.8, 0.9]
    price = pd.DataFrame(
        [
            {"queue": f"q{n}", "per": per, "target": level, "cost": 100 * n + level, "cost_of_a_point": level}
            for n in range(queues)
            for per in ("interval", "day")
            for level in levels
        ]
    )
    price.loc[price["target"] == 0.75, "cost_of_a_point"] = np.nan
    figure = service_price_chart(price, "EUR")
    cost, point = figure.axes
    assert len(cost.lines) == len(point.lines) == 2 * queues
    assert len(point.lines[0].get_xdata()) == 2
    assert len(figure.legends[0].get_texts()) == 2 * queues
    assert save(figure, tmp_path / "price.png").stat().st_size > 10_000
