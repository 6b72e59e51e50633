"""A queue without history: lent that of another, corrected by its own as it comes, with bands that admit it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import read_daybook
from forecasting.book.like_queue import LEVEL_SD, OWN_DAYS, can_be_forecast, lent_history, widened
from forecasting.evaluation.what_came import what_came
from forecasting.forecast import forecast
from forecasting.models.level_regression import LevelRegression
from wfm.errors import MissingError, PolicyError
from wfm.policy.load import policy_of
from wfm.tables.forecast import QUANTILES
from wfm.tables.history import HISTORY
from wfm.time.week import Period

MONDAY = date(2026, 3, 2)
PERIOD = Period(MONDAY, 14)


def centre_of(**new):
    queues = [{"id": "old", "opening": "08:00-18:00"}, {"id": "new", "opening": "08:00-16:00", **new}]
    return policy_of({"centre": {"name": "t"}, "sites": [{"id": "s", "zone": "Europe/Berlin"}], "queues": queues})


@pytest.fixture
def old(made_history):
    return made_history(MONDAY - timedelta(days=200), 200, level=400).assign(queue="old")


def own(made_history, days: int, level: float) -> pd.DataFrame:
    return made_history(MONDAY - timedelta(days=days), days, hours=(8, 16), level=level, seed=7).assign(queue="new")


def ahead(history: pd.DataFrame, centre) -> tuple[float, float]:
    book, _ = read_daybook(HISTORY.check(history), centre, "new", PERIOD)
    return float(LevelRegression().fit(book).means(book)[-14:].sum()), book.level_sd


def until_four(old: pd.DataFrame) -> float:
    """Two usual weeks of the old queue within the new one's hours."""
    local = old["interval_start"].dt.tz_convert("Europe/Berlin")
    return float(old.loc[local.dt.hour < 16, "offered"].tail(14 * 16).sum())


def test_a_share_of_another_queue_within_its_own_hours(old) -> None:
    mean, level_sd = ahead(old, centre_of(like="old", like_share=0.2))
    assert mean == pytest.approx(0.2 * until_four(old), rel=0.03)
    assert level_sd == LEVEL_SD


def test_an_expected_volume_with_the_profile_of_another_or_none(old) -> None:
    with_profile = ahead(old, centre_of(like="old", expected_contacts_day=150))[0]
    assert with_profile == pytest.approx(14 * 150, rel=0.03)
    book, notes = read_daybook(old, centre_of(expected_contacts_day=150), "new", PERIOD)
    means = LevelRegression().fit(book).means(book)[-14:]
    assert means.sum() == pytest.approx(14 * 150, rel=0.01)
    assert np.ptp(means[0][book.open_min[-14] > 0]) < 0.01 * means.max()
    assert "evenly over its open hours" in str(notes[0])


def test_own_history_takes_over_within_weeks(old, made_history) -> None:
    centre = centre_of(like="old", like_share=0.2)
    expected, twice = 0.2 * until_four(old), 0.4 * until_four(old)
    far, doubt = [], []
    for days in (0, 2, 7, 21, OWN_DAYS + 7):
        history = pd.concat([old, own(made_history, days, 160)]) if days else old
        mean, level_sd = ahead(history, centre)
        far.append(abs(np.log(mean / twice)))
        doubt.append(level_sd)
    assert far[0] == pytest.approx(np.log(twice / expected), abs=0.05)
    assert all(later < earlier for earlier, later in pairwise(far[:4]))
    assert max(far[3:]) < 0.08
    assert all(later < earlier for earlier, later in pairwise(doubt))
    assert doubt[-1] == 0


def test_what_was_lent_never_came(old, made_history) -> None:
    history = HISTORY.check(pd.concat([old, own(made_history, 10, 160)]))
    book, _ = read_daybook(history, centre_of(like="old", like_share=0.2), "new", PERIOD)
    intervals, days = what_came(book)
    mine = history[history["queue"] == "new"]
    assert intervals["actual"].sum() == mine["offered"].sum()
    assert len(days) == 10


def test_nothing_of_the_period_or_after_it_is_lent(old) -> None:
    centre = centre_of(like="old", like_share=0.2)
    earlier = Period(MONDAY - timedelta(days=28), 14)
    changed = old.assign(
        offered=old["offered"].where(old["interval_start"] < pd.Timestamp(earlier.first, tz="Europe/Berlin"), 9999)
    )
    made, other = (lent_history(history, centre, "new", earlier) for history in (old, changed))
    assert made is not None
    assert other is not None
    pd.testing.assert_frame_equal(made.rows, other.rows)


def test_without_the_other_queue_there_is_nothing(old, made_history) -> None:
    centre = centre_of(like="old", like_share=0.2)
    with pytest.raises(MissingError, match="no history of queue new"):
        read_daybook(HISTORY.empty(), centre, "new", PERIOD)
    assert can_be_forecast(centre, "new", {"old"})
    assert not can_be_forecast(centre, "new", set())
    assert not can_be_forecast(centre_of(), "new", {"old"})
    assert can_be_forecast(centre_of(expected_contacts_day=5), "new", set())


def test_the_whole_forecast_of_a_new_queue_has_wide_bands_and_a_note(old) -> None:
    made = forecast(old, centre_of(like="old", like_share=0.2), PERIOD)
    days = made.days.set_index(["queue", "day"])
    relative = (days["q90"] - days["q10"]) / days["mean"]
    assert relative["new"].min() > 1.0  # exp(+-1.28 x 0.5) is 0.53 to 1.9
    assert relative["old"].max() < 0.5
    assert any("lent some as 0.2 of queue old" in str(note) for note in made.notes)


def test_widened_bands_hold_a_level_that_is_off() -> None:
    """Against draws: a normal error of 10 % and a lognormal level, independent."""
    rng = np.random.default_rng(1)
    mean, level_sd = 400.0, 0.3
    narrow = {
        name: [mean + 40 * quantile] for name, quantile in zip(QUANTILES, _normal(QUANTILES.values()), strict=True)
    }
    wide = widened(pd.DataFrame({"mean": [mean], **narrow}), level_sd)
    drawn = mean * np.exp(level_sd * rng.standard_normal(200_000) - level_sd**2 / 2) + 40 * rng.standard_normal(200_000)
    for name, level in QUANTILES.items():
        assert (drawn < wide[name].iloc[0]).mean() == pytest.approx(level, abs=0.04)
    assert wide["mean"].iloc[0] == mean


def _normal(levels):
    from statistics import NormalDist

    return [NormalDist().inv_cdf(level) for level in levels]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"like": "nobody", "like_share": 0.1}, "nobody"),
        ({"like": "new", "like_share": 0.1}, "no history of its own"),
        ({"like": "old"}, "like_share or expected_contacts_day"),
        ({"like": "old", "like_share": 0.1, "expected_contacts_day": 5}, "one of the two"),
        ({"like_share": 0.1}, "needs like"),
        ({"like": "old", "like_share": 0}, "like_share"),
    ],
)
def test_a_likeness_that_cannot_be_is_refused(new, message) -> None:
    with pytest.raises(PolicyError, match=message):
        centre_of(**new)
