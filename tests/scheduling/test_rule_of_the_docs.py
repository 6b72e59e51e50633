"""The rule that docs/rules.md writes out is a whole rule: solver and audit take it as it stands there."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scheduling.checking import audit as auditing
from scheduling.checking.audit import audit
from scheduling.outcome import Solved
from scheduling.problem import problem as problems
from scheduling.roster import schedule
from scheduling.rules import agent, team
from scheduling.rules.catalogue import agent_rules, rule_files
from wfm.policy.centre import Centre
from wfm.policy.preset import preset_names
from wfm.tables.roster import shifts
from wfm.time.week import Period

PERIOD = Period(date(2026, 11, 23), 7)


@pytest.fixture
def written_rule() -> Any:
    """The module of the page's code block."""
    page = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
    code = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[0]
    module = ModuleType("weekly_nights")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(code, str(page), "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


@pytest.mark.sources
def test_the_page_names_every_rule_and_every_preset() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    for name in (*rule_files(agent), *rule_files(team), *preset_names()):
        assert f"`{name}`" in page


def nights(centre: Any, people: Any, requirement: Any) -> Solved:
    made = centre(shift_templates=[{"id": "night", "start": "22:00", "lengths_h": [8]}])
    solved = schedule(requirement(PERIOD, (22, 24), 1.0), made, people(made, [{"id": "A"}]), PERIOD, seconds=2)
    assert isinstance(solved, Solved)
    return solved


@pytest.mark.sources
def test_the_written_rule_holds_nights_down_and_the_audit_names_it(
    written_rule: Any, monkeypatch: pytest.MonkeyPatch, centre: Any, people: Any, requirement: Any
) -> None:
    free = nights(centre, people, requirement)
    assert len(shifts(free.roster)) == 5

    def with_it(policy: Centre) -> tuple[Any, ...]:
        return (*agent_rules(policy), written_rule.rule(policy))

    for module in (problems, auditing):
        monkeypatch.setattr(module, "agent_rules", with_it)
    assert len(shifts(nights(centre, people, requirement).roster)) == 3
    policy = centre()
    found = audit(free.roster, policy, people(policy, [{"id": "A"}]), PERIOD).violations.set_index("rule")
    assert found.loc["weekly_nights", "sentence"].endswith("at most 3")
