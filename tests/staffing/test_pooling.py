"""Queues apart, together and in between: the bounds, who shares what, crews, and what cross-training saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError, MissingError, UsageError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.queueing.priority import priority_queue
from wfm.queueing.required import required_agents
from wfm.staffing.crew import crew_of
from wfm.staffing.cross_training import COLUMNS, cross_training
from wfm.staffing.handling import with_handling
from wfm.staffing.pool import Pool, pool_of, pools_of
from wfm.staffing.pooling import bounds
from wfm.staffing.targets import Targets
from wfm.staffing.traffic import Traffic, traffic_of
from wfm.tables.forecast import FORECAST


def centre(*queues: dict[str, Any]) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": "Europe/Berlin"}],
            "queues": list(queues),
            "shrinkage": {"unplanned": 0.1, "planned": 0.2},
            "contracts": [{"id": "full", "hours_week": 40}, {"id": "half", "hours_week": 20}],
            "pay": {"grades": {"agent": "20", "senior": "26"}},
        }
    )


def queue(name: str, level: float = 0.8, threshold_s: float = 20, **more: Any) -> dict[str, Any]:
    target = {"service_level": level, "threshold_s": threshold_s, **more.pop("target", {})}
    return {"id": name, "target": target, **more}


def people(policy: Centre, *skills: str, grade: Sequence[str] = (), contract: Sequence[str] = ()) -> People:
    count = len(skills)
    agents = pd.DataFrame(
        {
            "id": [f"a{number}" for number in range(count)],
            "name": "x", "team": "t", "site": "here",
            "contract": list(contract) or ["full"] * count,
            "skills": list(skills),
            "grade": list(grade) or ["agent"] * count,
            "since": pd.NaT, "until": pd.NaT,
        }
    )  # fmt: skip
    return people_of(policy, agents)


def forecast(means: dict[str, list[float]], minutes: int = 30, **columns: Any) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "queue": name,
                "interval_start": pd.date_range(
                    "2026-11-23T08:00Z", periods=len(mean), freq=f"{minutes}min", unit="us"
                ),
                "mean": mean,
            }
        )
        for name, mean in means.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(**columns)


def traffic(policy: Centre, means: dict[str, list[float]], aht_s: float = 300.0) -> Traffic:
    handled = with_handling(FORECAST.check(forecast(means, aht_s=aht_s)), policy)
    return traffic_of(handled, pool_of(means, policy, People(())), policy)


def test_two_skills_of_twenty_erlangs() -> None:
    found = bounds(traffic(centre(queue("a"), queue("b")), {"a": [120.0], "b": [120.0]}))
    assert (found.pooled.tolist(), found.separate.tolist()) == ([46], [50])
    assert found.by_queue.tolist() == [[25, 25]]
    assert found.binding.tolist() == ["service_level"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 200), st.floats(60, 900), st.floats(0.5, 0.95), st.floats(5, 60),
                       st.integers(1, 3)), min_size=2, max_size=4),
    st.booleans(),
)  # fmt: skip
def test_together_takes_no_more_than_apart_and_no_less_than_the_load(
    given_queues: list[tuple[float, float, float, float, int]], gives_up: bool
) -> None:
    rate, aht, level, threshold, priority = (np.array(column) for column in zip(*given_queues, strict=True))
    count, nothing = len(rate), np.full((1, len(rate)), np.nan)
    found_for = Traffic(
        tuple("abcd"[:count]), pd.date_range("2026-11-23", periods=1, tz="UTC"), 30, rate[None], aht[None],
        np.full((1, count), True),
        Targets(level[None], threshold[None], nothing, nothing, nothing, np.zeros((1, count))),
        priority, np.full(count, 120.0 if gives_up else np.inf),
    )  # fmt: skip
    found = bounds(found_for)
    assert (found.pooled <= found.separate).all()
    if not gives_up:
        assert (found.pooled >= np.ceil(found_for.load.sum(axis=1) - 1e-9)).all()
    one = found_for.at(np.array([0]))
    assert bounds(one).pooled.tolist() == found.pooled.tolist()


def test_each_queue_keeps_its_own_target_where_all_wait_in_one_line() -> None:
    policy = centre(queue("quick", 0.9, 5), queue("slow", 0.95, 60))
    found = bounds(traffic(policy, {"quick": [60.0], "slow": [120.0]}))
    wanted = [
        int(required_agents(360, 300, service_level=level, threshold_s=T).agents) for level, T in ((0.9, 5), (0.95, 60))
    ]
    assert found.pooled.tolist() == [max(wanted)]
    assert found.decisive.tolist() == [wanted.index(max(wanted))]


def test_priority_lets_a_strict_target_share_with_a_lax_one() -> None:
    means = {"vip": [20.0], "general": [120.0]}
    strict = [queue("vip", 0.95, 10, priority=1), queue("general", 0.8, 20, priority=1)]
    in_line = bounds(traffic(centre(*strict), means))
    first = bounds(traffic(centre(strict[0], strict[1] | {"priority": 2}), means))
    assert first.pooled[0] < in_line.pooled[0] <= first.separate[0]
    served = priority_queue([40, 240], 300, first.pooled[0], [10, 20])
    assert (served.service_level >= [0.95, 0.8]).all()
    fewer = priority_queue([40, 240], 300, first.pooled[0] - 1, [10, 20])
    assert not (fewer.service_level >= [0.95, 0.8]).all()


def test_strictest_cap_and_largest_minimum_hold_for_all() -> None:
    capped = [queue("a", target={"max_occupancy": 0.7}), queue("b", target={"min_agents": 5})]
    found = bounds(traffic(centre(*capped), {"a": [120.0, 0.5, 0.0], "b": [120.0, 0.5, 0.0]}))
    assert found.pooled.tolist() == [54, 5, 5]  # apart, only 29 of 54 are capped
    assert bounds(
        traffic(centre(*(queue(name, target={"max_occupancy": 0.7}) for name in "ab")), {"a": [120.0], "b": [120.0]})
    ).pooled.tolist() == [58]  # 40 / 0.7
    assert found.binding.tolist() == ["separate", "minimum", "separate"]


def test_targets_hold_at_their_times() -> None:
    by_time = [{"hours": "09:30-10:00", "service_level": 0.95}]
    found = bounds(
        traffic(centre(queue("a"), queue("b", targets_by_time=by_time)), {"a": [120.0] * 3, "b": [120.0] * 3})
    )
    assert found.pooled[0] == found.pooled[2] == 46 < found.pooled[1]
    assert found.decisive.tolist() == [0, 1, 0]


def test_patience_of_every_queue_makes_it_erlang_a() -> None:
    patient, impatient = (
        bounds(traffic(centre(queue("a", **more), queue("b", **more)), {"a": [120.0], "b": [120.0]}))
        for more in ({}, {"patience_s": 60})
    )
    assert impatient.pooled[0] < patient.pooled[0]
    assert impatient.separate[0] < patient.separate[0]
    half = bounds(traffic(centre(queue("a", patience_s=60), queue("b")), {"a": [120.0], "b": [120.0]}))
    assert half.pooled.tolist() == patient.pooled.tolist()


def test_traffic_brings_intervals_of_all_lengths_onto_one_grid() -> None:
    policy = centre(queue("half", interval_min=30), queue("quarter", interval_min=15, default_aht_s=200))
    rows = pd.concat(
        [forecast({"half": [10.0, 20.0]}, aht_s=300.0, open_min=[30.0, 10.0]), forecast({"quarter": [4.0, 6.0]}, 15)],
        ignore_index=True,
    )
    found = traffic_of(
        with_handling(FORECAST.check(rows), policy), pool_of(["half", "quarter"], policy, People(())), policy
    )
    assert found.slot_min == 15
    assert found.rate_per_h.tolist() == [[20, 16], [20, 24], [120, 0], [120, 0]]
    assert found.aht_s.tolist() == [[300, 200]] * 4
    assert found.is_open.tolist() == [[True, True], [True, True], [True, False], [True, False]]
    assert found.slot_start[2] == pd.Timestamp("2026-11-23T08:30Z")


def test_pools_are_what_agents_tie_together() -> None:
    policy = centre(*(queue(name) for name in "abcde"), queue("mail", deadline_h=24))
    staff = people(policy, "a", "b+a", "c+d", "d+mail", "e+mail", "b", contract=["full", "half"] + ["full"] * 4)
    first, second = pools_of(policy, staff)
    assert (first.queues, second.queues) == (("a", "b"), ("c", "d"))
    assert first.share == {frozenset("a"): 0.4, frozenset("b"): 0.4, frozenset("ab"): 0.2}
    assert first.flexible == 0.2
    assert second.share == {frozenset("d"): 0.5, frozenset("cd"): 0.5}
    chained = pools_of(policy, people(policy, "a+b", "b+c", "c+e"))
    assert [pool.name for pool in chained] == ["a+b+c+e"]
    assert pools_of(policy, people(policy, "a", "b+mail")) == ()


def test_pools_named_wrongly_are_refused() -> None:
    policy = centre(queue("a"), queue("b"), queue("mail", deadline_h=24))
    for names, error in ((["a", "z"], MissingError), (["a", "mail"], InputError), (["a"], UsageError)):
        with pytest.raises(error):
            pool_of(names, policy, People(()))
    assert pool_of(["b", "a"], policy, People(())) == Pool(("a", "b"), {})


@given(
    st.integers(1, 80), st.lists(st.floats(0, 30), min_size=3, max_size=3).filter(lambda needs: sum(needs) > 0.1),
    st.dictionaries(st.sampled_from([frozenset("ab"), frozenset("bc"), frozenset("abc"), frozenset("a")]),
                    st.floats(0, 1), max_size=4).filter(lambda share: sum(share.values()) <= 1),
)  # fmt: skip
def test_a_crew_adds_up(agents: int, needs: list[float], share: dict[frozenset[str], float]) -> None:
    crew = crew_of(agents, ("a", "b", "c"), np.array(needs), share)
    assert crew.count.sum() == agents
    assert (crew.count >= 0).all()
    for count, serves in zip(crew.count, crew.serves, strict=True):
        skills = frozenset(np.array(list("abc"))[serves])
        if len(skills) > 1:
            assert count <= agents * share[skills] + 1


def test_a_crew_of_separate_size_without_flexible_agents_is_separate_teams() -> None:
    crew = crew_of(15, ("a", "b", "c"), np.array([4.0, 10.0, 1.0]), {frozenset("a"): 0.9})
    assert crew.count.tolist() == [4, 10, 1]
    assert crew.moved(1, 2).single.tolist() == [4, 9, 2]
    # Three in four serve a and b, which need only one in two: no more of them than that.
    crew = crew_of(20, ("a", "b", "c"), np.array([5.0, 5.0, 10.0]), {frozenset("ab"): 0.75})
    assert crew.count.tolist() == [10, 0, 0, 10]


def test_cross_training_counts_hours_rates_and_both_shrinkages() -> None:
    policy = centre(queue("a"), queue("b"))
    staff = people(policy, "a", "b", "a+b", "a+b", grade=["agent", "agent", "senior", "agent"],
                   contract=["full", "full", "half", "full"])  # fmt: skip
    pool = pool_of("ab", policy, staff)
    work = traffic(policy, {"a": [120.0, 0.0], "b": [120.0, 0.0]})
    table = cross_training(pool, work, bounds(work), policy, staff, {"now": (0.5, 0.75)})
    assert list(table.columns) == list(COLUMNS)
    assert table["design"].tolist() == ["separate", "now", "pooled"]
    assert table["agent_hours"].tolist() == [25, 23.5, 23]
    assert table["peak_agents"].tolist() == [50, 47, 46]
    assert table["hourly_rate"].tolist() == [20, 21, 22]  # (20 h at 26 + 40 h at 20) / 60 h = 22
    assert table["cost"].tolist() == pytest.approx([25 * 20 / 0.72, 23.5 * 21 / 0.72, 23 * 22 / 0.72])
    assert table["saving"].tolist() == pytest.approx([0, 6.5 / 0.72, -6 / 0.72])


def test_cross_training_of_people_not_there_yet() -> None:
    policy = centre(queue("a"), queue("b"))
    work = traffic(policy, {"a": [120.0], "b": [120.0]})
    nobody = cross_training(pool_of("ab", policy, People(())), work, bounds(work), policy, People(()), {})
    assert nobody["agent_hours"].tolist() == [25, 23]
    assert nobody["cost"].isna().all()
    single = people(policy, "a", "b")
    table = cross_training(pool_of("ab", policy, single), work, bounds(work), policy, single, {})
    assert table["hourly_rate"].tolist() == [20, 20]
