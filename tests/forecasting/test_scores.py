"""Scores, by hand and beside those of other libraries; the PIT of known laws; the cost of an error in agents."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, norm, poisson

from forecasting.evaluation.cost_in_agents import add_agents, agent_row, open_hours_a_week
from forecasting.evaluation.pit import count_law, evenness, independent_values, pit_of
from forecasting.evaluation.scores import (
    bias,
    handle_time_error,
    mase,
    pinball,
    score_row,
    share_below,
    share_inside,
    wmape,
)
from wfm.policy.load import policy_of
from wfm.tables.forecast import QUANTILES

LEVELS = np.array(list(QUANTILES.values()))


def quantile_table(quantiles: np.ndarray, mean: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(quantiles, columns=list(QUANTILES)).assign(mean=mean)


def test_the_pinball_loss_is_that_of_scikit_learn() -> None:
    """mean_pinball_loss of scikit-learn 1.8 for these six counts: its mean over nine levels, over the mean volume."""
    actual = np.array([12.0, 0, 7, 30, 5, 18])
    scale = np.array([1, 0.2, 0.8, 2, 0.5, 1.5])
    inner = np.outer(scale, [8.0, 9, 10, 11, 12, 13, 14, 16, 19])
    table = pd.DataFrame(inner, columns=[name for name in QUANTILES if name not in ("q025", "q975")])
    assert pinball(table, actual) == pytest.approx(0.07731481481481481, rel=1e-12)


def test_the_pinball_loss_of_true_quantiles_is_that_of_the_normal_law() -> None:
    """The mean quantile loss of a standard normal at p is its density at the quantile: phi(z_p)."""
    actual = 1000 + 10 * np.random.default_rng(4).standard_normal(100_000)
    expected = np.mean([norm.pdf(norm.ppf(p)) for p in np.arange(0.1, 0.95, 0.1)]) * 10 / 1000
    table = quantile_table(np.tile(1000 + 10 * norm.ppf(LEVELS), (len(actual), 1)), np.full(len(actual), 1000.0))
    assert pinball(table, actual) == pytest.approx(expected, rel=0.01)


def test_scores_by_hand() -> None:
    mean, actual = np.array([10.0, 20.0, 30.0]), np.array([12.0, 20.0, 18.0])
    assert wmape(mean, actual) == pytest.approx(14 / 50)
    assert bias(mean, actual) == pytest.approx(10 / 50)
    # Errors 2 and 0 over 4 at the first origin, 12 over 6 at the second: (0.25 + 2) / 2.
    assert mase(mean, actual, np.array([4.0, 4.0, 6.0]), np.array([1, 1, 2])) == pytest.approx(1.125)
    band = pd.DataFrame({"q10": [11.0, 20.0, 20.0], "q90": [12.0, 20.0, np.nan]})
    assert share_inside(band, actual, "q10", "q90") == 1.0  # ends are inside; a row without a band does not count
    assert handle_time_error(np.array([2.0, np.nan]), np.array([500.0, 9.0]), np.array([200.0, 1.0])) == (0.2, -0.2)


def test_nothing_came_scores_nothing() -> None:
    nothing = np.zeros(3)
    assert np.isnan([wmape(nothing, nothing), bias(nothing, nothing)]).all()
    assert np.isnan(mase(nothing, nothing, np.full(3, np.nan), nothing))
    empty = quantile_table(np.zeros((0, len(QUANTILES))), np.zeros(0)).assign(actual=[])
    assert np.isnan(list(score_row(empty, empty).values())).all()
    assert share_below(empty, np.zeros(0))["below"].isna().all()


counts = st.lists(st.integers(0, 500), min_size=1, max_size=30)


@given(counts, st.floats(0.1, 10))
def test_scores_do_not_depend_on_the_unit_and_vanish_for_what_came(came: list[int], unit: float) -> None:
    actual = np.array(came, float)
    mean = actual[::-1] + 1
    if actual.sum() > 0:
        assert wmape(actual, actual) == 0
        assert wmape(unit * mean, unit * actual) == pytest.approx(wmape(mean, actual))
        assert abs(bias(mean, actual)) <= wmape(mean, actual) + 1e-12


@given(counts)
def test_a_true_quantile_of_the_sample_lies_between_the_two_shares(came: list[int]) -> None:
    actual = np.array(came, float)
    quantiles = np.quantile(actual, LEVELS, method="inverted_cdf")
    shares = share_below(quantile_table(np.tile(quantiles, (len(actual), 1)), actual), actual)
    assert (shares["below"] <= shares["level"] + 1e-9).all()
    assert (shares["up_to"] >= shares["level"] - 1e-9).all()


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.7])
def test_the_law_of_counts_is_that_of_scipy(spread: float) -> None:
    count, mean = np.arange(-1, 12).astype(float), np.full(13, 3.4)
    size = 1 / max(spread, 1e-9) ** 2
    peer = poisson.cdf(count, 3.4) if spread == 0 else nbinom.cdf(count, size, size / (size + 3.4))
    assert count_law(count, mean, spread) == pytest.approx(peer)


def _law(mean: np.ndarray, spread: float):
    return poisson(mean) if spread == 0 else nbinom(1 / spread**2, 1 / (1 + spread**2 * mean))


@pytest.mark.parametrize("spread", [0.0, 0.25, 0.8])
@pytest.mark.parametrize(("low", "high"), [(0.1, 0.6), (0.5, 5), (5, 14), (20, 200)])
def test_true_bands_are_called_true_however_low_the_counts(low: float, high: float, spread: float) -> None:
    rng = np.random.default_rng(11)
    mean = rng.uniform(low, high, 3000)
    actual = _law(mean, spread).rvs(random_state=rng).astype(float)
    table = quantile_table(_law(mean[:, None], spread).ppf(LEVELS), mean)
    found = evenness(pit_of(table, actual, seed=1), np.arange(3000))
    assert found.words == "true"
    assert found.distance < 0.04


@pytest.mark.parametrize(
    ("volume", "level", "spread", "words"),
    [
        (2.0, 1.4, 0.2, "too low"),
        (2.0, 0.7, 0.2, "too high"),
        (120.0, 1.4, 0.2, "too low"),
        (120.0, 0.7, 0.2, "too high"),
        (120.0, 1.0, 0.5, "too narrow"),
        (120.0, 1.0, 0.0, "too wide"),
    ],
)
def test_what_is_wrong_with_bands_is_said(volume: float, level: float, spread: float, words: str) -> None:
    """Bands are those of a spread of 0.2 around the mean; what comes has another level or spread."""
    rng = np.random.default_rng(5)
    mean = rng.uniform(0.8, 1.2, 4000) * volume
    actual = _law(level * mean, spread).rvs(random_state=rng).astype(float)
    table = quantile_table(_law(mean[:, None], 0.2).ppf(LEVELS), mean)
    assert evenness(pit_of(table, actual, 0), np.arange(4000)).words == words


def test_few_days_are_unclear_and_no_bands_say_nothing() -> None:
    leaning = np.repeat((np.arange(12) + 0.5) / 12, 40) ** 0.7
    assert evenness(leaning, np.repeat(np.arange(12), 40)).words == "unclear"
    assert evenness(leaning, np.arange(480)).words == "too low"
    table = quantile_table(np.full((4, len(QUANTILES)), np.nan), np.ones(4))
    assert evenness(pit_of(table, np.ones(4), 0), np.arange(4)).words == ""


def test_the_same_seed_draws_the_same_and_values_of_one_day_count_together() -> None:
    mean = np.full(50, 3.0)
    table, actual = quantile_table(poisson.ppf(LEVELS, mean[:, None]), mean), np.arange(50) % 7.0
    assert (pit_of(table, actual, 9) == pit_of(table, actual, 9)).all()
    assert (pit_of(table, actual, 9) != pit_of(table, actual, 10)).any()
    assert independent_values(np.repeat([0.1, 0.5, 0.9], 8), np.repeat([1, 2, 3], 8)) == pytest.approx(3)


QUEUES = [
    {"id": "calls", "interval_min": 30, "opening": {"weekdays": "08:00-18:00"}, "default_aht_s": 180,
     "target": {"service_level": 0.8, "threshold_s": 20}},
    {"id": "mail", "channel": "email", "interval_min": 60, "opening": "08:00-18:00", "default_aht_s": 600,
     "deadline_h": 4},
]  # fmt: skip


def _centre():
    return policy_of({"centre": {"name": "t"}, "sites": [{"id": "s", "zone": "UTC"}], "queues": QUEUES})


def _scored(queue: str, mean: list[float], actual: list[float], step_min: int) -> pd.DataFrame:
    starts = pd.date_range("2026-03-02T08:00Z", periods=len(mean), freq=f"{step_min}min", unit="us")
    table = pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean, "actual": actual})
    return table.assign(aht_s=np.nan, open_min=np.nan, method="wfm", first_day=pd.Timestamp("2026-03-02"))


def _least_agents(load: float, aht_s: float) -> int:
    """By Erlang C from the Poisson law: 80 % within 20 s."""
    for agents in range(int(load) + 1, 1000):
        blocked = poisson.pmf(agents, load) / poisson.cdf(agents, load)
        waits = blocked / (1 - load / agents * (1 - blocked))
        if 1 - waits * np.exp(-(agents - load) * 20 / aht_s) >= 0.8:
            return agents
    raise AssertionError


def test_an_error_costs_the_agents_by_which_the_requirement_changes() -> None:
    rows = add_agents(_scored("calls", [100.0, 80.0], [80.0, 100.0], 30), _centre())
    many, few = _least_agents(10, 180), _least_agents(8, 180)
    assert rows["agents"].tolist() == [many, few]
    assert rows["agents_for_actual"].tolist() == [few, many]
    half = (many - few) / 2
    assert agent_row(rows) == {"agents_over": half, "agents_under": half, "understaffed": 0.5}


def test_an_interval_that_is_open_in_part_counts_for_its_part() -> None:
    rows = _scored("calls", [100.0, 15.0], [80.0, 15.0], 30).assign(open_min=[30.0, 5.0])
    costed = add_agents(rows, _centre())
    assert costed["agents"].tolist()[1] == _least_agents(9, 180)  # 15 calls in 5 minutes are 180 an hour
    over = _least_agents(10, 180) - _least_agents(8, 180)
    assert agent_row(costed)["agents_over"] == pytest.approx(over * 30 / 35)


def test_deferred_work_costs_the_difference_of_the_level_plans() -> None:
    """Ten hours with 6 mails each of 10 minutes are one agent; with half as many half an agent."""
    rows = add_agents(_scored("mail", [6.0] * 10, [3.0] * 10, 60), _centre())
    assert rows["agents"].mean() == pytest.approx(1.0)
    assert rows["agents_for_actual"].mean() == pytest.approx(0.5)


def test_rows_in_any_order_get_their_own_agents() -> None:
    both = pd.concat([_scored("mail", [6.0, 9, 1], [3.0, 2, 4], 60), _scored("calls", [100.0, 9], [80.0, 12], 30)])
    shuffled = both.sample(frac=1, random_state=1)
    keys = ["queue", "interval_start"]
    one, other = (add_agents(rows, _centre()).sort_values(keys, ignore_index=True) for rows in (both, shuffled))
    pd.testing.assert_frame_equal(one, other)
    assert add_agents(both.iloc[:0], _centre()).empty


def test_a_week_has_the_opening_hours_of_the_policy() -> None:
    assert [open_hours_a_week(_centre().queue(name).opening) for name in ("calls", "mail")] == [50, 70]
