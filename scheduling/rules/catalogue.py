"""Finding the rules: every module of ``rules/agent`` and ``rules/team`` is one; a new file is a new rule."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import cast

from scheduling.rules import agent, team
from scheduling.rules.rule import AgentRule, TeamRule
from wfm.errors import PolicyError
from wfm.policy.centre import Centre

ALWAYS_HARD = frozenset({"time_off"})
"""Rules that no price buys off: who is on leave is not there."""


def agent_rules(centre: Centre) -> tuple[AgentRule, ...]:
    """The agent rules that ``centre`` switches on, by name of their file.

    Raises:
        PolicyError: ``[rules.soft]`` names something that is no rule, or none that can be soft.
    """
    _check_soft(centre)
    return cast("tuple[AgentRule, ...]", _switched_on(agent, centre))


def team_rules(centre: Centre) -> tuple[TeamRule, ...]:
    """The team rules that ``centre`` switches on, by name of their file."""
    return cast("tuple[TeamRule, ...]", _switched_on(team, centre))


def rule_files(package: ModuleType) -> list[str]:
    """The names of a package's rules, which are those of their files."""
    return sorted(module.name for module in iter_modules(package.__path__))


def _switched_on(package: ModuleType, centre: Centre) -> tuple[object, ...]:
    """A file gives one rule, or several alike that differ in what they are about (one a shift template), or None."""
    found: list[object] = []
    for name in rule_files(package):
        given = import_module(f"{package.__name__}.{name}").rule(centre)
        found += given if isinstance(given, tuple) else [given]
    return tuple(rule for rule in found if rule is not None)


def _check_soft(centre: Centre) -> None:
    known = {*rule_files(agent), *rule_files(team)} - ALWAYS_HARD
    for name in sorted(centre.rules.soft.keys() - known):
        raise PolicyError(
            "this rule is always hard" if name in ALWAYS_HARD else "no rule of this name",
            where="policy, rules.soft",
            found=name,
            expected=", ".join(sorted(known)),
        )
