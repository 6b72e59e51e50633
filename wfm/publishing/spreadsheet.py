"""The published roster as a spreadsheet: roster, coverage, cost and parameters, one sheet each.

xlsxwriter ships no types and is used here only. It dates the members of the file 1980-01-01, so the bytes depend on
the content alone once the document's own date is set.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pandas as pd
import xlsxwriter

from wfm.costing.money import minor_exponent
from wfm.costing.totals import PAID_CLASSES
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.publishing.shift_view import ShiftView
from wfm.publishing.version import PublishedVersion

_A4 = 9
_FORMATS: Mapping[str, dict[str, Any]] = {
    "head": {"bold": True, "font_color": "#ffffff", "bg_color": "#1f4e79", "text_wrap": True, "valign": "vcenter"},
    "text": {},
    "day": {"num_format": "ddd yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "clock": {"num_format": "hh:mm", "align": "left"},
    "number": {"num_format": "#,##0.0"},
    "hours": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.0%"},
    "under": {"bg_color": "#f8d7c9"},
    "over": {"bg_color": "#d5e5f3"},
    "total": {"bold": True, "top": 1},
}


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: its title, width in characters, and the format of its cells."""

    title: str
    width: float
    style: str = "text"


ROSTER_COLUMNS = (
    Heading("Name", 22), Heading("Agent", 12), Heading("Team", 14), Heading("Site", 12), Heading("Time zone", 17),
    Heading("Work date", 15, "day"), Heading("Start", 17, "moment"), Heading("End", 17, "moment"),
    Heading("Paid hours", 9, "hours"), Heading("Breaks and meetings", 46), Heading("Queues", 24),
)  # fmt: skip
COVERAGE_COLUMNS = (
    Heading("Queue", 18), Heading("Time zone", 17), Heading("Date", 15, "day"), Heading("Start", 9, "clock"),
    Heading("Required", 10, "number"), Heading("Scheduled", 10, "number"), Heading("Gap", 9, "number"),
    Heading("Service level", 10, "share"),
)  # fmt: skip
PARAMETER_COLUMNS = (Heading("Parameter", 34), Heading("Value", 70))


def spreadsheet(
    version: PublishedVersion,
    views: Mapping[tuple[str, date], ShiftView],
    coverage: pd.DataFrame | None,
    lines: pd.DataFrame | None,
    parameters: Sequence[tuple[str, str]],
    centre: Centre,
    people: People,
) -> bytes:
    """The spreadsheet's bytes. Dates and times are real ones, local to the site or queue; text is never a formula.

    Costs are shown by site, team, queue and pay class, never by agent: a wage is nobody else's business.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {"title": f"Roster {version.period}, version {version.number}", "author": version.author,
         "created": version.stamp.replace(tzinfo=None)}
    )  # fmt: skip
    styles = {name: book.add_format(told) for name, told in _FORMATS.items()}
    footer = f"&L{version.period}, version {version.number}&RPage &P of &N"
    _fill(book, styles, "Roster", ROSTER_COLUMNS, _roster_rows(views, centre, people), footer)
    if coverage is not None:
        rows = _coverage_rows(coverage, centre)
        sheet = _fill(book, styles, "Coverage", COVERAGE_COLUMNS, rows, footer)
        for criterion, style in (("<", "under"), (">", "over")):
            rule = {"type": "cell", "criteria": criterion, "value": 0, "format": styles[style]}
            sheet.conditional_format(1, 6, max(len(rows), 1), 6, rule)
    if lines is not None:
        _add_cost(book, styles, lines, centre, footer)
    _fill(book, styles, "Parameters", PARAMETER_COLUMNS, parameters, footer)
    book.close()
    return buffer.getvalue()


def _fill(
    book: Any,
    styles: Mapping[str, Any],
    name: str,
    columns: Sequence[Heading],
    rows: Sequence[Sequence[Any]],
    footer: str,
) -> Any:
    """A sheet with a frozen header, a filter, and a page width of one A4 landscape."""
    sheet = book.add_worksheet(name)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.title, styles["head"])
    for number, row in enumerate(rows, start=1):
        for at, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _write(sheet, number, at, cell, styles[column.style])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(footer)
    return sheet


def _write(sheet: Any, row: int, column: int, cell: Any, style: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, style)
    elif cell is None or pd.isna(cell):
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, date | time):
        sheet.write_datetime(row, column, cell, style)
    else:
        sheet.write_number(row, column, float(cell), style)


def _roster_rows(views: Mapping[tuple[str, date], ShiftView], centre: Centre, people: People) -> list[list[Any]]:
    agents = {agent.id: agent for agent in people.agents}
    rows = []
    for (agent_id, day), view in views.items():
        agent = agents[agent_id]
        about = [agent.name, agent.id, agent.team, agent.site, centre.site(agent.site).zone, day]
        if view.away:
            rows.append([*about, None, None, None, "away", ""])
            continue
        inner = ", ".join(f"{segment.activity} {segment.span}" for segment in view.inner)
        clock = [moment.replace(tzinfo=None) for moment in (view.start, view.end)]
        rows.append([*about, *clock, view.paid_h, inner, ", ".join(view.skills)])
    return sorted(rows, key=lambda row: (row[2], row[0], row[1], row[5]))


def _coverage_rows(coverage: pd.DataFrame, centre: Centre) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for queue, part in coverage.groupby("queue", sort=True):
        zone = centre.zone_of(str(queue))
        local = part["interval_start"].dt.tz_convert(zone).dt.tz_localize(None)
        service_level = part["service_level"] if "service_level" in part else [None] * len(part)
        columns = (local, part["required"], part["scheduled"], part["gap"], service_level)
        for moment, *numbers in zip(*columns, strict=True):
            clock = moment.to_pydatetime()
            rows.append([str(queue), zone, clock.date(), clock.time(), *numbers])
    return rows


def _add_cost(book: Any, styles: Mapping[str, Any], lines: pd.DataFrame, centre: Centre, footer: str) -> None:
    """Amounts by site, team, queue and pay class, with their total; amounts are exact, in whole minor units before."""
    currency = centre.centre.currency
    places = minor_exponent(currency)
    money = "#,##0" + ("." + "0" * places if places else "")
    styles = {**styles, "money": book.add_format({"num_format": money})}
    columns = (
        Heading("Site", 14), Heading("Team", 16), Heading("Queue", 18), Heading("Pay class", 14),
        Heading("Hours", 12, "hours"), Heading(f"Amount ({currency})", 18, "money"),
    )  # fmt: skip
    by = ["site", "team", "queue", "pay_class"]
    grouped = lines.groupby(by, as_index=False)[["minutes", "amount"]].sum()
    rows = [
        [*(row[name] for name in by), row["minutes"] / 60, row["amount"] / 10**places]
        for row in grouped.to_dict("records")
    ]
    sheet = _fill(book, styles, "Cost", columns, rows, footer)
    paid_h = lines.loc[lines["pay_class"].isin(PAID_CLASSES), "minutes"].sum() / 60
    last = len(rows) + 2
    sheet.write_string(last, 0, "Total (premium hours are hours of base)", styles["total"])
    for at in (1, 2, 3):
        sheet.write_blank(last, at, None, styles["total"])
    sheet.write_number(last, 4, float(paid_h), book.add_format({**_FORMATS["total"], **_FORMATS["hours"]}))
    total_style = book.add_format({**_FORMATS["total"], "num_format": money})
    sheet.write_number(last, 5, float(lines["amount"].sum()) / 10**places, total_style)
