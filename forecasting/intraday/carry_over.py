"""How much of a day's surprise is still there on the days after it."""

from __future__ import annotations

import numpy as np

from forecasting.intraday.past_days import PastDays

TOWARDS_NONE_DAYS = 10.0
"""Past days that a carry-over must outweigh before half of it is believed."""
TOWARDS_COMMON_DAYS = 20.0
"""The same for what sets one day's distance apart from the others."""
_WIDEST = 0.5
"""A surprise counts for no more than this: a campaign that nobody announced says little of other days."""


def carry_over(past: PastDays) -> np.ndarray:
    """Share (AHEAD,) of a day's surprise that is expected of the first, second, ... day after it; 0 to 1.

    Slopes through the origin of the later days' surprise on the day's own, both against the forecast of that morning,
    shrunk towards their common slope, and that towards none; what is forgotten by one day stays so on the later ones.
    """
    ahead = np.clip(past.surprise_ahead, -_WIDEST, _WIDEST)
    own = np.clip(past.surprise, -_WIDEST, _WIDEST)[:, None]
    known = np.isfinite(ahead) & np.isfinite(own)
    if not known.any():
        return np.zeros(past.surprise_ahead.shape[1])
    products = np.where(known, own * ahead, 0.0).sum(axis=0)
    squares = np.where(known, own**2, 0.0).sum(axis=0)
    typical = squares.sum() / known.sum()
    if typical == 0:
        return np.zeros(len(products))
    days_ahead = max(known.any(axis=0).sum(), 1)
    common = products.sum() / (squares.sum() + TOWARDS_NONE_DAYS * days_ahead * typical)
    prior = TOWARDS_COMMON_DAYS * typical
    slopes = np.clip((products + prior * common) / (squares + prior), 0.0, 1.0)
    return np.asarray(np.minimum.accumulate(slopes))
