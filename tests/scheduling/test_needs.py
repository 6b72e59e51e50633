"""Needs of several prices against a linear programme over flows, and the prices of the policy hour by hour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scheduling.problem.cover import met
from scheduling.problem.needs import Needs, layers_of
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from wfm.errors import InputError

PRICES = [-4.0, -1.0, 2.0, 5.0, 5.5, 9.0]
UNSORTED = [{"up_to": 0.3, "price": 1}, {"up_to": 0.2, "price": 2}, {"price": 3}]


def dearest_flow(supply, serves, needs, over):
    """The most that agents of one cell can be worth, over all ways to send them to steps of need."""
    pairs = [(s, k) for s in range(len(supply)) for k, q in enumerate(needs.queue) if serves[s, q]]
    if not pairs:
        return 0.0
    rows, limits = [], []
    for s, amount in enumerate(supply):
        rows.append([float(pair[0] == s) for pair in pairs])
        limits.append(amount)
    for k in range(len(needs.queue)):
        rows.append([float(pair[1] == k) for pair in pairs])
        limits.append(needs.amount[k, 0])
    worth = [-(needs.price[k, 0] + over) for _, k in pairs]
    return -linprog(worth, A_ub=rows, b_ub=limits, bounds=(0, None)).fun


@st.composite
def cells(draw):
    sets, queues, steps = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 6))
    amounts = st.floats(0, 4).map(lambda value: round(value, 2))
    serves = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=queues, max_size=queues), min_size=sets, max_size=sets))
    )
    needs = Needs(
        queue=np.array(draw(st.lists(st.integers(0, queues - 1), min_size=steps, max_size=steps)), dtype=np.int64),
        amount=np.array(draw(st.lists(amounts, min_size=steps, max_size=steps)))[:, None],
        price=np.array(draw(st.lists(st.sampled_from(PRICES), min_size=steps, max_size=steps)))[:, None],
    )  # fmt: skip
    return np.array(draw(st.lists(amounts, min_size=sets, max_size=sets))), serves, needs


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from([0.0, 1.0, 4.0]))
def test_layers_are_worth_what_the_best_flow_is_worth(cell, over):
    supply, serves, needs = cell
    layers = layers_of(needs, serves.shape[1], np.array([over]))
    worth = [layer.gain[0] * met(supply[:, None], layer.demand, serves)[0] for layer in layers]
    assert sum(worth) == pytest.approx(dearest_flow(supply, serves, needs, over), abs=1e-6)
    wider = supply + 2.0 * (np.arange(len(supply)) == 0)
    worth = [layer.gain[0] * met(wider[:, None], layer.demand, serves)[0] for layer in layers]
    assert sum(worth) == pytest.approx(dearest_flow(wider, serves, needs, over), abs=1e-6)


def vip_centre(centre, **prices):
    return centre(queues=[{"id": "general"}, {"id": "vip"}], prices={"overstaffing": 4, **prices})


def test_a_price_alone_is_one_layer(centre, people, requirement, week):
    policy = vip_centre(centre)
    problem = problem_of(requirement(week, (6, 14), 2.0), policy, people(policy, [{"id": "a"}]), week)
    assert len(problem.layers) == 1


def test_the_first_missing_are_cheaper_at_some_hours(centre, people, requirement, week):
    steps = [{"up_to": 0.25, "price": 8}, {"price": 100}]
    own = {"queue": "general", "hours": "06:00-10:00", "weekdays": ["monday"], "understaffing": steps}
    policy = vip_centre(centre, queues=[own])
    problem = problem_of(requirement(week, (6, 14), 2.0), policy, people(policy, [{"id": "a"}]), week)
    # Monday 06:00 and 10:00: two agents in half an hour are four agent-quarters, of which one at a quarter's 8 / 4.
    early, late = 12, 20
    told = sorted(zip(problem.needs.price[:, early], problem.needs.amount[:, early], strict=True))
    assert [pair for pair in told if pair[1]] == [(2.0, 1.0), (25.0, 3.0)]
    told = sorted(zip(problem.needs.price[:, late], problem.needs.amount[:, late], strict=True))
    assert [pair for pair in told if pair[1]] == [(10.0, 4.0)]


def test_the_dear_queue_is_served_first(centre, people, requirement, week):
    def shifts_short(dear):
        policy = vip_centre(centre, queues=[{"queue": dear, "understaffing": 400}])
        staff = people(policy, [{"id": "a", "skills": "general+vip"}])
        need = pd.concat([requirement(week, (6, 14), 1.0, "vip"), requirement(week, (14, 22), 1.0, "general")])
        solved = schedule(need, policy, staff, week, seconds=1)
        assert solved.bound <= solved.objective + 1e-6
        return (-solved.coverage["gap"]).clip(lower=0).groupby(solved.coverage["queue"]).sum() / 16

    # One agent has five shifts for fourteen that are needed, seven of each queue.
    assert shifts_short("vip").to_dict() == pytest.approx({"vip": 2, "general": 7})
    assert shifts_short("general").to_dict() == pytest.approx({"vip": 7, "general": 2})


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"queue": "fax", "understaffing": 3}, "names queue fax"),
        ({"queue": "vip", "understaffing": [{"up_to": 0.1, "price": 9}, {"price": 3}]}, "prices must rise"),
        ({"queue": "vip", "understaffing": [{"price": 9}, {"price": 30}]}, "every step but the last has up_to"),
        ({"queue": "vip", "overstaffing": UNSORTED}, "order"),
        ({"queue": "vip", "understaffing": 0}, "no need"),
        ({"queue": "vip", "understaffing": [{"up_to": 1.2, "price": 1}, {"price": 3}]}, "below 1"),
    ],
)  # fmt: skip
def test_prices_that_make_no_sense_are_refused(entry, told, centre):
    with pytest.raises(InputError, match=told):
        vip_centre(centre, queues=[entry])


def test_who_is_slower_delivers_less(centre, people, requirement, week):
    policy = centre(prices={"overstaffing": 4})
    need = requirement(week, (6, 14), 1.6)
    by_speed = {}
    for skills in ("general", "general:0.8"):
        solved = schedule(
            need, policy, people(policy, [{"id": f"a{at}", "skills": skills} for at in range(3)]), week, seconds=1
        )
        assert solved.bound <= solved.objective + 1e-6
        by_speed[skills] = solved.coverage["scheduled"].max()
    # Two agents of 0.8 are the 1.6 that are needed; of full speed two are 0.4 too many: less than 0.6 short.
    assert by_speed == pytest.approx({"general": 2.0, "general:0.8": 1.6})
