"""Handle times, abandonment, shrinkage and concurrency: known truths are found, chance is not taken for a pattern."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.book.daybook import read_daybook
from forecasting.handling.abandonment import abandonment_shares
from forecasting.handling.concurrency import handle_times_by_level
from forecasting.handling.handle_time import handle_times
from forecasting.handling.ratio_profile import ratio_profile
from forecasting.handling.shrinkage import shrinkage_shares
from wfm.tables.concurrency import CONCURRENCY
from wfm.tables.history import HISTORY
from wfm.tables.shrinkage import SHRINKAGE
from wfm.time.week import Period

WEEKS = 12
HOURS = np.arange(24)


def profile_of(true_ratio: np.ndarray, volume: float, seed: int) -> np.ndarray:
    """The profile learnt from totals of exponential handle times with mean ``true_ratio`` (7, 24)."""
    draw = np.random.default_rng(seed)
    weekday = np.arange(7 * WEEKS) % 7
    count = draw.poisson(volume, (7 * WEEKS, 24)).astype(float)
    total = draw.gamma(np.maximum(count, 1e-9), true_ratio[weekday])
    found = ratio_profile(total, count, weekday, np.arange(7 * WEEKS)[::-1], HOURS)
    assert found is not None
    return found


def test_a_pattern_over_the_day_is_found_and_beats_one_number():
    truth = np.tile(300 + 90 * np.sin(HOURS / 24 * 2 * np.pi), (7, 1))
    found = profile_of(truth, 20.0, 3)
    assert np.abs(found - truth).mean() < 0.25 * np.abs(truth - truth.mean()).mean()


def test_a_weekday_of_its_own_is_found():
    truth = np.full((7, 24), 300.0)
    truth[0] = 420.0
    found = profile_of(truth, 20.0, 4)
    assert found[0].mean() == pytest.approx(420, rel=0.06)
    assert found[1:].mean() == pytest.approx(300, rel=0.04)


def test_chance_alone_gives_almost_no_pattern():
    """Raw ratios of so few contacts would scatter by a fifth; what is found does not scatter by a fiftieth."""
    scatter = [profile_of(np.full((7, 24), 300.0), 3.0, seed).std() / 300 for seed in range(10)]
    assert np.mean(scatter) < 0.02


def test_busy_days_count_for_more():
    """Nine of ten contacts take 200 s: the ratio of totals says 230, the mean of the two days' means 350."""
    found = ratio_profile(
        np.array([[200.0 * 90], [500.0 * 10]]), np.array([[90.0], [10.0]]), np.array([0, 1]), np.zeros(2), np.zeros(1)
    )
    assert found is not None
    assert found[2, 0] == pytest.approx(230)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0.1, 50))
def test_a_profile_stays_between_the_least_and_the_most_that_was_seen(seed, missing, volume):
    draw = np.random.default_rng(seed)
    whole = draw.poisson(volume, (20, 24)).astype(float)
    part = whole * draw.uniform(100, 500, (20, 24))
    whole[draw.random((20, 24)) < missing] = np.nan
    found = ratio_profile(part, whole, np.arange(20) % 7, np.arange(20.0), HOURS)
    seen = (part / np.where(whole > 0, whole, np.nan))[np.isfinite(whole) & (whole > 0)]
    if len(seen) == 0:
        assert found is None
    else:
        assert found is not None
        # Two factors, of the slot and of the weekday's hour, may each reach beyond what one cell saw.
        assert (found > 0).all()
        assert found.mean() == pytest.approx(np.average(seen), rel=0.8)


@pytest.fixture
def with_waits(one_queue, made_history):
    """Twelve weeks in which Mondays lose a fifth of their contacts, other days a twentieth."""
    centre = one_queue()
    table = made_history(date(2026, 1, 5), 84)
    monday = table["interval_start"].dt.tz_convert("Europe/Berlin").dt.day_of_week == 0
    abandoned = np.round(table["offered"] * np.where(monday, 0.2, 0.05))
    table = HISTORY.check(table.assign(abandoned=abandoned, handled=table["offered"] - abandoned))
    return centre, table


