"""What a published roster rests on: the version, the rules and targets, and the assumptions behind the requirement."""

from __future__ import annotations

import pandas as pd

from wfm.policy.centre import Centre, Queue
from wfm.policy.people import People
from wfm.publishing.version import PublishedVersion


def parameters(
    version: PublishedVersion, centre: Centre, people: People, requirement: pd.DataFrame | None
) -> list[tuple[str, str]]:
    """Name and value of everything a reader may want to check, in order."""
    rules = centre.rules
    told = [
        ("Centre", centre.centre.name),
        ("First day", version.first_day.isoformat()),
        ("Last day", version.period.last.isoformat()),
        ("Version", str(version.number)),
        ("Published", version.published_at.isoformat(timespec="minutes")),
        ("Published by", version.author),
        ("Time zone of the page", version.zone),
        ("Agents", str(len(people.agents))),
        ("Currency", centre.centre.currency),
        ("Unplanned shrinkage", f"{centre.shrinkage.unplanned:.1%}"),
        ("Daily rest", _limit(rules.daily_rest_h, "h")),
        ("Consecutive days at most", _limit(rules.max_consecutive_days, "days")),
        ("Hours a day at most", _limit(rules.max_day_h, "h")),
        ("Pay workweek starts", centre.pay.workweek_starts),
    ]
    told += [(f"Contract {contract.id}", f"{contract.hours_week:g} h a week") for contract in centre.contracts]
    told += [(f"Queue {queue.id}", _promise(queue)) for queue in centre.queues]
    told += [("Assumption", note) for note in assumption_notes(requirement, centre)]
    return told


def assumption_notes(requirement: pd.DataFrame | None, centre: Centre) -> list[str]:
    """A sentence for each queue whose handle time no data supports."""
    if requirement is None or "aht_assumed" not in requirement:
        return []
    assumed = sorted(requirement.loc[requirement["aht_assumed"].fillna(False).astype(bool), "queue"].unique())
    return [
        f"{queue}: the handle time of {centre.queue(queue).default_aht_s:g} s is assumed; no data supports it."
        for queue in assumed
    ]


def _limit(value: float | None, unit: str) -> str:
    return "no rule" if value is None else f"{value:g} {unit}"


def _promise(queue: Queue) -> str:
    """A queue's target in words: ``80% within 30 s``."""
    if queue.deadline_workdays is not None:
        days = "working day" if queue.deadline_workdays == 1 else "working days"
        return f"done within {queue.deadline_workdays} {days}"
    if queue.deferred:
        return f"done within {queue.deadline_h:g} h"
    parts = []
    if queue.target.service_level is not None:
        parts.append(f"{queue.target.service_level:.0%} within {queue.target.threshold_s:g} s")
    if queue.target.asa_s is not None:
        parts.append(f"average answer within {queue.target.asa_s:g} s")
    if queue.target.max_occupancy is not None:
        parts.append(f"occupancy at most {queue.target.max_occupancy:.0%}")
    if queue.target.min_agents:
        parts.append(f"at least {queue.target.min_agents} agents")
    return ", ".join(parts) or "no target"
