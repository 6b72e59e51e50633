"""The share of rostered time that is lost unplanned, by queue and interval: from history where there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.queueing.inputs import FloatArray
from wfm.tables.shrinkage import SHRINKAGE_FORECAST

KEY = ["queue", "interval_start"]


def unplanned_share(rows: pd.DataFrame, centre: Centre, shrinkage: pd.DataFrame | None) -> FloatArray:
    """The unplanned share of each row (n,): kinds of a shrinkage forecast added up, else the policy's flat share.

    Kinds are shares of the same scheduled time, so they add up. Planned kinds (leave, training, meetings) are segments
    of a roster and are left out here, also where nothing unplanned is told beside them.

    Args:
        rows: columns queue and interval_start.
        shrinkage: a SHRINKAGE_FORECAST table, or None.

    Raises:
        InputError: the table broke its contract, or the kinds of an interval add up to the whole time.
    """
    share = np.full(len(rows), centre.shrinkage.unplanned)
    if shrinkage is None or shrinkage.empty:
        return share
    table = SHRINKAGE_FORECAST.check(shrinkage)
    added = table[~table["planned"]].groupby(KEY)["share"].sum()
    lost = added[added >= 1]
    if len(lost):
        queue, start = lost.index[0]
        raise InputError(
            "all rostered time would be lost",
            where=f"table shrinkage_forecast, queue {queue}, interval_start {start}",
            found=float(lost.iloc[0]),
            expected="unplanned shares that add up to less than 1",
        )
    told = added.reindex(pd.MultiIndex.from_frame(rows[KEY])).to_numpy(float)
    return np.where(np.isnan(told), share, told)
