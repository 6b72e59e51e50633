"""Average handle time by weekday and slot, volume-weighted, from recent weeks."""

from __future__ import annotations

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.book.finding import Finding
from forecasting.handling.contact_ratio import contact_ratio


def handle_times(book: Daybook, default_aht_s: float) -> tuple[np.ndarray, bool, list[Finding]]:
    """AHT (7, K) in seconds by weekday and slot, whether it is assumed, and a note where it is.

    Handle seconds over handled contacts; without any handled contact it is ``default_aht_s``.
    """
    found = contact_ratio(book, book.handle_s, book.handled)
    if found is None:
        note = Finding(book.queue, None, "no handle times in the history", f"AHT assumed: {default_aht_s:g} s")
        return np.full((7, book.offered.shape[1]), default_aht_s), True, [note]
    return found, False, []
