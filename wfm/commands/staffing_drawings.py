"""What `wfm plot` draws of staffing: service level against agents, and the price of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.commands.staffing_questions import caption_of, mean_rate_of, paid_rate
from wfm.errors import MissingError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from wfm.commands.forecast_drawings import Drawn
    from wfm.staffing.curve import StaffingCurve
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


def draw_service_level(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """Service level, waiting, occupancy and cost against agents in each queue's busiest interval."""
    from wfm.staffing.curve import curve_of

    _, forecast = place.planned("forecast", period)
    rate = paid_rate(place, period.first)
    for queue in place.centre.queues:
        if (queues and queue.id not in queues) or queue.deferred:
            continue
        try:
            found = curve_of(forecast, place.centre, queue.id)
        except MissingError:
            continue
        table = found.table.assign(cost_h=found.table["agents"] * rate)
        yield f"service-level-{queue.id}", service_level_figure(place, found, table)


def draw_service_price(place: Workspace, period: Period, queues: list[str] | None, _day: str | None) -> Drawn:
    """The week's cost by promised service level, and what a point more costs."""
    from wfm.costing.service_price import service_price
    from wfm.figures.service_price import service_price_chart

    _, forecast = place.planned("forecast", period)
    chosen = forecast[forecast["queue"].isin(queues)].reset_index(drop=True) if queues else forecast
    table = service_price(chosen, place.centre, mean_rate_of(place, period.first))
    currency = place.centre.centre.currency
    yield "service-price", service_price_chart(table, currency, f"{period}, amounts in {currency}")


def service_level_figure(place: Workspace, found: StaffingCurve, table: pd.DataFrame) -> Figure:
    """The figure of a staffing curve with its cost."""
    from wfm.figures.service_level import service_level_curve

    target = place.centre.queue(found.queue).target
    shown = table if table["cost_h"].notna().any() else table.drop(columns="cost_h")
    return service_level_curve(
        shown, caption_of(place, found), target.service_level, found.threshold_s,
        definition="served", currency=place.centre.centre.currency,
    )  # fmt: skip
