"""The page that a team looks at: agents by days, on a screen, a phone, or A4 paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.publishing.coverage_strip import DayCoverage, day_coverages, strip_svg
from wfm.publishing.diff import kind_of_change
from wfm.publishing.shift_view import Segment, ShiftView
from wfm.publishing.version import PublishedVersion
from wfm.time.week import WEEKDAYS
from wfm.time.zones import zone_named

Views = Mapping[tuple[str, date], ShiftView]

_PARTS_OF_DAY = ((0, "night"), (300, "early"), (540, "day"), (780, "late"), (1140, "night"))
"""A shift's colour by the minute of its start: the last entry that is not later."""


_DAYS_A_TABLE = 7
"""What fits a page's width; a longer period becomes several tables."""


@dataclass(frozen=True)
class Cell:
    """One agent's day on the page."""

    span: str
    breaks: str
    title: str
    part: str
    bar: Markup
    change: str | None


def page_html(
    version: PublishedVersion,
    views: Views,
    coverage: pd.DataFrame | None,
    violations: pd.DataFrame,
    notes: Sequence[str],
    centre: Centre,
    people: People,
    previous: Views | None = None,
) -> str:
    """The page as one HTML file that needs nothing else. Everything from data is escaped; no cost is shown.

    Args:
        notes: sentences for the foot of the page, such as handle times that are assumed.
        previous: the shifts published last, against which changes are marked.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    days = [stamp.date() for stamp in version.period.dates()]
    first_minute, last_minute = _clock_span(views)
    cells = {
        key: _cell(key, views.get(key), previous, first_minute, last_minute)
        for key in sorted(views.keys() | (previous or {}).keys())
    }
    strips = _strips(version, coverage, centre, first_minute, last_minute)
    return environment.get_template("page.html.j2").render(
        centre=centre.centre,
        version=version,
        week=f"{_long(days[0])} to {_long(days[-1])}",
        tables=[
            _table(
                days[at : at + _DAYS_A_TABLE], strips[at : at + _DAYS_A_TABLE], cells, views, centre, people, version
            )
            for at in range(0, len(days), _DAYS_A_TABLE)
        ],
        figures=_figures(views, strips),
        violations=_sentences(violations),
        changes=sum(cell.change is not None for cell in cells.values()) if previous is not None else None,
        notes=notes,
        published=version.published_at.astimezone(zone_named(version.zone)),
    )


def _table(
    days: Sequence[date],
    strips: Sequence[dict[str, Any]],
    cells: Mapping[tuple[str, date], Cell],
    views: Views,
    centre: Centre,
    people: People,
    version: PublishedVersion,
) -> dict[str, Any]:
    """One week's table: its days, the strip of each, and the teams' rows."""
    return {
        "title": f"{_long(days[0])} to {_long(days[-1])}",
        "days": [{"name": WEEKDAYS[day.weekday()][:3].capitalize(), "date": f"{day.day} {day:%b}"} for day in days],
        "groups": _groups(cells, views, days, centre, people, version),
        "strips": strips,
    }


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _clock_span(views: Views) -> tuple[int, int]:
    """Whole hours of the clock, as minutes, that hold every shift; the whole day where there is none."""
    spans = [_minutes(view) for view in views.values() if not view.away]
    if not spans:
        return 0, 1440
    return min(start for start, _ in spans) // 60 * 60, max(1440, -(-max(end for _, end in spans) // 60) * 60)


def _minutes(view: ShiftView | Segment, day: date | None = None) -> tuple[int, int]:
    """Start and end in minutes after midnight of the work date, on the clock."""
    anchor = day or (view.work_date if isinstance(view, ShiftView) else view.start.date())
    start, end = (
        (moment.date() - anchor).days * 1440 + moment.hour * 60 + moment.minute for moment in (view.start, view.end)
    )
    return start, end


def _cell(
    key: tuple[str, date], view: ShiftView | None, previous: Views | None, first_minute: int, last_minute: int
) -> Cell:
    change = kind_of_change(previous.get(key), view) if previous is not None else None
    before = previous[key].span if previous is not None and change is not None and key in previous else ""
    was = f"changed, was {before}" if before else "new"
    if view is None or view.away:
        title = ("away" if view else "") + (f" ({was})" if change else "")
        return Cell("away" if view else "", "", title.strip(), "away" if view else "off", Markup(), change)
    inner = [f"{segment.activity} {segment.span}" for segment in view.inner]
    facts = [*inner, f"{view.paid_h:g} h paid", ", ".join(view.skills), was if change else ""]
    start, _ = _minutes(view)
    part = [name for minute, name in _PARTS_OF_DAY if minute <= start % 1440][-1]
    breaks = " ".join(f"{segment.start:%H:%M}" for segment in view.inner if segment.activity in ("break", "lunch"))
    return Cell(view.span, breaks, "; ".join(filter(None, facts)), part, _bar(view, first_minute, last_minute), change)


def _bar(view: ShiftView, first_minute: int, last_minute: int) -> Markup:
    """The shift on the day's clock, with gaps where it breaks. Numbers only: nothing here comes from data as text."""
    start, end = _minutes(view)
    rectangles = [f'<rect class="s" x="{start - first_minute}" width="{end - start}" height="6"/>']
    for segment in view.inner:
        begin, stop = _minutes(segment, view.work_date)
        kind = "b" if segment.activity in ("break", "lunch") else "m"
        rectangles.append(f'<rect class="{kind}" x="{begin - first_minute}" width="{stop - begin}" height="6"/>')
    return Markup(  # noqa: S704 - composed of numbers
        f'<svg class="bar" viewBox="0 0 {last_minute - first_minute} 6" preserveAspectRatio="none" aria-hidden="true">'
        + "".join(rectangles)
        + "</svg>"
    )


