"""The rate regression against statsmodels' GLM on every cell of every day."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from forecasting.models import rate_regression as regression
from forecasting.models.rate_regression import fit_rates, spline_basis


def test_sums_by_weekday_give_the_fit_of_all_days(monkeypatch) -> None:
    """Unshrunk, the fit on 7 K discounted sums is that of statsmodels on all cells, weighted, with the offset."""
    for name in ("COMMON_SD", "WEEKDAY_SD", "OWN_SD"):
        monkeypatch.setattr(regression, name, 300.0)
    rng = np.random.default_rng(7)
    weekday, slots = np.arange(70) % 7, 16
    minutes = 30.0 * rng.uniform(0.5, 1.5, (70, slots)) * (rng.random((70, slots)) < 0.9)
    rates = np.exp(0.3 * rng.standard_normal(7)[weekday][:, None] + np.sin(np.arange(slots) / 3))
    volume = rng.poisson(rates * minutes).astype(float)
    weights = 0.5 ** (np.arange(70)[::-1] / 20)
    member = np.equal.outer(np.arange(7), weekday) * weights
    ours = fit_rates(member @ volume, member @ minutes)

    basis = spline_basis(np.ones(slots, bool))
    design = np.einsum("dw,ks->dkws", np.eye(7)[weekday], basis).reshape(70 * slots, -1)
    use = minutes.ravel() > 0
    peer = sm.GLM(
        volume.ravel()[use],
        design[use],
        sm.families.Poisson(),
        offset=np.log(minutes.ravel()[use]),
        var_weights=np.repeat(weights, slots)[use],
    ).fit(tol=1e-12, maxiter=100)
    expected = np.exp(np.einsum("ws,ks->wk", peer.params.reshape(7, -1), basis))
    np.testing.assert_allclose(ours, expected, rtol=2e-4)


def test_the_splines_are_cubics_that_add_up_to_one() -> None:
    slots = np.zeros(48, bool)
    slots[14:43] = True
    basis = spline_basis(slots)
    at = np.arange(48.0)
    np.testing.assert_allclose(basis.sum(axis=1), 1.0)
    cubic = 2 - at + 0.3 * at**2 - 0.01 * at**3
    fitted = basis[slots] @ np.linalg.lstsq(basis[slots], cubic[slots], rcond=None)[0]
    np.testing.assert_allclose(fitted, cubic[slots], rtol=1e-9)
    np.testing.assert_array_equal(basis[:14], np.tile(basis[14], (14, 1)))


@pytest.mark.parametrize("open_slots", [1, 2, 3, 4, 5, 21])
def test_even_rates_stay_even_whatever_the_number_of_slots(open_slots) -> None:
    minutes = np.zeros((7, 24))
    minutes[:, 2 : 2 + open_slots] = 60.0
    rates = fit_rates(0.5 * minutes, minutes)
    np.testing.assert_allclose(rates[minutes > 0], 0.5, rtol=1e-6)


def test_a_silent_slot_and_a_silent_weekday_do_no_harm() -> None:
    """Where no contact ever came the likelihood has no maximum; the prior gives one, and the others keep theirs."""
    minutes = np.full((7, 24), 600.0)
    volume = 0.4 * minutes
    volume[:, :6], volume[6] = 0.0, 0.0
    rates = fit_rates(volume, minutes)
    assert np.isfinite(rates).all()
    assert rates[:6, 8:].min() > 0.35
    assert rates[:6, 8:].max() < 0.45
    assert rates[6].max() < 0.02
    assert rates[:, :4].max() < 0.05


def test_a_weekday_of_few_contacts_has_the_common_shape() -> None:
    shape = 0.2 + np.exp(-((np.arange(24) - 12) ** 2) / 20)
    minutes = np.full((7, 24), 6000.0)
    minutes[6] = 1.0
    volume = shape * minutes
    volume[6] = np.random.default_rng(1).poisson(shape)
    rates = fit_rates(volume, minutes)
    assert np.corrcoef(rates[6], shape)[0, 1] > 0.97
    np.testing.assert_allclose(rates[:6], np.tile(shape, (6, 1)), rtol=0.03)
