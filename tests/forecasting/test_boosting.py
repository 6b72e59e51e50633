"""Boosted trees: what they learn, that a seed settles them, and what is said where the package is absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import Daybook, read_daybook
from forecasting.models import boosting
from forecasting.models.boosting import BoostedTrees, boosting_available
from wfm.errors import UsageError
from wfm.policy.centre import Centre
from wfm.time.week import Period

needs_lightgbm = pytest.mark.skipif(not boosting_available(), reason="lightgbm, an extra, is not installed")

Centres = Callable[..., Centre]
Histories = Callable[..., pd.DataFrame]


@pytest.fixture
def book(one_queue: Centres, made_history: Histories) -> Daybook:
    history = made_history(date(2025, 1, 6), 280, step_min=60)
    return read_daybook(history, one_queue(interval_min=60), "q", Period(date(2025, 10, 13), 14))[0]


@needs_lightgbm
def test_two_weeks_of_a_steady_queue(book: Daybook, true_mean: Callable[..., np.ndarray]) -> None:
    means = BoostedTrees().fit(book).means(book)[-14:]
    hours = pd.date_range("2025-10-13", periods=14 * 24, freq="h")
    truth = np.where((hours.hour >= 8) & (hours.hour < 18), true_mean(hours, 60.0), 0.0).reshape(14, 24)
    assert np.abs(means - truth).sum() / truth.sum() < 0.06
    assert (means[:, :8] == 0).all()


@needs_lightgbm
def test_factors_multiply_to_the_mean_and_a_seed_settles_the_trees(book: Daybook) -> None:
    fitted, again = BoostedTrees(seed=3).fit(book), BoostedTrees(seed=3).fit(book)
    means = fitted.means(book)
    np.testing.assert_array_equal(means, again.means(book))
    product = np.prod([factor.by_day for factor in fitted.factors(book)], axis=0)
    np.testing.assert_allclose(product, means.sum(axis=1), rtol=1e-12)


@needs_lightgbm
def test_what_is_ahead_is_not_looked_at(book: Daybook) -> None:
    """A book cut at an origin gives what a book gives whose days from there on are another's."""
    then = book.at_origin(200, 14)
    other = replace(book, offered=np.where(np.arange(len(book.days))[:, None] >= 200, 9.0, book.offered))
    np.testing.assert_array_equal(
        BoostedTrees().fit(then).means(then), BoostedTrees().fit(other.at_origin(200, 14)).means(then)
    )


@needs_lightgbm
@pytest.mark.parametrize("days", [3, 20])
def test_a_short_history_of_a_quiet_queue(one_queue: Centres, made_history: Histories, days: int) -> None:
    history = made_history(date(2025, 1, 6), days, level=0.05)
    period = Period((pd.Timestamp("2025-01-06") + pd.Timedelta(days=days)).date(), 7)
    book, _ = read_daybook(history, one_queue(), "q", period)
    means = BoostedTrees().fit(book).means(book)
    assert np.isfinite(means).all()
    assert (means >= 0).all()


def test_without_the_package_the_error_says_what_to_install(book: Daybook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boosting, "PACKAGE", "no_such_package_of_trees")
    assert not boosting_available()
    with pytest.raises(UsageError, match=r"pip install 'wfm\[boosting\]'"):
        BoostedTrees().fit(book)