def test_abandonment_is_a_share_by_weekday(with_waits):
    centre, table = with_waits
    book, _ = read_daybook(table, centre, "q", Period(date(2026, 3, 30), 7))
    shares = abandonment_shares(book)
    assert shares is not None
    open_slots = slice(16, 36)
    assert shares[0, open_slots].mean() == pytest.approx(0.2, abs=0.02)
    assert shares[1:5, open_slots].mean() == pytest.approx(0.05, abs=0.02)
    assert ((shares >= 0) & (shares <= 1)).all()


def test_without_abandoned_contacts_on_record_nothing_is_said(one_queue, made_history):
    table = made_history(date(2026, 1, 5), 28).drop(columns="abandoned")
    book, _ = read_daybook(HISTORY.check(table), one_queue(), "q", Period(date(2026, 2, 2), 7))
    assert abandonment_shares(book) is None


def test_without_handle_times_the_default_is_assumed_and_said(one_queue, made_history):
    table = HISTORY.check(made_history(date(2026, 1, 5), 28).drop(columns=["handled", "handle_s"]))
    book, _ = read_daybook(table, one_queue(), "q", Period(date(2026, 2, 2), 7))
    times, assumed, said = handle_times(book, 321.0)
    assert assumed
    assert (times == 321.0).all()
    assert "321" in str(said[0])


def losses(days: int, share, *, queue: str = "all", kind: str = "sick", hourly: bool = False) -> pd.DataFrame:
    """A thousand scheduled minutes a day (or 100 an hour) from Monday 2026-01-05, ``share(weekday, hour)`` lost."""
    step = "h" if hourly else "D"
    starts = pd.date_range("2026-01-05", periods=days * (24 if hourly else 1), freq=step, tz="Europe/Berlin")
    lost = np.array([share(at.day_of_week, at.hour) for at in starts])
    minutes = 100.0 if hourly else 1000.0
    return pd.DataFrame(
        {
            "queue": queue,
            "interval_start": starts.tz_convert("UTC"),
            "kind": kind,
            "planned": kind == "training",
            "scheduled_min": minutes,
            "lost_min": minutes * lost,
        }
    )


AHEAD = pd.date_range("2026-03-30T06:00Z", periods=7 * 24, freq="h", unit="us")


def test_shrinkage_by_weekday_from_daily_records(one_queue):
    table = SHRINKAGE.check(losses(84, lambda weekday, _: 0.12 if weekday == 0 else 0.06))
    found = shrinkage_shares(table, one_queue(), "q", AHEAD)
    by_weekday = found.groupby(found["interval_start"].dt.tz_convert("Europe/Berlin").dt.day_of_week)["share"].mean()
    assert by_weekday[0] == pytest.approx(0.12, abs=0.005)
    assert by_weekday[3] == pytest.approx(0.06, abs=0.003)


