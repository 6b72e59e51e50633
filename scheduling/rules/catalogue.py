"""Finding the rules: every module of ``rules/agent`` and ``rules/team`` is one; a new file is a new rule."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import cast

from scheduling.rules import agent, team
from scheduling.rules.rule import AgentRule, TeamRule
from wfm.policy.centre import Centre


def agent_rules(centre: Centre) -> tuple[AgentRule, ...]:
    """The agent rules that ``centre`` switches on, by name of their file."""
    return cast("tuple[AgentRule, ...]", _switched_on(agent, centre))


def team_rules(centre: Centre) -> tuple[TeamRule, ...]:
    """The team rules that ``centre`` switches on, by name of their file."""
    return cast("tuple[TeamRule, ...]", _switched_on(team, centre))


def _switched_on(package: ModuleType, centre: Centre) -> tuple[object, ...]:
    names = sorted(module.name for module in iter_modules(package.__path__))
    rules = (import_module(f"{package.__name__}.{name}").rule(centre) for name in names)
    return tuple(rule for rule in rules if rule is not None)
