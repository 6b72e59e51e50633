"""The run itself: a compiled discrete-event loop that gives every contact its agent, start and outcome.

Routing. A contact goes to the agent who has been idle longest among those on the floor with the skill. An agent who
becomes free takes, of the queues he serves: interactive contacts before deferred work; of interactive ones the highest
priority, then the longest waiting; of deferred work the earliest due. Nothing is interrupted: an agent whose period
ends finishes the contact in hand and takes no other.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel
from wfm.simulation.contacts import Contacts
from wfm.simulation.floor import FloatArray, Floor, IntArray

SERVED, ABANDONED, WAITING = 0, 1, 2
NOBODY = -1

BoolArray = NDArray[np.bool_]
Heap = list[tuple[float, int]]


@dataclass(frozen=True)
class Service:
    """What became of each contact, in the order of Contacts.

    ``period`` is the row of Presence in which it was taken, -1 if nobody took it; ``waited_s`` the time to the answer,
    to giving up, or to the horizon; ``served_s`` NaN unless served; ``outcome`` SERVED, ABANDONED or WAITING.
    """

    period: IntArray
    waited_s: FloatArray
    served_s: FloatArray
    outcome: NDArray[np.int8]


class _Given(NamedTuple):
    """What the loop reads: contacts in order of arrival, periods in order of agent and start, queues."""

    queue: IntArray
    arrived: FloatArray
    handle: FloatArray
    leaves: FloatArray
    due: FloatArray
    agent: IntArray
    start: FloatArray
    end: FloatArray
    speed: FloatArray
    deferred: BoolArray
    priority: IntArray


class _State(NamedTuple):
    """What the loop writes.

    A queue's waiting list is linked in order of arrival: ``behind[c]`` is the next contact after c. Contacts that gave
    up stay linked until somebody would take them, since their leaving changes nothing for the others.
    """

    period_of: IntArray  # by contact: the period in which it was taken
    started: FloatArray  # by contact
    behind: IntArray  # by contact
    head: IntArray  # by queue
    tail: IntArray  # by queue
    current: IntArray  # by agent: the period he is in, or was in last
    idle_since: FloatArray  # by agent; infinite when busy or gone
    busy: BoolArray  # by agent


def serve(floor: Floor, contacts: Contacts) -> Service:
    """Run the floor over the contacts. Contacts taken before the horizon are served to their end."""
    presence, queues = floor.presence, floor.queues
    # Copies: an array that pandas handed out is read-only, which to the compiler is another type to compile for.
    given = _Given(
        queue=np.array(contacts.queue),
        arrived=np.array(contacts.arrived_s),
        handle=np.array(contacts.handle_s),
        leaves=np.array(contacts.leaves_s),
        due=np.array(contacts.due_s),
        agent=np.array(presence.agent),
        start=np.array(presence.start_s),
        end=np.array(presence.end_s),
        speed=np.array(presence.speed, order="C"),
        deferred=~np.isnan(queues.deadline_s),
        priority=np.array(queues.priority),
    )
    order_of_periods = np.argsort(presence.start_s, kind="stable")
    state = _State(
        period_of=np.full(contacts.queue.size, NOBODY),
        started=np.full(contacts.queue.size, np.nan),
        behind=np.full(contacts.queue.size, NOBODY),
        head=np.full(len(queues.names), NOBODY),
        tail=np.full(len(queues.names), NOBODY),
        current=np.full(len(presence.names), NOBODY),
        idle_since=np.full(len(presence.names), np.inf),
        busy=np.zeros(len(presence.names), np.bool_),
    )
    _run(given, state, order_of_periods, floor.horizon_s)
    return _service(floor, contacts, state.period_of, state.started)


def _service(floor: Floor, contacts: Contacts, period: IntArray, started: FloatArray) -> Service:
    taken = period != NOBODY
    speed = np.ones(period.size)
    speed[taken] = floor.presence.speed[period[taken], contacts.queue[taken]]
    left = ~taken & (contacts.leaves_s < floor.horizon_s)
    wait_ends = np.where(taken, started, np.where(left, contacts.leaves_s, floor.horizon_s))
    return Service(
        period=period,
        waited_s=np.maximum(wait_ends - contacts.arrived_s, 0.0),
        served_s=np.where(taken, contacts.handle_s / speed, np.nan),
        outcome=np.where(taken, SERVED, np.where(left, ABANDONED, WAITING)).astype(np.int8),
    )


@kernel
def _run(given: _Given, state: _State, order_of_periods: IntArray, horizon: float) -> None:
    done = [(np.inf, -1)]  # heap of (moment, agent); the sentinel never comes up
    contact, position = 0, 0
    while True:
        arrival = given.arrived[contact] if contact < given.arrived.size else np.inf
        coming = given.start[order_of_periods[position]] if position < order_of_periods.size else np.inf
        now = min(done[0][0], coming, arrival)
        if not now < horizon:
            return
        # At one moment: first who finishes, then who comes on the floor, then the contact that arrives.
        if done[0][0] == now:
            agent = heapq.heappop(done)[1]
            state.busy[agent] = False
            _look_for_work(given, state, agent, now, done)
        elif coming == now:
            agent = _enter(given, state, order_of_periods[position], now)
            position += 1
            if not state.busy[agent]:
                _look_for_work(given, state, agent, now, done)
        else:
            agent = _longest_idle(given, state, given.queue[contact], now)
            if agent >= 0:
                _take(given, state, contact, agent, now, done)
            else:
                _wait(given, state, contact)
            contact += 1


@kernel
def _enter(given: _Given, state: _State, period: int, now: float) -> int:
    """The agent begins a period; one who was idle until this very moment keeps his place among the idle."""
    agent = int(given.agent[period])
    last = state.current[agent]
    state.current[agent] = period
    if last >= 0 and given.end[last] < now:
        state.idle_since[agent] = np.inf
    return agent


@kernel
def _longest_idle(given: _Given, state: _State, queue: int, now: float) -> int:
    best, since = -1, np.inf
    for agent in range(state.current.size):
        if state.idle_since[agent] < since:
            period = state.current[agent]
            if given.end[period] > now and given.speed[period, queue] > 0:
                best, since = agent, state.idle_since[agent]
    return best


@kernel
def _wait(given: _Given, state: _State, contact: int) -> None:
    queue = given.queue[contact]
    if state.head[queue] < 0:
        state.head[queue] = contact
    else:
        state.behind[state.tail[queue]] = contact
    state.tail[queue] = contact


@kernel
def _look_for_work(given: _Given, state: _State, agent: int, now: float, done: Heap) -> None:
    period = state.current[agent]
    if not now < given.end[period]:
        state.idle_since[agent] = np.inf
        return
    contact = _next_in_line(given, state, period, now)
    if contact < 0:
        state.idle_since[agent] = min(state.idle_since[agent], now)
        return
    queue = given.queue[contact]
    state.head[queue] = state.behind[contact]
    _take(given, state, contact, agent, now, done)


@kernel
def _next_in_line(given: _Given, state: _State, period: int, now: float) -> int:
    best = -1
    for queue in range(state.head.size):
        if given.speed[period, queue] <= 0:
            continue
        contact = state.head[queue]
        while contact >= 0 and given.leaves[contact] <= now:
            contact = state.behind[contact]
        state.head[queue] = contact
        if contact >= 0 and (best < 0 or _goes_before(given, contact, best)):
            best = contact
    return best


@kernel
def _goes_before(given: _Given, one: int, other: int) -> bool:
    queue, others = given.queue[one], given.queue[other]
    if given.deferred[queue] != given.deferred[others]:
        return bool(given.deferred[others])
    if given.deferred[queue]:
        return bool(given.due[one] < given.due[other])
    if given.priority[queue] != given.priority[others]:
        return bool(given.priority[queue] < given.priority[others])
    return bool(given.arrived[one] < given.arrived[other])


@kernel
def _take(given: _Given, state: _State, contact: int, agent: int, now: float, done: Heap) -> None:
    period = state.current[agent]
    state.busy[agent] = True
    state.idle_since[agent] = np.inf
    state.period_of[contact] = period
    state.started[contact] = now
    heapq.heappush(done, (now + given.handle[contact] / given.speed[period, given.queue[contact]], agent))