def test_shrinkage_by_hour_and_kind_and_a_queues_own_rows_win(one_queue):
    table = SHRINKAGE.check(
        pd.concat(
            [
                losses(56, lambda _, hour: 0.2 if hour >= 18 else 0.05, queue="q", hourly=True),
                losses(56, lambda *_: 0.03, queue="q", kind="training", hourly=True),
                losses(56, lambda *_: 0.5),
            ]
        )
    )
    found = shrinkage_shares(table, one_queue(), "q", AHEAD)
    assert found.groupby("kind")["planned"].first().to_dict() == {"sick": False, "training": True}
    sick = found[found["kind"] == "sick"]
    hour = sick["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour
    assert sick.loc[hour >= 18, "share"].mean() == pytest.approx(0.2, abs=0.01)
    assert sick.loc[hour < 18, "share"].mean() == pytest.approx(0.05, abs=0.01)
    assert found.loc[found["kind"] == "training", "share"].to_numpy() == pytest.approx(0.03, abs=0.002)


def test_shrinkage_that_is_not_on_record_is_not_forecast(one_queue):
    assert shrinkage_shares(SHRINKAGE.empty(), one_queue(), "q", AHEAD).empty
    later = SHRINKAGE.check(losses(7, lambda *_: 0.1))
    assert shrinkage_shares(later, one_queue(), "q", AHEAD - pd.Timedelta(days=120)).empty


def levels(handled: list[int], seconds: list[float]) -> pd.DataFrame:
    count = len(handled)
    return CONCURRENCY.check(
        pd.DataFrame(
            {
                "queue": "q",
                "interval_start": pd.Timestamp("2026-03-27T09:00Z"),
                "level": range(1, count + 1),
                "handled": handled,
                "handle_s": np.array(handled) * np.array(seconds),
            }
        )
    )


def test_two_chats_at_once_take_longer_each_and_the_mean_stays():
    history = levels([5000, 3000, 20], [300.0, 420.0, 5000.0])
    forecast = pd.DataFrame({"queue": "q", "interval_start": AHEAD[:2], "aht_s": [360.0, 400.0]})
    table = handle_times_by_level(history, forecast)
    first = table[table["interval_start"] == AHEAD[0]].set_index("level")["aht_s"]
    assert first[2] / first[1] == pytest.approx(1.4, rel=0.02)
    # Twenty odd chats of three at once do not make 5,000 s: the line through the other levels holds them.
    assert first[3] < 1500
    assert np.average(first, weights=[5000, 3000, 20]) == pytest.approx(360.0)
    second = table[table["interval_start"] == AHEAD[1]].set_index("level")["aht_s"]
    assert (second / first).to_numpy() == pytest.approx(400 / 360)


def test_no_level_on_record_no_row():
    forecast = pd.DataFrame({"queue": "q", "interval_start": AHEAD[:2], "aht_s": [360.0, 400.0]})
    assert handle_times_by_level(CONCURRENCY.empty(), forecast).empty


@pytest.mark.shared
def test_handle_times_of_a_real_bank_beat_one_number(shared, one_queue):
    """Three held-back weeks of the Israeli bank: absolute error of handle seconds, by half-hour."""
    raw = pd.read_csv(shared / "data" / "anonbank_30min_by_queue_jan_feb.csv.gz", parse_dates=["timestamp"])
    raw["handled"] = (raw["volume"] - raw["abandoned"]).astype(float)
    raw["handle_s"] = (raw["aht_seconds"] * raw["handled"]).fillna(0.0)
    total = raw.groupby("timestamp")[["volume", "handled", "handle_s"]].sum()
    starts = pd.DatetimeIndex(total.index).tz_localize("Asia/Jerusalem")
    table = total.rename(columns={"volume": "offered"}).astype(float).assign(queue="q", interval_start=starts)
    table = HISTORY.check(table.reset_index(drop=True))
    centre = one_queue("00:00-10:00", "Asia/Jerusalem", calendar={"country": "IL", "weekend": ["friday", "saturday"]})
    after, _ = read_daybook(table, centre, "q", Period(date(1999, 3, 1), 1))
    ours = flat = 0.0
    for first in (date(1999, 2, 1), date(1999, 2, 8), date(1999, 2, 15)):
        book, _ = read_daybook(table, centre, "q", Period(first, 7))
        ahead = slice(book.past, book.past + 7)
        handled, seconds = after.handled[ahead], after.handle_s[ahead]
        expected, _, _ = handle_times(book, 300.0)
        mean = np.nansum(book.handle_s) / np.nansum(book.handled)
        ours += float(np.nansum(np.abs(expected[after.weekday[ahead]] * handled - seconds)))
        flat += float(np.nansum(np.abs(mean * handled - seconds)))
    assert ours < 0.97 * flat
