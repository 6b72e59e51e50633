"""The event loop: routing, conservation, and nobody doing what he can't."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.simulation.contacts import Contacts, draw_contacts
from wfm.simulation.floor import Demand, Floor, Presence, Queues
from wfm.simulation.service import ABANDONED, SERVED, WAITING, serve

HOUR = 3600.0


def contacts(*rows: tuple[int, float, float], queues: Queues, leaves_s: float = np.inf) -> Contacts:
    """Contacts as (queue, arrived_s, handle_s)."""
    queue, arrived, handle = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    number = queue.astype(np.int64)
    return Contacts(
        number, np.zeros_like(number), arrived, handle, np.full(len(rows), leaves_s),
        arrived + queues.deadline_s[number],
    )  # fmt: skip


@pytest.fixture
def nothing(make: SimpleNamespace) -> Demand:
    return make.demand((0, 0, 1, 0, 1))


def run(nothing: Demand, queues: Queues, presence: Presence, given: Contacts, horizon_s: float = 1000.0):
    return serve(Floor(nothing, queues, presence, horizon_s), given)


def test_longest_idle_agent_takes_the_contact(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues()
    presence = make.shifts((0, 5, 900, (1,)), (1, 0, 900, (1,)))
    # Agent 1 came first; then agent 0 has been idle for longer; then agent 1, who finished before.
    found = run(nothing, queues, presence, contacts((0, 10, 30), (0, 20, 30), (0, 60, 10), queues=queues))
    assert presence.agent[found.period].tolist() == [1, 0, 1]


def test_priority_then_longest_waiting_then_deferred_by_due(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues(4, priority=(2, 1, 1, 1), deadline_s=(np.nan, np.nan, 900.0, 500.0))
    presence = make.shifts((0, 100, 900, (1, 1, 1, 1)))
    given = contacts(
        (2, 10, 10), (3, 20, 10), (0, 30, 10), (0, 40, 10), (1, 50, 10), (1, 60, 10), queues=queues
    )  # fmt: skip
    found = run(nothing, queues, presence, given)
    order = np.argsort(given.arrived_s + found.waited_s)
    assert order.tolist() == [4, 5, 2, 3, 1, 0]


def test_nothing_is_interrupted_and_a_contact_in_hand_is_finished(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues(2, priority=(5, 1))
    presence = make.shifts((0, 0, 100, (1, 1)))
    found = run(nothing, queues, presence, contacts((0, 50, 80), (1, 60, 10), queues=queues))
    assert found.served_s[0] == 80  # until 130, beyond the period's end
    assert found.outcome.tolist() == [SERVED, WAITING]
    assert found.waited_s[1] == 1000 - 60


def test_after_a_break_the_agent_takes_whoever_waits(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues()
    presence = make.shifts((0, 0, 100, (1,)), (0, 200, 900, (1,)))
    found = run(nothing, queues, presence, contacts((0, 120, 10), queues=queues))
    assert found.waited_s.tolist() == [80]
    assert found.period.tolist() == [1]


def test_a_new_segment_may_bring_other_skills(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues(2)
    presence = make.shifts((0, 0, 100, (1, 0)), (0, 100, 900, (0, 1)))
    found = run(nothing, queues, presence, contacts((1, 10, 10), (0, 20, 10), (0, 150, 10), queues=queues))
    assert found.outcome.tolist() == [SERVED, SERVED, WAITING]
    assert found.waited_s[:2].tolist() == [90, 0]


def test_who_gives_up_is_not_served(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues()
    presence = make.shifts((0, 100, 900, (1,)))
    given = contacts((0, 10, 10), (0, 40, 10), queues=queues)
    given.leaves_s[:] = [50, 500]
    found = run(nothing, queues, presence, given)
    assert found.outcome.tolist() == [ABANDONED, SERVED]
    assert found.waited_s.tolist() == [40, 60]


def test_proficiency_stretches_the_handling_time(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues()
    found = run(nothing, queues, make.shifts((0, 0, 900, (0.5,))), contacts((0, 10, 30), queues=queues))
    assert found.served_s.tolist() == [60]


def test_nobody_on_the_floor(make: SimpleNamespace, nothing: Demand) -> None:
    queues = make.queues()
    nobody = np.array([], np.int64)
    presence = Presence((), nobody, np.array([]), np.array([]), np.zeros((0, 1)), nobody)
    found = run(nothing, queues, presence, contacts((0, 10, 30), queues=queues))
    assert found.outcome.tolist() == [WAITING]


@st.composite
def floors(draw: st.DrawFn) -> Floor:
    """Several queues, mixed skills, broken shifts, patience and deadlines."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(1, 4))
    agents = draw(st.integers(1, 8))
    horizon = 4 * HOUR
    names = tuple(f"queue {number}" for number in range(count))
    deadline = np.where(rng.random(count) < 0.3, rng.uniform(600, 7200, count), np.nan)
    patience = np.where(rng.random(count) < 0.5, rng.uniform(30, 600, count), np.inf)
    queues = Queues(names, np.full(count, 20.0), rng.integers(1, 3, count), patience, deadline)
    periods = []
    for agent in range(agents):
        cuts = np.sort(rng.uniform(0, horizon, 6))
        cuts[2] = cuts[1]  # two periods follow at once
        for start, end in cuts.reshape(3, 2):
            speed = np.where(rng.random(count) < 0.6, rng.uniform(0.5, 1, count), 0.0)
            periods.append((agent, start, end, speed))
    agent, start, end, speed = zip(*periods, strict=True)
    presence = Presence(
        tuple(f"agent {n}" for n in range(agents)),
        np.array(agent),
        np.array(start),
        np.array(end),
        np.array(speed),
        np.array(agent),
    )
    starts = np.tile([0.0, 2 * HOUR], count)
    stretches = len(starts)
    demand = Demand(
        queue=np.repeat(np.arange(count), 2),
        start_s=starts,
        end_s=starts + 2 * HOUR,
        mean=rng.uniform(0, 60, stretches),
        aht_s=rng.uniform(30, 900, stretches),
        day=np.zeros(stretches, np.int64),
        gone_s=np.where(rng.random(stretches) < 0.5, starts + 2 * HOUR, np.inf),
    )
    return Floor(demand, queues, presence, horizon)


