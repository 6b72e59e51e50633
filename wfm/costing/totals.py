"""Totals of cost lines by any grouping, and full-time equivalents."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from wfm.policy.centre import Centre

PAID_CLASSES = ("base", "absence")
"""The pay classes whose minutes are paid minutes; a premium's minutes repeat those of base."""


def totals(lines: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Paid minutes and amount of each group; with no group, the one total.

    Returns:
        The grouping columns, ``minutes`` (paid: a premium's minutes count once, with base) and ``amount`` (minor
        units, whole).
    """
    paid = lines["minutes"].where(lines["pay_class"].isin(PAID_CLASSES) | ("pay_class" in by), 0.0)
    counted = lines.assign(minutes=paid, amount=lines["amount"].astype("int64"))
    if not by:
        return counted[["minutes", "amount"]].sum().to_frame().T.astype({"amount": "int64"})
    return counted.groupby(list(by), as_index=False)[["minutes", "amount"]].sum()


def fte(lines: pd.DataFrame, centre: Centre, days: int, by: Sequence[str] = ()) -> pd.DataFrame:
    """Full-time equivalents: paid hours over contract hours.

    Contract hours are those of the centre's fullest contract, over ``days`` days.

    Returns:
        The grouping columns, ``paid_h`` and ``fte``.
    """
    full_time_h = max(contract.hours_week for contract in centre.contracts) * days / 7
    hours = totals(lines, by)
    hours["paid_h"] = hours["minutes"] / 60
    if "pay_class" in by:
        hours = hours[hours["pay_class"].isin(PAID_CLASSES)]
    hours["fte"] = hours["paid_h"] / full_time_h
    return hours[[*by, "paid_h", "fte"]].reset_index(drop=True)
