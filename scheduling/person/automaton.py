"""A rule as a layered automaton: its reachable states day by day, with those that can no longer differ merged.

Rules remember what they find natural (the minute the last shift ended, the minutes of the week). What of that can still
matter is worked out here, backwards from the last day: states from which every continuation is legal and costs alike
become one, states without a legal continuation vanish, and so do differences between duties that no state can feel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.rules.rule import AgentRule, State
from scheduling.staff.duty import Menu
from scheduling.staff.worker import Worker

OFF = 0
"""The class of a day off; duties are in classes 1 and up, or -1 where no state allows them."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """``step[d][state, class]`` is the state after day d, or -1; ``toll`` what it costs; ``duty_class`` by duty of the
    menu; ``start`` the state each raw start state is in (-1: no legal continuation)."""

    rule: AgentRule
    start: dict[State, int]
    step: tuple[np.ndarray, ...]
    toll: tuple[np.ndarray, ...]
    duty_class: np.ndarray

    @property
    def seldom(self) -> bool:
        """Whether the rule says of itself that it seldom binds."""
        return bool(getattr(self.rule, "seldom", False))

    @property
    def trivial(self) -> bool:
        """Whether it remembers nothing and lets every day be off: duties are allowed and priced one by one."""
        alone = all(len(step) == 1 and step[0, OFF] == 0 for step in self.step)
        return alone and not any(toll[0, OFF] for toll in self.toll) and min(self.start.values(), default=-1) >= 0

    def duty_toll(self, menu: Menu) -> np.ndarray:
        """Of a trivial automaton: what each duty of ``menu`` costs, infinite where it is not allowed."""
        out = np.full(len(menu.duties), np.inf)
        for day, (begin, end) in enumerate(zip(menu.day_at[:-1], menu.day_at[1:], strict=True)):
            classes = self.duty_class[begin:end]
            out[begin:end] = np.where(classes >= 0, self.toll[day][0][classes], np.inf)
        return out


def automaton_of(rule: AgentRule, agent: Worker, menu: Menu, starts: Sequence[State]) -> Automaton:
    """The automaton of ``rule`` over ``menu`` for every agent of ``agent``'s key, from each of ``starts``."""
    layers, steps, tolls, traits = _explore(rule, agent, menu, starts)
    merged = np.zeros(len(layers[-1]), dtype=np.int64)
    step_out, toll_out, class_out = [], [], []
    for day in range(len(steps) - 1, -1, -1):
        step = np.append(merged, -1)[steps[day]]  # -1 leads to the last, which leads nowhere
        toll = np.where(step >= 0, tolls[day], 0.0)
        states, merged = _distinct(step, toll)
        step, toll = step[states], toll[states]
        columns, column_of = _distinct(step[:, 1:].T, toll[:, 1:].T)
        step_out.append(np.column_stack([step[:, :1], step[:, 1:][:, columns]]))
        toll_out.append(np.column_stack([toll[:, :1], toll[:, 1:][:, columns]]))
        class_out.append(np.where(column_of >= 0, column_of + 1, -1)[traits[day]])
    duty_class = np.concatenate(class_out[::-1]) if class_out else np.zeros(0, np.int64)
    start = {state: int(merged[at]) for at, state in enumerate(layers[0])}
    return Automaton(rule, start, tuple(step_out[::-1]), tuple(toll_out[::-1]), duty_class)


def _explore(
    rule: AgentRule, agent: Worker, menu: Menu, starts: Sequence[State]
) -> tuple[list[list[State]], list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Forward: the states of every layer, steps and tolls by (state, off or trait), and each duty's trait."""
    layers: list[list[State]] = [list(dict.fromkeys(starts))]
    steps, tolls, traits = [], [], []
    for day, duties in enumerate(menu.days):
        number = {trait: at for at, trait in enumerate(dict.fromkeys(rule.trait(duty) for duty in duties))}
        traits.append(np.array([number[rule.trait(duty)] for duty in duties], dtype=np.int64))
        bounds = rule.bounds(agent, day)
        following: dict[State, int] = {}
        step = np.full((len(layers[-1]), len(number) + 1), -1, dtype=np.int64)
        toll = np.zeros(step.shape)
        for row, state in enumerate(layers[-1]):
            for column, trait in enumerate((None, *number)):
                after, value = rule.extend(agent, state, day, trait)
                excess = [(bound, 0.0 if value is None else bound.excess(value)) for bound in bounds]
                if not any(bound.hard and outside for bound, outside in excess):
                    step[row, column] = following.setdefault(after, len(following))
                    toll[row, column] = sum(outside * (bound.price or 0.0) for bound, outside in excess)
        layers.append(list(following))
        steps.append(step)
        tolls.append(toll)
    return layers, steps, tolls, traits


def _distinct(step: np.ndarray, toll: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Representatives of equal rows, and each row's number among them (-1 for rows that lead nowhere)."""
    alive = (step >= 0).any(axis=1)
    number = np.full(len(step), -1, dtype=np.int64)
    if not alive.any():
        return np.zeros(0, dtype=np.int64), number
    rows = np.column_stack([step[alive], toll[alive]])
    _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    number[alive] = inverse.ravel()
    return np.flatnonzero(alive)[first], number
