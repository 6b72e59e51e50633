"""Each team rule: without it the bad thing happens, with it the solver prevents it and the audit names it."""

from __future__ import annotations

from scheduling.audit import audit
from scheduling.roster import schedule
from wfm.tables.roster import shifts


def test_floor_minimum(centre, people, requirement, week):
    minimum = {"minimum_on_floor": [{"queue": "general", "agents": 1, "hours": "06:00-14:00"}]}
    free, ruled = centre(), centre(rules=minimum)
    staff = people(free, [{"id": "a"}, {"id": "b"}])
    need = requirement(week, (14, 22), 1.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert set(found["rule"]) == {"floor_minimum"}
    assert found["sentence"].iloc[0] == (
        "0 agents with skill general on the floor on Monday 23 November at 06:00, at least 1 needed"
    )
    assert without.terms["team_rules"] == 0
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert prevented.terms["team_rules"] == 0
    assert audit(prevented.roster, ruled, staff, week).violations.empty


def test_seats(centre, people, requirement, week):
    free = centre()
    ruled = centre(sites=[{"id": "berlin", "zone": "Europe/Berlin", "seats": 2}])
    staff = people(free, [{"id": f"a{at}"} for at in range(4)])
    need = requirement(week, (6, 14), 4.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert set(found["rule"]) == {"seats"}
    assert "seats" in found["sentence"].iloc[0]
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    assert shifts(prevented.roster).groupby("work_date").size().max() <= 2
