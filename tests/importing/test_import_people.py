"""People and plans: every reference is looked up, and named by its row where it leads nowhere."""

from __future__ import annotations

import pandas as pd
import pytest

from wfm.errors import InputError
from wfm.importing.people import import_people
from wfm.importing.plan import import_plan
from wfm.policy.people import people_of

AGENTS = (
    "id,name,team,site,contract,skills,grade,since,until\n"
    "a1,Ada,red,main,full,general+vip:0.8,agent,2020-01-01,\n"
    "a2,王芳,red,main,full,general,agent,,\n"
)


def test_agents_are_read(centre, table):
    done = import_people("agents", table(AGENTS), centre, source="agents.csv")
    assert done.table["name"].tolist() == ["Ada", "王芳"]
    assert people_of(centre, done.table).agent("a1").skills == {"general": 1.0, "vip": 0.8}
    assert str(done.report) == "agents.csv: 2 rows read, 2 kept"


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ("red,main,full,general,", "red,moon,full,general,", "unknown site", "row 3, column site"),
        ("main,full,general,", "main,half,general,", "unknown contract", "row 3, column contract"),
        ("general,agent", "general,boss", "unknown grade", "row 3, column grade"),
        ("full,general,", "full,general+sales,", "unknown queue", "row 3, column skills"),
        ("vip:0.8", "vip:1.8", "cannot read the skills", "row 2, column skills"),
        ("a2,", "a1,", "the same row twice", "row 3"),
        ("a2,", ",", "a value is missing", "row 3, column id"),
        ("2020-01-01,\n", "2020-01-01,2019-01-01\n", "ends before it begins", "row 2, column until"),
        ("2020-01-01", "1.1.2020", "not a day", "row 2, column since"),
        (",since", ",hired", "unknown column", "column hired"),
        (",contract", ",deal", "column is missing", "column contract"),
    ],
)
def test_a_wrong_agent_is_refused(centre, table, old, new, what, where):
    with pytest.raises(InputError, match=what) as refusal:
        import_people("agents", table(AGENTS.replace(old, new, 1)), centre, source="agents.csv")
    assert where in str(refusal.value.where)
    assert str(refusal.value.where).startswith("agents.csv")


@pytest.mark.parametrize(
    ("kind", "text", "what", "where"),
    [
        ("availability", "agent,weekday,start,end\na9,monday,08:00,12:00\n", "unknown agent", "row 2, column agent"),
        ("availability", "agent,weekday,start,end\na1,monday,8 am,12:00\n", "not a time of day", "row 2, column start"),
        ("availability", "agent,weekday,start,end\na1,mon,08:00,12:00\n", "unknown value", "row 2, column weekday"),
        (
            "time_off",
            "agent,first_day,last_day,kind,paid\na1,2026-12-02,2026-12-01,leave,true\n",
            "ends before",
            "row 2",
        ),
        (
            "time_off",
            "agent,first_day,last_day,kind,paid\na1,2026-12-05,2026-12-06,leave,yes\na1,2026-12-01,2026-12-05,sick,no\n",
            "two absences of one agent overlap",
            "row 2, column first_day",
        ),
        (
            "time_off",
            "agent,first_day,last_day,kind,paid\na1,2026-12-01,2026-12-01,holiday,true\n",
            "unknown value",
            "row 2",
        ),
        (
            "time_off",
            "agent,first_day,last_day,kind,paid\na1,2026-12-01,2026-12-01,leave,maybe\n",
            "not true or false",
            "row 2",
        ),
        ("preferences", "agent,weekday,wish,weight\na1,monday,off,-1\n", "out of bounds", "row 2, column weight"),
        ("preferences", "agent,weekday,wish\na1,monday,off\na1,monday,late\n", "two wishes", "row 2"),
        ("preferences", "agent,day,wish\na1,2026-12-24,off\na1,2026-12-24,on\n", "two wishes", "row 2, column wish"),
        ("preferences", "agent,weekday,day,wish\na1,monday,2026-12-24,off\n", "a weekday and for a day", "column day"),
        ("preferences", "agent,wish\na1,off\n", "a wish for no day", "row 2, column weekday"),
        ("preferences", "agent,day,wish\na1,24.12.2026,off\n", "not a day", "row 2, column day"),
        (
            "preferences",
            "agent,day,wish,template\na1,2026-12-24,on,brunch\n",
            "unknown shift template",
            "row 2, column template",
        ),
        (
            "preferences",
            "agent,day,wish,template\na1,2026-12-24,early,brunch\n",
            "no wish for a shift template",
            "row 2, column template",
        ),
    ],
)
def test_a_wrong_row_about_an_agent_is_refused(centre, table, kind, text, what, where):
    agents = import_people("agents", table(AGENTS), centre).table
    with pytest.raises(InputError, match=what) as refusal:
        import_people(kind, table(text), centre, source="f.csv", agents=agents)
    assert where in str(refusal.value.where)


ROSTER = (
    "agent,start,end,work_date,activity,skill_set,paid\n"
    "a1,2026-11-23T08:00,2026-11-23T12:00,2026-11-23,work,general+vip,true\n"
    "a1,2026-11-23T12:00,2026-11-23T12:30,2026-11-23,lunch,,false\n"
)


def test_a_planners_own_roster_is_read_in_local_time(centre, table):
    people = people_of(centre, import_people("agents", table(AGENTS), centre).table)
    roster = import_plan("roster", table(ROSTER), centre, people, zone="Europe/Berlin").table
    assert roster["start"].tolist() == [pd.Timestamp("2026-11-23T07:00Z"), pd.Timestamp("2026-11-23T11:00Z")]
    assert roster["paid"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ("a1,2026-11-23T12:00", "a7,2026-11-23T12:00", "unknown agent", "row 3"),
        ("a1,2026-11-23T12:00", "a1,2026-11-23T11:45", "two segments of one agent overlap", "row 3, column start"),
        ("2026-11-23T12:30", "2026-11-23T12:00", "a segment ends before it begins", "row 3, column end"),
        ("general+vip", "general+sales", "unknown queue in the skill set", "row 2"),
        ("lunch", "siesta", "unknown value", "row 3, column activity"),
        ("2026-11-23T08:00", "2026-10-25T02:30", "showed twice", "row 2, column start"),
    ],
)
def test_a_wrong_roster_is_refused(centre, table, old, new, what, where):
    people = people_of(centre, import_people("agents", table(AGENTS), centre).table)
    with pytest.raises(InputError, match=what) as refusal:
        import_plan("roster", table(ROSTER.replace(old, new, 1)), centre, people, source="r.csv", zone="Europe/Berlin")
    assert where in str(refusal.value.where)


def test_a_roster_without_people_is_refused(centre, table):
    with pytest.raises(InputError, match="needs people"):
        import_plan("roster", table(ROSTER), centre, zone="Europe/Berlin")


def test_a_planners_own_requirement_and_forecast_are_read(centre, table):
    text = "queue,interval_start,agents\ngeneral,2026-11-23T08:00+01:00,4.5\n"
    assert import_plan("requirement", table(text), centre).table["agents"].tolist() == [4.5]
    text = text.replace("agents", "mean")
    assert import_plan("forecast", table(text), centre).table["mean"].tolist() == [4.5]
    for broken, what in (
        (text.replace("08:00", "08:10"), "off the queue's grid"),
        (text.replace("general", "x"), "unknown queue"),
    ):
        with pytest.raises(InputError, match=what) as refusal:
            import_plan("forecast", table(broken), centre)
        assert "row 2" in str(refusal.value.where)