def _groups(
    cells: Mapping[tuple[str, date], Cell],
    views: Views,
    days: Sequence[date],
    centre: Centre,
    people: People,
    version: PublishedVersion,
) -> list[dict[str, Any]]:
    """Teams in order, each with its agents' rows; an agent without a shift in the period has an empty row."""
    off = Cell("", "", "", "off", Markup(), None)
    agents = [agent for agent in people.agents if _employed(agent, days)]
    ordered = sorted(agents, key=lambda agent: (agent.team, agent.site, agent.name, agent.id))
    groups = []
    for (team, site_id), members in groupby(ordered, key=lambda agent: (agent.team, agent.site)):
        site = centre.site(site_id)
        rows = []
        for agent in members:
            paid_h = sum(views[agent.id, day].paid_h for day in days if (agent.id, day) in views)
            row = [cells.get((agent.id, day), off) for day in days]
            rows.append({"name": agent.name, "id": agent.id, "cells": row, "paid_h": f"{paid_h:g}"})
        zone = site.zone if site.zone != version.zone else ""
        groups.append({"team": team, "site": site.name or site.id, "zone": zone, "rows": rows})
    return groups


def _employed(agent: Agent, days: Sequence[date]) -> bool:
    return (agent.since is None or agent.since <= days[-1]) and (agent.until is None or agent.until >= days[0])


def _strips(
    version: PublishedVersion, coverage: pd.DataFrame | None, centre: Centre, first_minute: int, last_minute: int
) -> list[dict[str, Any]]:
    """For each day the drawing of its coverage and what lacks; empty without coverage."""
    if coverage is None or coverage.empty:
        return []
    days = day_coverages(coverage, version.first_day, version.days, version.zone, centre)
    highest = max(max(day.required.max(), day.scheduled.max()) for day in days)
    return [
        {"svg": Markup(strip_svg(day, highest, first_minute, last_minute)), "day": day}  # noqa: S704 - numbers only
        for day in days
    ]


def _figures(views: Views, strips: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """The headline figures as value and label."""
    shifts = [view for view in views.values() if not view.away]
    figures = [
        (str(len({view.agent for view in shifts})), "agents"),
        (f"{len(shifts):,}", "shifts"),
        (f"{sum(view.paid_h for view in shifts):,.0f} h", "paid"),
    ]
    if strips:
        covered: list[DayCoverage] = [strip["day"] for strip in strips]
        required = sum(day.required_h for day in covered)
        under = sum(day.under_h for day in covered)
        figures.append((f"{1 - under / required:.1%}" if required else "–", "of required hours covered"))
    return figures


def _sentences(violations: pd.DataFrame) -> list[dict[str, Any]]:
    """Hard violations first, in the words of the audit."""
    ordered = violations.sort_values("hard", ascending=False, kind="stable")
    return [{"hard": bool(hard), "text": text} for hard, text in zip(ordered["hard"], ordered["sentence"], strict=True)]
