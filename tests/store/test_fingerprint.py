"""Fingerprints: the same values, the same print; any other value, another one."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from wfm.store.fingerprint import fingerprint, installed_versions

FRAME = pd.DataFrame(
    {
        "queue": pd.Series(["a", None, "c"], dtype=object),
        "at": pd.to_datetime(["2026-11-23T08:00Z", None, "2026-11-23T09:00Z"]),
        "offered": [1.0, np.nan, 3.0],
    }
)


@pytest.mark.parametrize(
    "alike",
    [
        FRAME.set_axis([7, 8, 9]),
        FRAME.assign(at=FRAME["at"].astype("datetime64[ns, UTC]")),
        FRAME.assign(at=FRAME["at"].dt.tz_convert("Asia/Shanghai")),
        FRAME.assign(offered=FRAME["offered"].astype("Float64")),
        FRAME.assign(queue=FRAME["queue"].astype("string")),
        FRAME.iloc[::-1].iloc[::-1],
    ],
)
def test_the_same_values_have_one_print_whatever_holds_them(alike):
    assert fingerprint(alike) == fingerprint(FRAME)


@pytest.mark.parametrize(
    "other",
    [
        FRAME.iloc[::-1],
        FRAME.rename(columns={"offered": "handled"}),
        FRAME.assign(offered=[1.0, 0.0, 3.0]),
        FRAME.assign(offered=[1.0, np.nan, np.nextafter(3.0, 4)]),
        FRAME.assign(queue=["a", "", "c"]),
        FRAME.assign(queue=["a", "None", "c"]),
        FRAME.assign(at=FRAME["at"] + pd.Timedelta(microseconds=1)),
        FRAME[["at", "queue", "offered"]],
        FRAME.head(2),
    ],
)
def test_any_other_value_has_another_print(other):
    assert fingerprint(other) != fingerprint(FRAME)


def test_text_is_plain_sha256():
    assert fingerprint("政策") == hashlib.sha256("政策".encode()).hexdigest()


def test_versions_name_what_decides_a_result():
    assert {"python", "wfm", "numpy", "pandas", "ortools", "statsmodels"} <= set(installed_versions())
