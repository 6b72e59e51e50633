"""The page of results, ``benchmarks/forecasting.md``: a table a case, lowest error first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from benchmarks.forecasting.case import AREA_GROUP, CASES
from benchmarks.forecasting.compare import compare, comparisons
from benchmarks.forecasting.method import METHODS, OURS
from benchmarks.forecasting.results import group_names, group_of
from benchmarks.forecasting.scores import score
from benchmarks.forecasting.task import CALIBRATION

HORIZON_WEEKS = (1, 2, 4, 12)
HEAD = """# Forecast accuracy on public files

Made by `python -m benchmarks.forecasting` (`--help` says how to repeat it); do not edit.

Rolling origins, expanding history, no look-ahead; every open interval of the horizon whose volume is known is scored.
wMAPE: sum of absolute errors over sum of volumes, of intervals and of whole days. MASE: mean absolute error over that
of "same cell one week before" in the history. Bias: positive is too high. Pinball: mean of the quantiles .1 to .9, in %
of volume. In 80, in 95: share of actuals inside the band; in brackets cells with a forecast of 15 and more alone.
CPU: median seconds of one fit and forecast on one core, child processes counted; after a plus those of one calibration
(choosing the model, measuring its errors), which wfm keeps for four weeks or until the history is a tenth longer.

Slow methods forecast from fewer origins. The last columns compare on the same origins: wfm there, wfm minus the other
in points of wMAPE, its 95 % interval from resampling blocks of one week of one origin (windows that overlap make it
somewhat too narrow), and the verdict: level where the interval holds 0.

Two settings are not defaults of the packages: LightGBM's lags follow the length of the history, and Prophet draws 200
samples. Bands of the simple rules are wfm's own; those of packages are their own, where they have any.
"""
AREA_NOTE = """
Seven areas, weekly folds from 2019-01-01, 84 days ahead; MASE over the first h days, scaled by the error of "same day
one week before" on the days before 2019, averaged over areas and folds. Monks et al. 2023 publish on the same folds
0.662 (h = 7), 0.702 (h = 84) and 0.680 (mean of twelve horizons).
"""


@dataclass(frozen=True)
class Row:
    """A method's ``cells`` by column, and the ``error`` that rows are sorted by."""

    method: str
    cells: dict[str, str]
    error: float


def page(blocks: pd.DataFrame) -> str:
    """All tables as markdown, of the cases that ``blocks`` has."""
    present = [name for name in group_names(CASES) if len(group_of(blocks, name))]
    return "\n".join([HEAD, *(section(group_of(blocks, name), name) for name in present)])


def section(blocks: pd.DataFrame, name: str) -> str:
    """One case's heading and table."""
    row = _area_row if name == AREA_GROUP else _row
    ours = blocks[blocks["method"] == OURS]
    rows = [row(blocks[blocks["method"] == method], ours) for method in blocks["method"].unique()]
    rows.sort(key=lambda made: made.error)
    columns = list(rows[0].cells)
    lines = [f"## {name}", AREA_NOTE if name == AREA_GROUP else f"\n{_origins_in_words(name)}\n"]
    lines += ["| method | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    lines += [f"| {METHODS[made.method].label} | " + " | ".join(made.cells.values()) + " |" for made in rows]
    return "\n".join(lines) + "\n"


def _origins_in_words(name: str) -> str:
    case = CASES[name]
    first, last = case.origins[0].isoformat(), case.origins[-1].isoformat()
    return f"{len(case.origins)} origins, {first} to {last}, {case.horizon_days} days ahead."


def _row(own: pd.DataFrame, ours: pd.DataFrame) -> Row:
    scores, method = score(own), str(own["method"].iloc[0])
    daily = "days" not in own or bool(own["days"].isna().all())
    cells = {"origins": f"{scores['origins']:.0f}", "wMAPE %": _percent(scores["wmape"])}
    if not daily:
        cells["day %"] = _percent(scores["wmape_day"])
    cells |= {"MASE": f"{scores['mase']:.2f}", "bias %": _percent(scores["bias"], 1)}
    cells["pinball %"] = _percent(scores["pinball"])
    for band in ("80", "95"):
        large = "" if daily or math.isnan(scores[f"in_{band}_15"]) else f" ({_percent(scores[f'in_{band}_15'], 0)})"
        cells[f"in {band}"] = _percent(scores[f"in_{band}"], 0) + large
    if not daily:
        cells |= {f"day in {band}": _percent(scores[f"day_in_{band}"], 0) for band in ("80", "95")}
    cells["CPU s"] = _cpu(own, scores["cpu_s"])
    return Row(method, cells | _against(own, ours, 100, 2), scores["wmape"])


def _area_row(own: pd.DataFrame, ours: pd.DataFrame) -> Row:
    scores, up_to = score(own), mase_up_to(own)
    cells = {"folds x areas": f"{scores['origins']:.0f} x 7"}
    cells |= {f"h={7 * weeks}": f"{up_to[weeks]:.3f}" for weeks in HORIZON_WEEKS}
    cells["mean of 12"] = f"{up_to.mean():.3f}"
    cells |= {f"in {band}": _percent(scores[f"in_{band}"], 1) for band in ("80", "95")}
    cells["CPU s"] = _cpu(own, scores["cpu_s"])
    return Row(str(own["method"].iloc[0]), cells | _against(own, ours, 1, 3), float(up_to.mean()))


def mase_up_to(own: pd.DataFrame) -> pd.Series:
    """MASE over the first 1, 2, .. weeks of the horizon, from blocks whose errors are scaled already."""
    by_week = own.groupby("week")[["abs_error", "cells"]].sum().cumsum()
    mase = by_week["abs_error"] / by_week["cells"]
    return mase.set_axis(mase.index + 1)


def _against(own: pd.DataFrame, ours: pd.DataFrame, scale: float, digits: int) -> dict[str, str]:
    """Ours on the same origins, ours minus the other, and the verdict; empty in our own row."""
    itself = own["method"].iloc[0] == OURS
    found = None if itself or ours.empty else compare(ours, own, "wmape")
    if found is None:
        return {"wfm": "", "wfm - other": "", "verdict": ""}
    low, high = (f"{scale * bound:+.{digits}f}" for bound in (found.low, found.high))
    difference = f"{scale * found.difference:+.{digits}f} ({low} to {high})"
    return {"wfm": f"{scale * found.ours:.{digits}f}", "wfm - other": difference, "verdict": found.verdict}


def _cpu(own: pd.DataFrame, forecast_s: float) -> str:
    calibrated = CALIBRATION in own and bool(own[CALIBRATION].notna().any())
    return f"{forecast_s:.2f}" + (f" + {own[CALIBRATION].median():.1f}" if calibrated else "")


def _percent(value: float, digits: int = 2) -> str:
    return "" if math.isnan(value) else f"{100 * value:.{digits}f}"


def comparison_lines(blocks: pd.DataFrame, name: str) -> str:
    """Ours against every other method of one case, for a terminal."""
    rows = comparisons(group_of(blocks, name), OURS)
    if rows.empty:
        return f"{name}: nothing to compare yet"
    areas = name == AREA_GROUP
    scale, digits, unit = (1, 3, "MASE") if areas else (100, 2, "%")
    figures = ["ours", "other", "difference", "low", "high"]
    shown = rows.assign(**{column: (scale * rows[column]).round(digits) for column in figures})
    if areas:
        shown["measure"] = shown["measure"].replace("wmape", "mase")
    return f"{name} ({unit}; ours minus other with its 95 % interval)\n{shown.to_string(index=False)}"
