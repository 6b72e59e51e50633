"""The sample centre as a workspace of its own, ready to plan."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from wfm.sample.centre import sample_centre
from wfm.store.workspace import POLICY_FILE, Workspace, create_workspace, open_workspace

LAST_DAY = date(2026, 11, 22)
"""The Sunday on which the sample's history ends; fixed, so that every demo is the same."""


def sample_workspace(folder: Path, *, agents: int = 80, seed: int = 7) -> tuple[Workspace, str]:
    """Make the sample centre in ``folder``; returns its workspace and the first day of the week to plan."""
    sample = sample_centre(seed, agents=agents, last_day=LAST_DAY)
    create_workspace(folder, {POLICY_FILE: sample.policy_text})
    place = open_workspace(folder)
    place.store.write_history(sample.history)
    first_history = sample.history["interval_start"].min().date()
    for kind in ("agents", "availability", "time_off", "preferences"):
        place.store.write_people(kind, getattr(sample, kind), first_history)
    return place, (LAST_DAY + timedelta(days=1)).isoformat()
