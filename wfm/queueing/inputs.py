"""Checks of what goes into a queueing formula: one vectorised look per quantity, naming row and quantity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import InputError

FloatArray = NDArray[np.float64]


def non_negative(quantity: str, values: ArrayLike) -> FloatArray:
    """``values`` as floats, all finite and 0 or more.

    Raises:
        InputError: at the first row that is negative, NaN or infinite; names the row (position) and the quantity.

    >>> non_negative("aht_s", [180, -1])
    Traceback (most recent call last):
    wfm.errors.InputError: aht_s out of range (row 1, aht_s): found -1.0, expected a finite number, 0 or more
    """
    array = np.asarray(values, dtype=np.float64)
    reject(quantity, array, ~(np.isfinite(array) & (array >= 0)), "a finite number, 0 or more")
    return array


def positive(quantity: str, values: ArrayLike) -> FloatArray:
    """``values`` as floats, all finite and above 0.

    Raises:
        InputError: at the first row that is 0, negative, NaN or infinite; names the row (position) and the quantity.
    """
    array = np.asarray(values, dtype=np.float64)
    reject(quantity, array, ~(np.isfinite(array) & (array > 0)), "a finite number above 0")
    return array


def reject(quantity: str, array: FloatArray, wrong: NDArray[np.bool_], expected: str, mend: str | None = None) -> None:
    """Raise an InputError at the first row (in C order) where ``wrong`` is true.

    ``array`` and ``wrong`` have one shape; the row of a scalar isn't named.
    """
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0])
    where = f"row {row}, {quantity}" if array.ndim else quantity
    raise InputError(
        f"{quantity} out of range", where=where, found=float(array.ravel()[row]), expected=expected, mend=mend
    )