@settings(deadline=None, max_examples=150)
@given(floors(), st.integers(0, 1000))
def test_what_always_holds(floor: Floor, seed: int) -> None:
    given = draw_contacts(floor, np.random.default_rng(seed))
    found = serve(floor, given)
    presence = floor.presence
    served = found.outcome == SERVED
    # Offered = served + abandoned + still waiting, and each is told apart by its record.
    assert np.isin(found.outcome, [SERVED, ABANDONED, WAITING]).all()
    assert (served == (found.period >= 0)).all()
    assert (np.isnan(found.served_s) == ~served).all()
    assert (found.waited_s >= 0).all()
    # Served contacts: in an on-floor period, with the skill, before patience ran out.
    start = given.arrived_s[served] + found.waited_s[served]
    period = found.period[served]
    rounding = 1e-6
    assert (start >= presence.start_s[period] - rounding).all()
    assert (start < presence.end_s[period] + rounding).all()
    assert (presence.speed[period, given.queue[served]] > 0).all()
    assert (start <= given.leaves_s[served] + rounding).all()
    # Abandoned: exactly at the end of patience, before the horizon.
    gone = found.outcome == ABANDONED
    assert found.waited_s[gone] == pytest.approx((given.leaves_s - given.arrived_s)[gone])
    assert (given.leaves_s[gone] < floor.horizon_s).all()
    # Nobody serves two at once.
    agent, end = presence.agent[period], start + found.served_s[served]
    order = np.lexsort((start, agent))
    same = agent[order][1:] == agent[order][:-1]
    assert (start[order][1:][same] >= end[order][:-1][same] - rounding).all()
    # First come, first served within a queue, of those who were taken by agents with one and the same skills.
    for queue in range(len(floor.queues.names)):
        if (presence.speed[:, queue] > 0).all():
            own = given.queue[served] == queue
            assert (np.diff(start[own]) >= -rounding).all()


@settings(deadline=None, max_examples=60)
@given(floors(), st.integers(0, 1000))
def test_nobody_waits_while_someone_who_could_serve_is_idle(floor: Floor, seed: int) -> None:
    given = draw_contacts(floor, np.random.default_rng(seed))
    found = serve(floor, given)
    presence, taken = floor.presence, found.period >= 0
    starts = np.where(taken, given.arrived_s + found.waited_s, np.nan)
    ends = starts + found.served_s
    for contact in np.flatnonzero(found.waited_s > 1.0):
        moment = given.arrived_s[contact] + found.waited_s[contact] / 2
        on_floor = (presence.start_s <= moment) & (moment < presence.end_s)
        able = set(presence.agent[on_floor & (presence.speed[:, given.queue[contact]] > 0)])
        at_work = set(presence.agent[found.period[taken & (starts <= moment) & (moment < ends)]])
        assert able <= at_work
