"""Waiting with exponential patience: the incomplete gamma functions behind Erlang A, in the log domain.

Time is counted in mean patience: a contact that has to wait finds the virtual wait s with density proportional to
``exp(g(s))``, ``g(s) = y (1 - exp(-s)) - c s``, where y is contacts offered and c contacts finished by all agents in
one mean patience.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from wfm.queueing.inputs import FloatArray

SERIES_BELOW = 0.9
"""Up to this ratio y / c the series of the partial sums takes few terms, and no digit is lost in differences."""
LARGE = 1e4
NEGLIGIBLE = 45.0
"""exp() of less than minus this adds nothing to a sum of doubles."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)


def log_growth(c: FloatArray, y: FloatArray) -> FloatArray:
    """``log S(c, y)``, ``S = 1 + y/(c+1) + y^2/((c+1)(c+2)) + ...``: all waiting states over the first of them.

    ``S = c y^-c e^y gamma(c, y)`` with the lower incomplete gamma function (Palm 1957; in this form Garnett, Mandelbaum
    and Reiman 2002, Designing a call center with impatient customers, M&SOM 4(3)).
    """
    out = np.empty(y.shape)
    light = y < SERIES_BELOW * c
    out[light] = np.log(_series(c[light], y[light])[0])
    C, Y = c[~light], y[~light]
    excess = Y / C - 1.0
    out[~light] = C * (excess - np.log1p(excess)) + _log_stirling(C) + np.log(special.gammainc(C, Y))
    return out


def abandoning(c: FloatArray, y: FloatArray, log_S: FloatArray) -> FloatArray:
    """Share of those who have to wait that give up."""
    out = np.empty(y.shape)
    light = y < SERIES_BELOW * c
    total, leaving = _series(c[light], y[light])
    out[light] = leaving / total
    rho = y[~light] / c[~light]
    out[~light] = (np.exp(-log_S[~light]) - 1.0 + rho) / rho
    return out


def _series(c: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """S and the sum of its terms, each times the chance (j+1)/(c+j+1) that one with j before him gives up."""
    total, leaving, term = np.zeros(y.shape), np.zeros(y.shape), np.ones(y.shape)
    j = 0
    while (term > 1e-17 * total).any():
        total += term
        leaving += term * ((j + 1.0) / (c + j + 1.0))
        j += 1
        term *= y / (c + j)
    return total, leaving


def _log_stirling(c: FloatArray) -> FloatArray:
    """``log Gamma(c + 1) - c log c + c`` without the difference of large numbers."""
    large = 0.5 * np.log(2 * np.pi * c) + 1.0 / (12.0 * c)
    return np.where(c > LARGE, large, special.gammaln(c + 1.0) - special.xlogy(c, c) + c)


def exponent(s: FloatArray, c: FloatArray, y: FloatArray) -> FloatArray:
    """``g(s)``."""
    return np.asarray(-y * np.expm1(-s) - c * s)


def served_by(s: FloatArray, c: FloatArray, y: FloatArray, log_S: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of those who wait: the share whose virtual wait is at most ``s``, and the share that is served by then."""
    log_S_then = log_growth(c, y * np.exp(-s))
    later = np.exp(np.minimum(exponent(s, c, y) + log_S_then - log_S, 0.0))
    served = (-np.expm1(-log_S) + later * np.expm1(-log_S_then)) * (c / y)
    by_then = 1.0 - later
    # In overload nearly all wait longer: the small shares are integrated instead of left over from differences.
    late = later > 0.9
    if late.any():
        by_then[late], served[late] = _integrated(s[late], c[late], y[late], log_S[late])
    return by_then, served


def _integrated(s: FloatArray, c: FloatArray, y: FloatArray, log_S: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Integrals of the density, and of the density times exp(-s), up to ``s``; all before the mode counts from it."""
    top = np.minimum(s, _mode(c, y))
    low = _left_edge(top, c, y)
    shares = np.zeros((2, len(s)))
    for start, end in ((low, top), (top, s)):
        at, weight = _nodes(start, end)
        density = weight * np.exp(exponent(at, c[:, None], y[:, None]) - log_S[:, None]) * c[:, None]
        shares += density.sum(axis=1), (density * np.exp(-at)).sum(axis=1)
    return shares[0], shares[1]


def mean_waits(c: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of those who wait, in units of patience: the mean virtual wait, and the mean over all of the wait of the served.

    The second counts 0 for who gives up, so that it is to be divided by the share that is served.
    """
    mode = _mode(c, y)
    low, high = _left_edge(mode, c, y), _right_edge(mode, c, y)
    peak = exponent(mode, c, y)[:, None]
    near = mode + (high - mode) / 8
    mass, virtual, served = np.zeros(y.shape), np.zeros(y.shape), np.zeros(y.shape)
    for start, end in ((low, mode), (mode, near), (near, high)):
        at, weight = _nodes(start, end)
        density = weight * np.exp(exponent(at, c[:, None], y[:, None]) - peak)
        mass += density.sum(axis=1)
        virtual += (density * at).sum(axis=1)
        served += (density * at * np.exp(-at)).sum(axis=1)
    return virtual / mass, served / mass


def _mode(c: FloatArray, y: FloatArray) -> FloatArray:
    return np.log(np.maximum(y / c, 1.0))


def _nodes(start: FloatArray, end: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights (n, 48) between ``start`` and ``end``."""
    half = ((end - start) / 2)[:, None]
    return (start + end)[:, None] / 2 + half * NODES, half * WEIGHTS


def _left_edge(top: FloatArray, c: FloatArray, y: FloatArray) -> FloatArray:
    """Where, left of ``top``, the density is negligible beside that at ``top``; 0 where it nowhere is."""
    target = exponent(top, c, y) - NEGLIGIBLE
    return _newton(np.zeros(y.shape), target, c, y)


def _right_edge(top: FloatArray, c: FloatArray, y: FloatArray) -> FloatArray:
    """Where, right of the mode ``top``, the density is negligible beside that at ``top``."""
    target = exponent(top, c, y) - NEGLIGIBLE
    return _newton((y - target) / c, target, c, y)


def _newton(s: FloatArray, target: FloatArray, c: FloatArray, y: FloatArray) -> FloatArray:
    """From outside towards ``g(s) = target``: g is concave, so every step stays outside, and is wide enough."""
    for _ in range(12):
        short = np.minimum(exponent(s, c, y) - target, 0.0)
        slope = y * np.exp(-s) - c
        s = s - np.divide(short, slope, out=np.zeros(s.shape), where=short < 0)
    return s
