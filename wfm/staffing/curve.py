"""What each number of agents would deliver: the staffing curve of one interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from wfm.queueing.erlang_c import asa_s as erlang_asa_s
from wfm.queueing.erlang_c import erlang_c, occupancy, offered_load, service_level


def staffing_curve(rate_per_h: float, aht_s: float, agents: ArrayLike, threshold_s: float) -> pd.DataFrame:
    """Service level, ASA, occupancy and probability of waiting for a range of agents, under Erlang C.

    Args:
        rate_per_h: contacts an hour.
        aht_s: average handling time in seconds.
        agents: numbers of agents, one a row of the answer, which may be fractional.
        threshold_s: answer-time threshold in seconds.

    Returns:
        One row a number of agents: ``agents``, ``offered_load``, ``p_wait``, ``service_level``, ``asa_s`` (infinite
        in overload), ``occupancy``.

    Raises:
        InputError: an argument is negative, NaN or infinite; names row and quantity.

    >>> curve = staffing_curve(200, 180, [10, 13, 14], threshold_s=20)
    >>> curve["service_level"].round(3).tolist()
    [0.0, 0.796, 0.888]
    """
    load, crew = offered_load(rate_per_h, aht_s), np.atleast_1d(np.asarray(agents, dtype=np.float64))
    return pd.DataFrame(
        {
            "agents": crew,
            "offered_load": np.full(crew.shape, load),
            "p_wait": erlang_c(load, crew),
            "service_level": service_level(load, crew, threshold_s, aht_s),
            "asa_s": erlang_asa_s(load, crew, aht_s),
            "occupancy": occupancy(load, crew),
        }
    )
