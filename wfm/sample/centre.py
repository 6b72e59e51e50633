"""The sample centre as a whole: its policy, two years of history, and its people."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from string import Template

import numpy as np
import pandas as pd

from wfm.errors import UsageError
from wfm.policy.load import policy_of
from wfm.sample.history import history_of
from wfm.sample.occasions import occasions
from wfm.sample.people import agents_of, availability_of, preferences_of, time_off_of
from wfm.shipped import shipped

DAYS = 728
"""Two years of whole weeks."""

_AGENTS = 80
_SEATS = {"seats_chengdu": 28, "seats_hefei": 20}


@dataclass(frozen=True)
class Sample:
    """What a centre brings to its workspace. The frames are in the contracts of ``wfm.tables``."""

    policy_text: str
    history: pd.DataFrame
    agents: pd.DataFrame
    availability: pd.DataFrame
    time_off: pd.DataFrame
    preferences: pd.DataFrame


def sample_centre(seed: int = 7, *, agents: int = _AGENTS, last_day: date = date(2026, 11, 22)) -> Sample:
    """A telecom operator's customer service in two Chinese cities, with two years of half-hours behind it.

    Voice queues (general and faults around the clock, key accounts by day), chat, call-backs due in 4 h and complaint
    work orders due in 24 and 72 h. History has a trend, weekly and yearly seasons, billing days, holidays with their
    make-up workdays, campaigns (one more begins five days after ``last_day``), an outage, and more spread than
    Poisson. Everything is made up. The same arguments give the same centre to the last digit.

    Args:
        seed: of all that is left to chance.
        agents: how many there are; volumes and seats go with them, so that they are just about enough.
        last_day: the last local day of history; a Sunday gives whole weeks.

    Raises:
        UsageError: no agents.

    >>> sample = sample_centre(last_day=date(2026, 11, 22))
    >>> sorted(sample.history["queue"].unique())
    ['callback', 'chat', 'complaint_24h', 'complaint_72h', 'faults', 'general', 'vip']
    """
    if agents < 1:
        raise UsageError("a centre needs agents", found=agents, expected="1 or more")
    happened = occasions(last_day)
    policy_text = _policy_text(agents / _AGENTS, "\n".join(occasion.toml() for occasion in happened))
    centre = policy_of(tomllib.loads(policy_text), source="the sample's wfm.toml")
    # One stream for each part: more agents do not change the order of anything else.
    contacts, people = (np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(2))
    first = last_day - timedelta(days=DAYS - 1)
    roll = agents_of(agents, last_day, people)
    return Sample(
        policy_text=policy_text,
        history=history_of(centre, first, DAYS, happened, agents / _AGENTS, contacts),
        agents=roll,
        availability=availability_of(roll, people),
        time_off=time_off_of(roll, last_day, people),
        preferences=preferences_of(roll, people),
    )


def _policy_text(scale: float, events: str) -> str:
    template = Template(shipped("sample/wfm.toml.template").read_text(encoding="utf-8"))
    seats = {name: math.ceil(count * scale) for name, count in _SEATS.items()}
    return template.substitute(seats, events=events.rstrip())
