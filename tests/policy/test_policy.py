"""wfm.toml: what is wrong is named with its place; references between the parts resolve."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from wfm.errors import InputError, PolicyError
from wfm.policy.load import policy_of, read_policy
from wfm.policy.people import people_of, read_skills
from wfm.shipped import shipped
from wfm.tables.people import AGENTS

POLICY: dict[str, Any] = {
    "centre": {"name": "Test", "currency": "EUR"},
    "sites": [{"id": "north", "zone": "Europe/Berlin", "seats": 10}],
    "queues": [
        {"id": "general", "opening": {"weekdays": "08:00-20:00", "sat": ["09:00-12:00", "13:00-15:00"]}},
        {"id": "vip", "opening": "00:00-24:00", "target": {"service_level": 0.9}},
    ],
    "contracts": [{"id": "full", "hours_week": 40}],
    "shift_templates": [
        {"id": "day", "start": "07:00-11:00", "lengths_h": [8.5], "breaks": [
            {"kind": "break", "minutes": 15, "window_h": [1, 2.5]},
            {"kind": "lunch", "minutes": 30, "window_h": [3, 5], "paid": False},
        ]},
    ],
    "pay": {"grades": {"junior": "20.50"}},
}  # fmt: skip


def test_a_policy_reads_and_answers() -> None:
    centre = policy_of(POLICY)
    assert centre.zone_of("general") == "Europe/Berlin"
    assert centre.queue("general").opening.week[5] == ((540, 720), (780, 900))
    assert centre.shift_templates[0].starts()[:3] == [420, 450, 480]
    assert centre.shift_templates[0].paid_min(8.5) == 480
    assert centre.contract("full").most_hours == 40


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda v: v["queues"][1]["target"].update(service_level=1.4), r"queues\[vip\].target.service_level"),
        (lambda v: v["contracts"][0].update(min_hours_week=50), "minimum hours 50 exceed maximum hours 40"),
        (lambda v: v.update(foo=1), "foo"),
        (lambda v: v["sites"][0].update(zone="Mars"), r"sites\[north\].*Mars"),
        (lambda v: v["queues"][0].update(opening="8-9"), r"queues\[general\].opening"),
        (lambda v: v["queues"][0].update(opening={"someday": "08:00-09:00"}), "someday"),
        (lambda v: v["queues"][0].update(site="south"), "site south"),
        (lambda v: v["queues"][1].update(id="general"), "defined twice"),
        (lambda v: v["contracts"][0].update(templates=["night"]), "night"),
        (lambda v: v["shift_templates"][0].update(step_min=20), "grid"),
        (lambda v: v["shift_templates"][0]["breaks"][1].update(window_h=[2, 5]), "overlap"),
        (lambda v: v["shift_templates"][0].update(lengths_h=[4]), "after the end"),
        (lambda v: v["shift_templates"][0].update(start="07:00-11:00-12:00"), "span"),
        (lambda v: v["centre"].update(currency="euro"), "currency"),
        (lambda v: v["centre"].update(curency="EUR"), "unknown key.*centre.curency"),
        (lambda v: v["centre"].pop("name"), "this key is missing.*centre.name"),
        (lambda v: v.update(pay={"grades": {"junior": "-20"}}), "pay.grades.junior"),
        (lambda v: v.update(pay={"night_premium": "-0.25"}), "pay.night_premium"),
        (lambda v: v.update(rules={"minimum_on_floor": [{"queue": "nope", "agents": 1}]}), "nope"),
        (lambda v: v.update(calendar={"country": "XX"}), r"unknown country.*'XX'.*DE.*US.*wfm.toml, calendar"),
        (lambda v: v.update(calendar={"country": "DE", "subdivision": "XX"}), r"subdivision.*BY"),
        (lambda v: v.update(calendar={"subdivision": "BY"}), "without its country"),
        (lambda v: v.update(calendar={"days": [{"day": "2026-12-24", "name": "x", "opening": "9-13"}]}), "opening"),
        (lambda v: v.update(calendar={"days": [{"day": "2026-12-24", "name": "x", "queues": ["vip"]}]}), "no opening"),
        (
            lambda v: v.update(
                calendar={"days": [{"day": "2026-12-24", "name": "x", "opening": "closed", "queues": ["nope"]}]}
            ),
            "calendar day 2026-12-24 names queue nope",
        ),
        (lambda v: v.update(drivers=[{"name": "a", "queues": ["nope"]}]), "driver a names queue nope"),
        (lambda v: v.update(drivers=[{"name": "a"}, {"name": "a"}]), "driver a is defined twice"),
        (lambda v: v.update(drivers=[{"name": "a", "spread": [0, 0]}]), "add up to nothing"),
        (lambda v: v["queues"][1].update(redial_share=1.0), r"queues\[vip\].redial_share"),
    ],
)
def test_a_broken_policy_is_refused_with_its_place(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    values = copy.deepcopy(POLICY) | {}
    values["queues"][1].setdefault("target", {})
    spoil(values)
    with pytest.raises(PolicyError, match=message):
        policy_of(values, source="wfm.toml")


@pytest.mark.parametrize(
    ("country", "subdivision"), [("DE", "BY"), ("US", "CA"), ("CN", None), ("GB", "ENG"), ("CA", "BC"), ("IL", None)]
)
def test_countries_and_subdivisions_that_are_known_pass(country: str, subdivision: str | None) -> None:
    calendar = policy_of(POLICY | {"calendar": {"country": country, "subdivision": subdivision}}).calendar
    assert (calendar.country, calendar.subdivision) == (country, subdivision)


def test_the_examples_of_a_new_workspace_are_read_as_they_stand_and_when_they_are_used() -> None:
    """Every commented example of data/init/wfm.toml is a policy once its marks are taken away."""
    text = (shipped("init") / "wfm.toml").read_text(encoding="utf-8")
    policy_of(tomllib.loads(text))
    used, inside = [], False
    for line in text.splitlines():
        inside = line.startswith("# [[") or (inside and re.match("# [a-z_]+ = ", line) is not None)
        used.append(line.removeprefix("# ") if inside else line)
    centre = policy_of(tomllib.loads("\n".join(used)))
    assert centre.calendar.days[0].opening == ((540, 780),)
    assert [event.kind for event in centre.events] == ["campaign", "outage", "bill"]
    assert centre.drivers[0].spread == (0.0, 0.6, 0.3, 0.1)


def test_files_that_are_no_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="wfm init"):
        read_policy(tmp_path / "wfm.toml")
    (tmp_path / "wfm.toml").write_text("[centre\n")
    with pytest.raises(PolicyError, match=r"not TOML.*line 1"):
        read_policy(tmp_path / "wfm.toml")
    (tmp_path / "wfm.toml").write_bytes("名".encode("gb18030"))
    with pytest.raises(PolicyError, match="UTF-8"):
        read_policy(tmp_path / "wfm.toml")


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "wfm.toml").write_text(
        '[centre]\nname = "T"\n[[sites]]\nid = "a"\nzone = "UTC"\n[[queues]]\nid = "q"\n[shrinkage]\nunplanned = 0.05\n'
    )
    assert read_policy(tmp_path / "wfm.toml", {}).shrinkage.unplanned == 0.05
    assert read_policy(tmp_path / "wfm.toml", {"WFM_SHRINKAGE__UNPLANNED": "0.2"}).shrinkage.unplanned == 0.2
    with pytest.raises(PolicyError, match="WFM_SHRINKAGE__UNPLANNED of the environment"):
        read_policy(tmp_path / "wfm.toml", {"WFM_SHRINKAGE__UNPLANNED": "2"})


def test_a_byte_order_mark_is_no_part_of_a_policy(tmp_path: Path) -> None:
    text = '[centre]\nname = "T"\n[[sites]]\nid = "a"\nzone = "UTC"\n[[queues]]\nid = "q"\n'
    (tmp_path / "wfm.toml").write_text(text, encoding="utf-8-sig")
    assert read_policy(tmp_path / "wfm.toml", {}).centre.name == "T"


def agents(**columns: object) -> pd.DataFrame:
    row: dict[str, object] = {"id": "A1", "name": "Li Wei 李伟", "team": "T", "site": "north", "contract": "full",
                              "skills": "general+vip:0.8", "grade": "junior"}  # fmt: skip
    return AGENTS.check(pd.DataFrame([row | columns]))


def test_people_resolve_their_references() -> None:
    people = people_of(policy_of(POLICY), agents(since="2026-01-01"))
    assert people.agents[0].skill_set == "general+vip"
    assert people.agents[0].skills["vip"] == 0.8
    assert people.agents[0].since is not None
    assert people.agents[0].until is None


@pytest.mark.parametrize("columns", [{"site": "south"}, {"contract": "x"}, {"grade": "x"}, {"skills": "general+x"}])
def test_unknown_references_are_refused(columns: dict[str, object]) -> None:
    with pytest.raises(InputError, match="unknown"):
        people_of(policy_of(POLICY), agents(**columns))


@pytest.mark.parametrize("text", ["a:0", "a:1.5", "a:x", "", "a++b"])
def test_a_skill_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="skill"):
        read_skills(text)
