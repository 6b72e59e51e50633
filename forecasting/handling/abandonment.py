"""Abandonment by weekday and slot: the share of contacts that give up waiting, as recent weeks had it."""

from __future__ import annotations

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.handling.contact_ratio import contact_ratio


def abandonment_shares(book: Daybook) -> np.ndarray | None:
    """Abandoned over offered (7, K) by weekday and slot; None where the history does not tell.

    It is what comes if staffing stays as it was: with another number of agents the queueing model says what to expect.
    """
    found = contact_ratio(book, book.abandoned, book.offered)
    # A contact may end in the interval after the one it was offered in, so a slot's sums may pass one.
    return None if found is None else np.minimum(found, 1.0)
