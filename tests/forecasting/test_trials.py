"""Trials at past origins, the choice they lead to, and the calibration of a centre."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.calibration import SUM, added_up, calibrate, clean_book, settle, stored_calibration
from forecasting.choice import COLD_START, MEAN_OF_8, Choice, choice_table, choose, model_named
from forecasting.explain import explain
from forecasting.forecast import forecast, forecast_book, forecast_queue
from forecasting.models.blend import BLEND
from forecasting.models.cleaned_mean import CLEANED_MEAN
from forecasting.models.recent_mean import LAST_WEEK, MEAN_OF_4
from forecasting.trials import Trials, Tried, run_trials, trial_origins
from wfm.errors import MissingError, UsageError
from wfm.policy.load import policy_of
from wfm.tables.calibration import FORECAST_BAND, MODEL_CHOICE
from wfm.tables.forecast import ALL_CHANNELS, FORECAST_CHANNEL_DAY, QUANTILES
from wfm.time.week import Period

MONDAY = date(2026, 3, 2)


def made(actual: np.ndarray, means: dict[str, np.ndarray], origins: int) -> Trials:
    """Trials of one interval a day: seven days from each of so many weekly origins."""
    origin = np.repeat(np.datetime64("2026-01-05") + 7 * np.arange(origins), 7)
    tried = Tried(origin, origin + np.tile(np.arange(7), origins), np.zeros(7 * origins, bool), actual, means)
    return Trials("q", tried, tried)


def noisy(origins: int, sds: dict[str, float], seed: int = 1) -> Trials:
    rng = np.random.default_rng(seed)
    actual = np.full(7 * origins, 100.0)
    return made(actual, {name: actual + sd * rng.standard_normal(7 * origins) for name, sd in sds.items()}, origins)


NAMES = (BLEND.name, LAST_WEEK.name, MEAN_OF_4.name, MEAN_OF_8.name, CLEANED_MEAN.name)


def test_origins_are_whole_weeks_back_and_further_apart_for_longer_horizons() -> None:
    for horizon in (7, 28, 84, 371):
        origins = trial_origins(MONDAY, horizon)
        back = (np.datetime64(MONDAY) - origins).astype(int)
        assert (back % 7 == 0).all()
        assert (back >= horizon).sum() >= len(origins) / 2 - 1


def test_a_trial_is_the_forecast_of_that_day(one_queue, made_history) -> None:
    past, centre = made_history(MONDAY - timedelta(days=100), 100), one_queue()
    book, _ = clean_book(past, centre, "q", Period(MONDAY, 1))
    origin = MONDAY - timedelta(days=21)
    tried = run_trials(book, [MEAN_OF_4], np.array([np.datetime64(origin)]), 14).days
    then = forecast_queue(past, centre, "q", Period(origin, 14), MEAN_OF_4).days
    np.testing.assert_allclose(tried.means[MEAN_OF_4.name], then["mean"], rtol=1e-12)
    assert tried.day.tolist() == [day.date() for day in then["day"]]


def test_the_future_of_an_origin_changes_no_trial(one_queue, made_history) -> None:
    past, centre = made_history(MONDAY - timedelta(days=100), 100), one_queue()
    late = past["interval_start"] >= pd.Timestamp(MONDAY - timedelta(days=7), tz="Europe/Berlin")
    changed = past.assign(offered=past["offered"].where(~late, past["offered"] * 1.02))
    origins = trial_origins(MONDAY - timedelta(days=7), 7, most=3)
    one, other = (
        run_trials(clean_book(rows, centre, "q", Period(MONDAY, 1))[0], [BLEND], origins, 7).days
        for rows in (past, changed)
    )
    np.testing.assert_array_equal(one.means[BLEND.name], other.means[BLEND.name])


def test_members_are_tried_beside_their_blend(one_queue, made_history) -> None:
    book, _ = clean_book(made_history(MONDAY - timedelta(days=60), 60), one_queue(), "q", Period(MONDAY, 1))
    trials = run_trials(book, [BLEND, CLEANED_MEAN], trial_origins(MONDAY, 7, most=2), 7)
    members = [trials.intervals.means[member.name] for member in BLEND.members]
    np.testing.assert_allclose(np.mean(members, axis=0), trials.intervals.means[BLEND.name], rtol=1e-12)
    alone = run_trials(book, [CLEANED_MEAN], trial_origins(MONDAY, 7, most=2), 7)
    np.testing.assert_allclose(
        trials.intervals.means[CLEANED_MEAN.name], alone.intervals.means[CLEANED_MEAN.name], rtol=1e-9
    )


def test_before_leaves_what_had_come_by_then() -> None:
    trials = noisy(6, dict.fromkeys(NAMES, 5.0)).before(date(2026, 1, 14))
    assert len(trials.days.day) == 9
    assert trials.days.day.max() < np.datetime64("2026-01-14")


def test_a_backtest_may_run_its_trials_once(one_queue, made_history) -> None:
    past, centre = made_history(MONDAY - timedelta(days=100), 100), one_queue()
    book, _ = clean_book(past, centre, "q", Period(MONDAY, 1))
    trials = run_trials(book, [MEAN_OF_4], trial_origins(MONDAY, 14), 14)
    period = Period(MONDAY - timedelta(days=14), 14)
    then, named = clean_book(past, centre, "q", period), Choice(MEAN_OF_4.name, "")
    one = forecast_book(*then, centre, period, MEAN_OF_4, calibration=settle(trials.before(period.first), named, 2))
    other = forecast_book(*then, centre, period, MEAN_OF_4)
    pd.testing.assert_frame_equal(one.days, other.days)


def test_a_plainly_better_baseline_is_chosen_and_a_lead_by_chance_is_not() -> None:
    better = noisy(12, dict.fromkeys(NAMES, 8.0) | {MEAN_OF_8.name: 4.0})
    chosen = choose(better, seed=1)
    assert chosen.method == MEAN_OF_8.name
    assert "below that of the default (blend)" in chosen.reason
    table = choice_table(better, chosen)
    assert table.set_index("method").loc[MEAN_OF_8.name, "chosen"]
    assert table["chosen"].sum() == 1
    kept = [choose(noisy(12, dict.fromkeys(NAMES, 8.0), seed), seed=1).method for seed in range(40)]
    assert kept.count(BLEND.name) >= 30


def test_with_few_origins_nothing_is_chosen_by_trial() -> None:
    chosen = choose(noisy(3, dict.fromkeys(NAMES, 8.0) | {CLEANED_MEAN.name: 1.0}), seed=0)
    assert chosen.method == BLEND.name
    assert "3 past origins apart" in chosen.reason


def test_one_seed_one_choice() -> None:
    trials = noisy(9, {name: 5.0 + at for at, name in enumerate(NAMES)})
    assert choose(trials, seed=4) == choose(trials, seed=4)


@pytest.mark.parametrize("name", ["no such model", "", "mean of"])
def test_a_name_must_mean_one_model(name: str) -> None:
    with pytest.raises(UsageError, match="model"):
        model_named(name)


def two_queues(**second: object):
    queue = {"interval_min": 60, "opening": "08:00-18:00"}
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "s", "zone": "Europe/Berlin"}],
            "queues": [{"id": "a", **queue}, {"id": "b", **queue, **second}],
        }
    )


@pytest.fixture(name="both")
def _both(made_history) -> pd.DataFrame:
    parts = [
        made_history(MONDAY - timedelta(days=90), 90, step_min=60, level=level, seed=seed).assign(queue=name)
        for name, level, seed in (("a", 60.0, 1), ("b", 20.0, 2))
    ]
    return pd.concat(parts, ignore_index=True)


def test_channels_and_all_are_sums_with_bands_of_their_own(both) -> None:
    result = forecast(both, two_queues(), Period(MONDAY, 14))
    channels = FORECAST_CHANNEL_DAY.check(result.channel_days)
    sums = result.days.groupby("day")["mean"].sum()
    for name in ("voice", ALL_CHANNELS):
        own = channels[channels["channel"] == name].set_index("day")
        np.testing.assert_allclose(own["mean"], sums.loc[own.index], rtol=1e-12)
        assert (np.diff(own[list(QUANTILES)].to_numpy(float), axis=1) >= 0).all()
    width = (channels["q90"] - channels["q10"]).mean()
    of_queues = (result.days["q90"] - result.days["q10"]).groupby(result.days["day"]).sum().mean()
    assert 0.5 * of_queues < width < of_queues  # independent errors: about 0.75 of it


def test_a_channel_of_one_queue_has_its_bands(both) -> None:
    result = forecast(both, two_queues(channel="chat"), Period(MONDAY, 7))
    chat = result.channel_days[result.channel_days["channel"] == "chat"]
    own = result.days[result.days["queue"] == "b"]
    np.testing.assert_array_equal(chat[["mean", *QUANTILES]].to_numpy(), own[["mean", *QUANTILES]].to_numpy())


def test_sums_need_most_of_the_volume() -> None:
    large, small = noisy(3, {"m": 1.0}).days, noisy(3, {"m": 1.0}).days
    rare = Tried(small.origin, small.day, small.special, small.actual / 100, {"m": small.means["m"] / 100})
    kept = small.origin > small.origins[0]
    assert len(added_up([(large, "m"), (rare.where(kept), "m")]).actual) == 21
    both = added_up([(large, "m"), (small.where(kept), "m")])
    assert len(both.actual) == 14
    assert set(both.actual) == {200.0}
    assert set(both.means) == {SUM}


def test_a_stored_calibration_gives_the_forecast_it_gave_when_made(both) -> None:
    centre, period = two_queues(), Period(MONDAY, 14)
    found = calibrate(both, centre, weeks=2, seed=3)
    tables = found.tables()
    pd.testing.assert_frame_equal(MODEL_CHOICE.check(tables["model_choice"]), tables["model_choice"])
    pd.testing.assert_frame_equal(FORECAST_BAND.check(tables["forecast_band"]), tables["forecast_band"])
    again = stored_calibration(tables["model_choice"], tables["forecast_band"], found.first_ahead)
    one = forecast(both, centre, period, calibration=again)
    other = forecast(both.sample(frac=1, random_state=1), centre, period, seed=3)
    pd.testing.assert_frame_equal(one.intervals, other.intervals)
    pd.testing.assert_frame_equal(one.channel_days, other.channel_days)


def test_a_named_model_wins_by_option_or_policy_and_is_explained(both) -> None:
    period = Period(MONDAY, 7)
    named = forecast(both, two_queues(), period, model="mean of 4")
    assert set(named.days["model"]) == {"mean of 4"}
    by_policy = forecast(both, two_queues(model="last week"), period)
    assert by_policy.days.groupby("queue")["model"].unique().str[0].to_dict()["b"] == "last week"
    told = explain(both, two_queues(), "a", MONDAY, calibration=named.calibration)
    assert set(told["model"]) == {"mean of 4"}
    first = named.days[(named.days["queue"] == "a") & (named.days["day"] == pd.Timestamp(MONDAY))]
    assert told["product"].iloc[-1] == pytest.approx(first["mean"].iloc[0], rel=1e-9)


def test_a_cold_start_is_calibrated_as_such(both) -> None:
    young = both[both["interval_start"] >= pd.Timestamp(MONDAY - timedelta(days=6), tz="UTC")]
    assert set(calibrate(young, two_queues()).methods.values()) == {COLD_START.name}


def test_what_cannot_be_calibrated_is_refused(both) -> None:
    with pytest.raises(MissingError, match="unknown queue"):
        calibrate(both, two_queues(), queues=["nobody"])
    with pytest.raises(MissingError, match="no history"):
        calibrate(both.iloc[:0], two_queues())
