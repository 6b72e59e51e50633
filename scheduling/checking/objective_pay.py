"""The witness of wages: each shift as paid spans, cut and priced by costing's own pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from scheduling.staff.duty import Duty
from scheduling.staff.given import Worked
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.costing.pieces import kinds_of, paid_pieces
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN, ShiftTemplate


def bare_hours(
    centre: Centre, horizon: Horizon, workers: Mapping[str, Worker], duties: Mapping[str, Worked]
) -> dict[str, float]:
    """Hours at the bare rate that each agent's shifts are paid like, premiums in, overtime apart."""
    templates = {template.id: template for template in centre.shift_templates}
    spans = [
        (agent, begin, end, share)
        for agent, own in duties.items()
        for duty in own.values()
        for begin, end, share in _paid_spans(duty, templates.get(duty.template))
    ]
    if not spans:
        return {}
    table = pd.DataFrame(spans, columns=["agent", "begin", "end", "share"])
    # One piece of pay for each span: the share goes along as a table by agent and start.
    segments = pd.DataFrame(
        {
            "agent": table["agent"],
            "start": horizon.instants(table["begin"].to_numpy()),
            "end": horizon.instants(table["end"].to_numpy()),
            "activity": "work",
            "paid": True,
        }
    )
    hours: dict[str, float] = defaultdict(float)
    for share, rows in segments.groupby(table["share"]):
        pieces = paid_pieces(rows, centre, {worker.id: worker.agent for worker in workers.values()})
        for agent, seconds, night, kind in zip(
            pieces["agent"], pieces["seconds"], pieces["night"], kinds_of(pieces["date"], centre), strict=True
        ):
            hours[agent] += seconds / 3600 * float(share) * (1 + _premium(centre, bool(night), str(kind)))
    return hours


def _premium(centre: Centre, night: bool, kind: str) -> float:
    pay = centre.pay
    of_day = {"weekend": pay.weekend_premium, "rest": pay.rest_day_premium, "holiday": pay.holiday_premium}.get(kind, 0)
    return float(pay.night_premium) * night + float(of_day)


def _paid_spans(duty: Duty, template: ShiftTemplate | None) -> list[tuple[int, int, float]]:
    """Minutes from start to end of each paid span, and the share of it that is paid.

    Unpaid breaks lie in the middle of the windows of the template. Where the duty is not as its template says, unpaid
    minutes are spread evenly.
    """
    gaps = []
    for rest in () if template is None else template.breaks:
        if not rest.paid:
            first, last = (duty.starts // SLOT_MIN + int(hours * 60) // SLOT_MIN for hours in rest.window_h)
            begin = (first + last) // 2 * SLOT_MIN
            gaps.append((begin, begin + rest.minutes))
    unpaid = duty.ends - duty.starts - duty.paid_min
    if sum(end - begin for begin, end in gaps) != unpaid or any(end > duty.ends for _, end in gaps):
        return [(duty.starts, duty.ends, duty.paid_min / max(duty.ends - duty.starts, 1))]
    edges = [duty.starts, *(edge for gap in gaps for edge in gap), duty.ends]
    return [(begin, end, 1.0) for begin, end in zip(edges[::2], edges[1::2], strict=True) if end > begin]
