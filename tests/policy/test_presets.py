"""Presets of labour rules: complete as data, laid under a centre's own keys, refused where they make no sense."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wfm.errors import PolicyError
from wfm.policy.load import policy_of
from wfm.policy.preset import preset_names, preset_of
from wfm.policy.rules import Rules
from wfm.shipped import shipped


def rules_of(**own: Any) -> Rules:
    return centre_of({"rules": own}).rules


def centre_of(values: dict[str, Any]) -> Any:
    base = {
        "centre": {"name": "T"},
        "sites": [{"id": "s", "zone": "Europe/Berlin"}],
        "queues": [{"id": "q"}],
    }
    return policy_of({**base, **values})


def test_the_seven_presets_are_shipped() -> None:
    names = ("cn-comprehensive", "cn-standard", "de-arbzg", "eu-wtd", "uk-wtr", "us-ca", "us-flsa")
    assert preset_names() == names


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_where_it_is_from_and_holds_only_known_keys(name: str) -> None:
    preset = preset_of(name)
    assert set(preset) <= {"source", "as_of", "note", "unverified", "rules", "pay", "pay_hints"}
    assert isinstance(preset["as_of"], date)
    assert preset["note"].startswith("No legal advice")
    assert len(preset["source"]) > 20
    assert isinstance(preset["unverified"], list)
    centre = centre_of({"rules": {"preset": name}, "pay": {"preset": name}})
    for key in preset["rules"].get("off", ()):
        assert getattr(centre.rules, key) is None
    for key in preset.get("pay", {}):
        assert getattr(centre.pay, key) == Decimal(preset["pay"][key])


def test_what_a_preset_asks() -> None:
    """Figures of the acts themselves."""
    assert rules_of(preset="eu-wtd").daily_rest_h == 11
    germany = rules_of(preset="de-arbzg")
    assert (germany.max_day_h, germany.max_week_h, germany.max_consecutive_days) == (10, 60, 6)
    assert germany.average_hours is not None
    assert (germany.average_hours.hours, germany.average_hours.weeks) == (48, 24)
    assert [(law.over_h, law.minutes) for law in germany.breaks] == [(6, 30), (9, 45)]
    federal = rules_of(preset="us-flsa")
    assert (federal.daily_rest_h, federal.max_consecutive_days, federal.max_day_h) == (None, None, None)
    china = rules_of(preset="cn-standard")
    assert (china.max_day_h, china.max_day_overtime_h, china.max_overtime_month_h) == (8, 11, 36)


def test_own_keys_win_over_the_preset_and_it_over_the_program() -> None:
    assert rules_of().max_consecutive_days == 6
    assert rules_of(preset="eu-wtd").max_consecutive_days is None
    own = rules_of(preset="de-arbzg", max_consecutive_days=5, breaks=[], off=["average_hours", "max_week_h"])
    assert (own.max_consecutive_days, own.breaks, own.average_hours, own.max_week_h) == (5, (), None, None)
    assert own.max_day_h == 10
    assert rules_of(off=["daily_rest_h"]).daily_rest_h is None
    assert rules_of(preset="de-arbzg", soft={"daily_rest": 3.0}).soft == {"daily_rest": 3.0}


def test_premiums_come_only_to_who_asks_for_them() -> None:
    assert centre_of({"rules": {"preset": "cn-standard"}}).pay.holiday_premium == 0
    pay = centre_of({"pay": {"preset": "cn-standard", "rest_day_premium": "0.8"}}).pay
    assert (pay.overtime_premium, pay.rest_day_premium, pay.holiday_premium) == (
        Decimal("0.5"), Decimal("0.8"), Decimal("2.0"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "complaint", "place"),
    [
        ({"rules": {"preset": "atlantis"}}, "unknown preset atlantis: one of cn-comprehensive, cn-standard", "rules"),
        ({"rules": {"preset": 7}}, "valid string", "rules.preset"),
        ({"pay": {"preset": "atlantis"}}, "unknown preset atlantis", "pay"),
        ({"rules": {"off": ["max_days"]}}, "unknown key", "rules.max_days"),
        ({"rules": {"off": ["night"]}}, "tuple", "rules.night"),
        ({"rules": {"preset": "../init/wfm"}}, "unknown preset", "rules"),
    ],
)
def test_a_preset_that_is_none_is_refused(values: dict[str, Any], complaint: str, place: str) -> None:
    with pytest.raises(PolicyError, match=complaint) as refused:
        centre_of(values)
    assert place in str(refused.value)


def test_the_commented_keys_of_a_new_workspace_are_keys() -> None:
    """Every ``# key = value`` between contracts and team rules is one of [rules] or of a contract, and is taken."""
    text = (shipped("init") / "wfm.toml").read_text(encoding="utf-8")
    contract = text.split("# A contract may say besides:")[1].split("# Shift templates")[0]
    rules = text.split("\n[rules]\n")[1].split("# Team rules")[0]
    keys = re.compile(r"^# ([a-z_]+ = .*)$", re.MULTILINE)
    own = [tomllib.loads("\n".join(keys.findall(part))) for part in (contract, rules)]
    values = tomllib.loads(text)
    first, *others = values["contracts"]
    used = {"contracts": [first | own[0], *others], "rules": values["rules"] | own[1] | {"max_day_h": 8}}
    centre = policy_of(values | used)
    assert centre.contract(first["id"]).day_hours == first["hours_week"] / 4
    assert centre.rules.average_hours.weeks == 17
    assert {"lengths_h", "min_hours", "max_hours_period"} <= set(own[0])
    assert {"preset", "breaks", "soft", "max_overtime_month_h"} <= set(own[1])


@pytest.mark.parametrize(
    ("own", "days"),
    [
        ({}, 0),
        ({"average_hours": {"hours": 48, "weeks": 17}}, 17 * 7),
        ({"average_hours": {"hours": 40, "calendar": "quarter"}}, 92),
        ({"max_overtime_month_h": 36}, 37),
    ],
)
def test_a_roster_looks_back_as_far_as_its_averages_reach(own: dict[str, Any], days: int) -> None:
    assert rules_of(**own).memory_days == days
