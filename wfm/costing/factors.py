"""Pay factors: what a paid minute earns beside overtime, as a multiple of the rate an hour."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.costing.pieces import at_night, kinds_of
from wfm.policy.centre import Centre
from wfm.time.zones import local_day


def pay_factors(instants: pd.DatetimeIndex, zone: str, centre: Centre) -> NDArray[np.float64]:
    """1 for base pay, with the premiums of the night and of the kind of day on which each instant falls.

    The same windows and kinds of day that price a roster's cost lines, for minutes that are no overtime. ``zone`` is
    the site's.
    """
    pay = centre.pay
    by_kind = {"weekend": pay.weekend_premium, "rest": pay.rest_day_premium, "holiday": pay.holiday_premium}
    kinds = kinds_of(pd.Series(local_day(instants, zone)), centre)
    of_day = kinds.map({kind: float(premium) for kind, premium in by_kind.items()}).fillna(0.0).to_numpy(float)
    return 1.0 + float(pay.night_premium) * at_night(instants, zone, pay.night) + of_day
