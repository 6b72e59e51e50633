"""The rest of a day from what came so far: believed as far as past days bear it out, and never more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.forecast import forecast_queue
from forecasting.intraday.carry_over import carry_over
from forecasting.intraday.channel_days import moved_channel_days
from forecasting.intraday.day_process import DayProcess, fit_day_process
from forecasting.intraday.deviation import deviations, lifted
from forecasting.intraday.past_days import AHEAD, PastDays
from forecasting.intraday.reforecast import Morning, Reforecast, reforecast
from forecasting.intraday.rest_band import RestBand
from forecasting.models.recent_mean import MEAN_OF_4
from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.tables.forecast import FORECAST_CHANNEL_DAY, QUANTILES
from wfm.time.week import Period
from wfm.time.zones import local_day

DAY = date(2026, 4, 15)
"""The Wednesday that is updated."""
ZONE = "Europe/Berlin"
MEAN = np.full(24, 200.0)


def at(clock: str, day: date = DAY) -> pd.Timestamp:
    return pd.Timestamp(f"{day}T{clock}", tz=ZONE).tz_convert("UTC").as_unit("us")


def wobbly(level_sd: float, lift: float = 1.0, day: date = DAY) -> Callable[[pd.DatetimeIndex], np.ndarray]:
    """A factor a day, drawn, and ``lift`` on the day itself."""

    def factor(starts: pd.DatetimeIndex) -> np.ndarray:
        back = (pd.Timestamp(day) - starts.tz_localize(None).normalize()).days.to_numpy()
        drawn = np.exp(np.random.default_rng(5).normal(0, level_sd, back.max() + 1))
        return np.where(back == 0, lift, drawn[np.maximum(back, 0)])

    return factor


Made = tuple[pd.DataFrame, Centre, Morning]


@pytest.fixture
def made(one_queue: Callable[..., Centre], made_history: Callable[..., pd.DataFrame]) -> Callable[..., Made]:
    def make(level_sd: float = 0.1, lift: float = 1.0, days: int = 101, level: float = 600.0, **how: object) -> Made:
        opening = how.pop("opening", "08:00-18:00")
        day = how.pop("day", DAY)
        assert isinstance(day, date)
        first = day - pd.Timedelta(days=days - 1)
        centre = one_queue(opening)
        history = made_history(first, days, level=level, factor=wobbly(level_sd, lift, day), **how)
        base = forecast_queue(history, centre, "q", Period(day, 7), model=MEAN_OF_4)
        return history, centre, Morning(base.intervals, base.days, FORECAST_CHANNEL_DAY.empty())

    return make


def factor_of(result: Reforecast) -> float:
    return float(result.summary["factor"].iloc[0])


def test_the_expected_deviation_is_the_penalised_least_squares_on_the_factors() -> None:
    rng = np.random.default_rng(3)
    root = rng.normal(size=(6, 6)) / 10
    process = DayProcess(root @ root.T, 1.0, 0.1, 0.1, 4.0, 40)
    came = np.array([[450.0, 390.0, np.nan, 420.0, np.nan, np.nan]])
    seen = deviations(np.full((1, 6), 400.0), came)
    values, factors = np.linalg.eigh(process.covariance)
    known = seen.known[0]
    # Scores b minimise the sum of ((d - F b)^2 / noise) + sum of b^2 / eigenvalue: one least-squares problem.
    rows = np.vstack([factors[known] / np.sqrt(seen.noise[0][known])[:, None], np.diag(values**-0.5)])
    target = np.concatenate([seen.relative[0][known] / np.sqrt(seen.noise[0][known]), np.zeros(6)])
    scores = np.linalg.lstsq(rows, target, rcond=None)[0]
    np.testing.assert_allclose(process.given(seen)[0][0], factors @ scores, rtol=1e-8)


def test_a_level_that_days_share_is_found_and_chance_alone_gives_none() -> None:
    rng = np.random.default_rng(1)
    expected = np.tile(MEAN, (40, 1))
    moved = rng.poisson(expected * np.exp(rng.normal(0, 0.1, (40, 1))))
    learnt = fit_day_process(deviations(expected, moved.astype(float)), 0.5)
    assert 0.07 < np.sqrt(np.diag(learnt.covariance).mean()) < 0.14
    assert learnt.level_sd > 2 * learnt.drift_sd
    chance = fit_day_process(deviations(expected, rng.poisson(expected).astype(float)), 0.5)
    today = deviations(expected[:1], np.where(np.arange(24) < 12, 1.03, np.nan)[None] * expected[:1])
    assert np.sqrt(np.diag(chance.covariance).max()) < 0.02
    assert abs(chance.given(today)[0]).max() < 0.012
    assert learnt.given(today)[0][0, 12:].min() > 0.024


@given(st.floats(0.02, 500), st.floats(0.3, 3))
def test_deviates_of_poisson_counts_are_centred(mean: float, lift: float) -> None:
    counts = np.random.default_rng(0).poisson(mean, (1, 4000)).astype(float)
    found = deviations(np.full((1, 4000), mean), counts)
    assert abs(float((found.relative * np.sqrt(mean)).mean())) < 0.12
    assert lifted(np.array([mean]), np.array([2 * (lift**0.5 - 1)]))[0] == pytest.approx(lift * mean)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=9), st.floats(0.1, 4), st.integers(0, 60))
def test_bands_are_ordered_and_hold_their_mean(means: list[float], scale: float, days: int) -> None:
    mean = np.array(means)
    quantiles = RestBand(scale, days).around(mean, mean + (0.1 * mean) ** 2)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles >= 0).all()
    assert (quantiles[mean == 0] == 0).all()


def test_a_day_that_starts_high_goes_on_high_and_the_week_a_little(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.2)
    result = reforecast(history, centre, morning, at("12:00"))
    row = result.summary.iloc[0]
    # The mean of four weeks may itself be off; what came over what it expected is what there is to believe.
    assert 1.1 < factor_of(result) < row["came"] / row["expected"]
    assert row["q10"] < row["after"] < row["q90"]
    before, after = morning.intervals, result.intervals
    over = (before["interval_start"] < at("12:00")).to_numpy()
    pd.testing.assert_frame_equal(after.loc[over, before.columns], before[over], check_dtype=False)
    assert (after["model"].str.endswith(", updated").to_numpy()[~over][:12]).all()
    width = [(table["q90"] - table["q10"])[~over][:12].sum() for table in (before, after)]
    assert width[1] < 0.7 * width[0]
    day = result.days.iloc[0]
    known = row["came"]
    assert day["q10"] == pytest.approx(known + row["q10"])
    assert factor_of(result) > (after["mean"][local_day(after["interval_start"], ZONE) > pd.Timestamp(DAY)].sum()) / (
        before["mean"][local_day(before["interval_start"], ZONE) > pd.Timestamp(DAY)].sum()
    )


def test_days_are_the_sums_of_their_intervals(made: Callable[..., Made]) -> None:
    result = reforecast(*made(lift=1.3), at("10:30"))
    sums = result.intervals.groupby(np.asarray(local_day(result.intervals["interval_start"], ZONE)))["mean"].sum()
    np.testing.assert_allclose(result.days["mean"].to_numpy(), sums.to_numpy(), rtol=1e-12)


def test_what_comes_after_the_instant_is_not_looked_at(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.2)
    later = history["interval_start"] + pd.Timedelta(minutes=30) > at("10:15")
    garbled = history.assign(offered=history["offered"].where(~later, 9999.0), handled=np.nan, handle_s=np.nan)
    there, gone = (reforecast(rows, centre, morning, at("10:15")) for rows in (garbled, history[~later]))
    pd.testing.assert_frame_equal(there.intervals, gone.intervals)
    pd.testing.assert_frame_equal(there.summary, gone.summary)


def test_near_poisson_history_hardly_moves(made: Callable[..., Made]) -> None:
    history, centre, morning = made(level_sd=0.0, level=20.0)
    assert factor_of(reforecast(history, centre, morning, at("12:00"))) == pytest.approx(1.0, abs=0.04)


def test_missing_intervals_are_unknown_and_silence_is_an_outage(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.2)
    hole = history["interval_start"].between(at("09:00"), at("10:29"))
    whole = factor_of(reforecast(history, centre, morning, at("12:00")))
    missing = reforecast(history[~hole], centre, morning, at("12:00"))
    silent = reforecast(history.assign(offered=history["offered"].where(~hole, 0.0)), centre, morning, at("12:00"))
    assert factor_of(missing) == pytest.approx(whole, abs=0.04)
    assert factor_of(silent) == pytest.approx(factor_of(missing), abs=1e-12)
    assert "outage" in str(silent.notes[0])
    assert silent.summary["expected"].iloc[0] == pytest.approx(missing.summary["expected"].iloc[0])


def test_shuffled_and_finer_history_is_the_same_history(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.1, step_min=10)
    whole = reforecast(history, centre, morning, at("11:00"))
    shuffled = reforecast(history.sample(frac=1, random_state=1), centre, morning, at("11:00"))
    pd.testing.assert_frame_equal(whole.summary, shuffled.summary)
    assert 1.02 < factor_of(whole) < whole.summary["came"].iloc[0] / whole.summary["expected"].iloc[0]


def test_an_instant_with_nothing_before_it_or_nothing_after_it_is_refused(made: Callable[..., Made]) -> None:
    history, centre, morning = made(opening={"weekdays": "08:00-18:00"})
    for clock, told in (("07:00", "nothing has come yet"), ("08:20", "nothing has come yet"), ("18:00", "is over")):
        with pytest.raises(InputError, match=told):
            reforecast(history, centre, morning, at(clock))
    with pytest.raises(MissingError, match="no forecast of this day"):
        reforecast(history, centre, morning, at("12:00", date(2026, 4, 18)))


def test_too_few_past_days_leave_the_forecast_as_it_was(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.4, days=20)
    result = reforecast(history, centre, morning, at("12:00"))
    assert factor_of(result) == 1.0
    assert "too few" in result.summary["rests_on"].iloc[0]
    np.testing.assert_array_equal(result.intervals["mean"], morning.intervals["mean"])


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2025, 10, 26)])
def test_nights_on_which_clocks_change(made: Callable[..., Made], day: date) -> None:
    history, centre, morning = made(lift=1.25, opening="00:00-24:00", hours=(0, 24), day=day)
    result = reforecast(history, centre, morning, at("12:00", day))
    today = np.asarray(local_day(result.intervals["interval_start"], ZONE) == pd.Timestamp(day))
    assert today.sum() in (46, 50)
    assert 1.1 < factor_of(result) < result.summary["came"].iloc[0] / result.summary["expected"].iloc[0] < 1.45


def test_carry_over_finds_what_stays_and_does_not_grow() -> None:
    rng = np.random.default_rng(2)
    own = rng.normal(0, 0.1, 60)
    ahead = own[:, None] * 0.6 ** np.arange(1, AHEAD + 1) + rng.normal(0, 0.02, (60, AHEAD))
    expected = np.full((60, 1), 1000.0)
    found = carry_over(PastDays(expected, expected * (1 + own[:, None]), ahead))
    assert 0.4 < found[0] < 0.7
    assert (np.diff(found) <= 0).all()
    chance = PastDays(expected, expected * (1 + own[:, None]), rng.permutation(ahead))
    assert carry_over(chance)[-1] < 0.1
    assert (carry_over(PastDays(expected[:0], expected[:0], ahead[:0])) == 0).all()


def test_channel_days_add_up_after_their_queues_moved(made: Callable[..., Made]) -> None:
    history, centre, morning = made(lift=1.2)
    channels = FORECAST_CHANNEL_DAY.check(
        pd.concat([morning.days.assign(channel=name) for name in ("voice", "all")])[
            ["channel", "day", "mean", *QUANTILES, "origin"]
        ]
    )
    result = reforecast(history, centre, Morning(morning.intervals, morning.days, channels), at("12:00"))
    for name in ("voice", "all"):
        own = result.channel_days[result.channel_days["channel"] == name]
        for column in ("mean", "q50"):
            np.testing.assert_allclose(own[column], result.days[column], rtol=1e-9)
    unmoved = moved_channel_days(channels, morning.days, morning.days, centre, at("12:00"))
    pd.testing.assert_frame_equal(unmoved, channels)


@pytest.mark.slow
@pytest.mark.shared
def test_on_the_bank_an_update_at_noon_takes_a_fifth_off_the_error(bank: object) -> None:
    history, centre = bank.history, bank.centre  # type: ignore[attr-defined]
    errors = []
    for day in pd.bdate_range("2003-06-09", "2003-06-27"):
        period = Period(day.date(), 1)
        base = forecast_queue(history, centre, "q", period, model=MEAN_OF_4)
        noon = pd.Timestamp(f"{day.date()}T12:00", tz="America/New_York")
        morning = Morning(base.intervals, base.days, FORECAST_CHANNEL_DAY.empty())
        row = reforecast(history, centre, morning, noon).summary.iloc[0]
        rest = history["interval_start"].between(noon, noon + pd.Timedelta(hours=9, minutes=1))
        came = history.loc[rest, "offered"].sum()
        errors.append((abs(row["before"] - came), abs(row["after"] - came)))
    before, after = np.sum(errors, axis=0)
    assert after < 0.8 * before
