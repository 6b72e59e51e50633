"""How deviations hold on over a day: a level that the whole day shares, and a drift that fades within hours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from forecasting.intraday.deviation import Deviations

LEVEL_SD = (0.0, 0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.2)
DRIFT_SD = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3)
DRIFT_H = (1.0, 2.0, 4.0, 8.0)
"""Candidates for the standard deviations of level and drift, in shares of the mean, and for the hours in which a
drift fades to 37 per cent."""
PRICE = 1.0
"""Log-likelihood that a level, and a drift, must add to be believed as much as none (Akaike 1974)."""


@dataclass(frozen=True)
class DayProcess:
    """What past days say of the deviations of one: Gaussian, mean 0.

    Attributes:
        covariance: (B, B) of the relative deviations of the blocks' means.
        dispersion: variance of a count over its mean, at least 1, which scales chance and deviations alike.
        level_sd, drift_sd, drift_h: the candidates' means, weighted by how well they explain the past days.
        days: past days that it was learnt from.
    """

    covariance: np.ndarray
    dispersion: float
    level_sd: float
    drift_sd: float
    drift_h: float
    days: int

    def given(self, seen: Deviations) -> tuple[np.ndarray, np.ndarray]:
        """Expected deviations (n, B) of all blocks given what was seen of each day, and their covariances (n, B, B).

        The penalised least squares of Shen and Huang (2008, Interday forecasting and intraday updating of call center
        arrivals, M&SOM 10(3)): factors are the eigenvectors of the covariance, and each score pays by the inverse of
        its eigenvalue; written as the conditional mean of a Gaussian, which is the same thing.
        """
        both, noise = _of_seen(self.covariance, seen)
        total = both + noise
        # Rows of blocks not seen are 0, so that they carry no weight.
        towards = np.where(seen.known[:, None, :], self.covariance[None], 0.0)
        gain = np.linalg.solve(total, np.swapaxes(towards, 1, 2))
        mean = np.einsum("nsb,ns->nb", gain, seen.relative)
        covariance = self.dispersion * (self.covariance[None] - towards @ gain)
        return mean, covariance


def fit_day_process(past: Deviations, block_h: float) -> DayProcess:
    """The process that past days (n, B) suggest, blocks being ``block_h`` hours long.

    Covariance between two blocks: level_sd^2 + drift_sd^2 exp(-hours between / drift_h). Every candidate is weighted
    by its likelihood less the price of its parts, so that days which came as expected but for chance give no
    deviations at all; averaging over candidates harms less than picking one (Hoeting et al. 1999, Bayesian model
    averaging, Statistical Science 14(4)). Factors estimated freely, and a scale of its own
    for each block, did no better on days kept for trying: a few weeks are too little to tell them from noise.
    """
    blocks = past.known.shape[1]
    apart_h = np.abs(np.subtract.outer(np.arange(blocks), np.arange(blocks))) * block_h
    candidates = _candidates()
    covariances = [level**2 + drift**2 * np.exp(-apart_h / fades) for level, drift, fades in candidates]
    fits = np.array([_likelihood(covariance, past) for covariance in covariances])
    parts = (candidates[:, 0] > 0).astype(float) + (candidates[:, 1] > 0)
    score = fits[:, 0] - PRICE * parts
    weights = np.exp(score - score.max())
    weights /= weights.sum()
    level, drift, fades = weights @ candidates
    covariance = np.tensordot(weights, np.array(covariances), 1)
    dispersion = float(weights @ fits[:, 1])
    return DayProcess(covariance, dispersion, float(level), float(drift), float(fades), len(past.known))


def _candidates() -> np.ndarray:
    """(c, 3): level, drift, and hours; without a drift the hours do not matter."""
    every = product(LEVEL_SD, DRIFT_SD, DRIFT_H)
    return np.array([one for one in every if one[1] > 0 or one[2] == DRIFT_H[0]])


def _of_seen(covariance: np.ndarray, seen: Deviations) -> tuple[np.ndarray, np.ndarray]:
    """(n, B, B) covariance among what was seen of each day, and the diagonal noise; unseen blocks stand apart."""
    pairs = seen.known[:, :, None] & seen.known[:, None, :]
    return np.where(pairs, covariance[None], 0.0), seen.noise[:, :, None] * np.eye(len(covariance))


def _likelihood(covariance: np.ndarray, past: Deviations) -> tuple[float, float]:
    """Log-likelihood with the dispersion that suits the candidate best, and this dispersion."""
    both, noise = _of_seen(covariance, past)
    root = np.linalg.cholesky(both + noise)
    white = np.linalg.solve(root, past.relative[:, :, None])[:, :, 0]
    log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2))[past.known].sum()
    # A block not seen has noise 1 and deviation 0 and adds nothing.
    seen = past.known.sum()
    squares = float(np.square(white).sum())
    dispersion = max(squares / max(seen, 1), 1.0)
    return float(-0.5 * (seen * np.log(dispersion) + log_det + squares / dispersion)), dispersion
