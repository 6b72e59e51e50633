"""Shape: whether the shifts of a roster look like the templates they name.

A template outside of the contract is forbidden, and so is a missing break. A template that nobody knows, or a start or
length that is none of its own, is only told: shifts may be edited by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scheduling.checking.violations import Violation
from scheduling.staff.duty import DAY_MIN
from scheduling.staff.given import day_of
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN, ShiftTemplate


def templated_shifts(at_work: pd.DataFrame) -> pd.DataFrame:
    """Shifts that name a template: agent, work_date, start, end, template."""
    if at_work.empty or "template" not in at_work:
        return pd.DataFrame(columns=["agent", "work_date", "start", "end", "template"])
    whole = at_work.groupby(["agent", "work_date"], as_index=False).agg(
        start=("start", "min"), end=("end", "max"), template=("template", "first")
    )
    return whole[whole["template"].notna()].reset_index(drop=True)


def template_violations(
    templated: pd.DataFrame, centre: Centre, staff: dict[str, Worker], horizon: Horizon
) -> Iterator[Violation]:
    """A template outside of the contract is forbidden; an unknown one, or another shape than its own, is only told."""
    if templated.empty:
        return
    known = {template.id: template for template in centre.shift_templates}
    zones = templated["agent"].map({agent: worker.zone for agent, worker in staff.items()})
    wall = pd.Series(0, index=templated.index)
    for zone, rows in templated.groupby(zones):
        local = rows["start"].dt.tz_convert(str(zone))
        wall.loc[rows.index] = local.dt.hour * 60 + local.dt.minute
    length_h = (templated["end"] - templated["start"]).dt.total_seconds() / 3600
    days = day_of(templated["work_date"], horizon).tolist()
    for agent, name, day, start, hours in zip(
        templated["agent"], templated["template"], days, wall, length_h, strict=True
    ):
        worker, shape = staff[agent], known.get(name)
        fault = _fault(worker, shape, name, int(start), float(hours))
        if fault is not None:
            forbidden, found, limit, unit, text = fault
            sentence = f"{worker.name}: the shift on {horizon.day_name(day)} {text}"
            yield Violation("template", agent, day, found, limit, unit, forbidden, sentence)


def _fault(
    worker: Worker, shape: ShiftTemplate | None, name: str, start: int, hours: float
) -> tuple[bool, float | None, float | None, str, str] | None:
    """What is wrong with a shift of template ``name``: whether it is forbidden, found, limit, unit and words."""
    if shape is None:
        return False, None, None, "template", f"is of template {name}, which the policy does not know"
    allowed = worker.contract.templates
    if allowed is not None and name not in allowed:
        return True, None, None, "template", f"is of template {name}, no part of contract {worker.contract.id}"
    starts = {minute % DAY_MIN for minute in shape.starts()}
    if start not in starts:
        nearest = min(starts, key=lambda minute: abs(minute - start))
        text = f"starts at {_clock(start)}, template {name} at {_clock(nearest)}"
        return False, float(start), float(nearest), "min", text
    if not any(abs(hours - length) < 1e-9 for length in shape.lengths_h):
        nearest_h = min(shape.lengths_h, key=lambda length: abs(length - hours))
        return False, hours, nearest_h, "h", f"lasts {hours:.4g} h, template {name} {nearest_h:g} h"
    return None


def break_violations(
    at_work: pd.DataFrame, templated: pd.DataFrame, centre: Centre, staff: dict[str, Worker], horizon: Horizon
) -> Iterator[Violation]:
    """Each break of a shift's template: as long, of its kind, and started within its window; each counts once."""
    rests = at_work[at_work["activity"].isin(["break", "lunch"])]
    if templated.empty:
        return
    shift = templated.assign(shift=templated.index)[["agent", "work_date", "shift", "start"]]
    rests = rests.merge(shift.rename(columns={"start": "began"}), on=["agent", "work_date"])
    into_h = (rests["start"] - rests["began"]).dt.total_seconds().to_numpy() / 3600
    length = (rests["end"] - rests["start"]).dt.total_seconds().to_numpy() / 60
    kind, of_shift = rests["activity"].to_numpy(object), rests["shift"].to_numpy(np.int64)
    free = np.ones(len(rests), dtype=bool)
    for template in centre.shift_templates:
        own = np.flatnonzero((templated["template"] == template.id).to_numpy(bool))
        for wanted in template.breaks:
            low, high = wanted.window_h
            fits = free & (kind == wanted.kind) & (length >= wanted.minutes) & np.isin(of_shift, own)
            fits &= (into_h >= low - 1e-9) & (into_h <= high + 1e-9)
            # On the plain grid any minute of the window will do: an edited roster may know finer times.
            fits &= (wanted.step_min == SLOT_MIN) | (np.rint((into_h - low) * 60) % wanted.step_min == 0)
            taken, first = np.unique(of_shift[fits], return_index=True)
            free[np.flatnonzero(fits)[first]] = False
            window = f"{low:g} to {high:g} h into the shift"
            for lacking in np.setdiff1d(own, taken):
                worker = staff[templated["agent"].iloc[lacking]]
                day = int(day_of(templated["work_date"].iloc[lacking : lacking + 1], horizon)[0])
                text = (
                    f"{worker.name}: no {wanted.kind} of {wanted.minutes} minutes {window} on {horizon.day_name(day)}"
                )
                yield Violation("breaks", worker.id, day, 0, wanted.minutes, "min", True, text)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
