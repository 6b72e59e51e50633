"""What `wfm plot` draws of staffing: service level against agents, and the price of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.commands.staffing_inputs import staffing_inputs
from wfm.commands.staffing_questions import DEFINITIONS, caption_of, paid_rate, price_table
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
    from wfm.figures.service_price import service_price_chart

    given = staffing_inputs(place, place.store.run("forecast", covering=period).number)
    table = price_table(place, given, period, queues)
    currency = place.centre.centre.currency
    yield "service-price", service_price_chart(table, currency, f"{period}, amounts in {currency}")


def service_level_figure(place: Workspace, found: StaffingCurve, table: pd.DataFrame) -> Figure:
    """The figure of a staffing curve with its cost."""
    from wfm.figures.service_level import service_level_curve

    definition = place.centre.queue(found.queue).target.definition
    level, threshold_s = float(found.targets.service_level[0]), float(found.targets.threshold_s[0])
    return service_level_curve(
        table if table["cost_h"].notna().any() else table.drop(columns="cost_h"),
        caption_of(place, found),
        None if level != level else level,
        threshold_s,
        column="service_level" if definition == "offered" else f"service_level_{definition}",
        definition=DEFINITIONS[definition].replace(" T", f" {threshold_s:g} s"),
        currency=place.centre.centre.currency,
    )
