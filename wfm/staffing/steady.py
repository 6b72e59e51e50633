"""A queue in its steady state: what agents deliver, and how many its targets need, by the model of those who wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wfm.policy.target import Definition
from wfm.queueing.chat import chat
from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_a import erlang_a, service_level_a
from wfm.queueing.erlang_c import SECONDS_PER_HOUR, asa_s, erlang_c, occupancy, offered_load, service_level
from wfm.queueing.erlang_x import erlang_x
from wfm.queueing.inputs import FloatArray, non_negative
from wfm.queueing.required import ROUNDING, Required, required_agents
from wfm.queueing.required_a import BINDING_A, required_agents_a
from wfm.queueing.search import least_agents
from wfm.queueing.uncertain import expected_service_level, required_agents_uncertain
from wfm.staffing.chat import chat_agents
from wfm.staffing.targets import Targets

Model = Literal["erlang_c", "erlang_a", "erlang_x", "chat"]


@dataclass(frozen=True)
class Stream:
    """Contacts of one queue in n intervals: contacts an hour and seconds of one agent, each (n,).

    ``patience_s`` None: nobody gives up (Erlang C). With ``redial_share`` above 0 that share of those who give up
    calls again (Erlang X), and ``rate_per_h`` are first calls. ``cv``: of the rate, where the service level expected
    over the rate's distribution is asked for. ``aht_by_level_s`` (n, K): handle times of a chat at 1, 2, ... K at once.
    """

    rate_per_h: FloatArray
    aht_s: FloatArray
    patience_s: float | None = None
    redial_share: float = 0.0
    cv: FloatArray | None = None
    aht_by_level_s: FloatArray | None = None

    @property
    def model(self) -> Model:
        """The model of those who wait."""
        if self.aht_by_level_s is not None:
            return "chat"
        if self.patience_s is None:
            return "erlang_c"
        return "erlang_x" if self.redial_share > 0 else "erlang_a"

    @property
    def load(self) -> FloatArray:
        """Offered load in Erlangs (n,)."""
        return np.asarray(offered_load(self.rate_per_h, self.aht_s))

    def at(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Stream:
        """Some of the intervals."""
        cv = None if self.cv is None else self.cv[rows]
        by_level = None if self.aht_by_level_s is None else self.aht_by_level_s[rows]
        return replace(self, rate_per_h=self.rate_per_h[rows], aht_s=self.aht_s[rows], cv=cv, aht_by_level_s=by_level)

    def carrying(self, load: FloatArray) -> Stream:
        """The same contacts at a rate that offers ``load`` (n,) Erlangs."""
        return replace(self, rate_per_h=load * SECONDS_PER_HOUR / self.aht_s)

    @property
    def leave_per_s(self) -> float:
        """1 / mean patience; 0 where nobody gives up."""
        return 0.0 if self.patience_s is None else 1.0 / self.patience_s

    def first_calls(self) -> Stream:
        """The same without anybody calling again."""
        return replace(self, redial_share=0.0)

    def attempts(self, agents: FloatArray) -> Stream:
        """First calls and redials together, as they come with so many ``agents``, and nobody calling again."""
        if self.model != "erlang_x":
            return self
        assert self.patience_s is not None
        tried = erlang_x(self.rate_per_h, self.aht_s, agents, 0.0, self.patience_s, self.redial_share)
        return replace(self, rate_per_h=np.asarray(tried.attempts_per_h), redial_share=0.0)


def delivered(stream: Stream, agents: FloatArray, threshold_s: FloatArray) -> Delivered:
    """Every measure of ``agents`` (n,); the service levels expected over the rate's distribution where it has one."""
    if stream.aht_by_level_s is not None:
        patience_s = np.inf if stream.patience_s is None else stream.patience_s
        found = chat(stream.rate_per_h, stream.aht_by_level_s, agents, threshold_s, patience_s)
    elif stream.patience_s is None:
        found = _patient(stream, agents, threshold_s)
    else:
        asked = stream.attempts(agents)
        found = erlang_a(asked.rate_per_h, asked.aht_s, agents, threshold_s, stream.patience_s)
    if stream.cv is None:
        return found
    return replace(found, service_level=level_of(stream, agents, threshold_s, "offered"))


def level_of(stream: Stream, agents: FloatArray, threshold_s: FloatArray, definition: Definition) -> FloatArray:
    """Only the service level of ``agents`` (n,), by its definition; 1 where nothing comes.

    A rate that varies: of the contacts there may be, by Erlang C or A and over all offered.
    """
    if stream.cv is not None:
        rate = stream.attempts(agents).rate_per_h
        return np.asarray(expected_service_level(rate, stream.cv, stream.aht_s, agents, threshold_s, stream.patience_s))
    if stream.model == "erlang_c":
        return np.asarray(service_level(stream.load, agents, threshold_s, stream.aht_s))
    if stream.patience_s is not None and stream.model == "erlang_a" and definition in ("offered", "virtual"):
        way: Literal["offered", "virtual"] = "virtual" if definition == "virtual" else "offered"
        return np.asarray(service_level_a(stream.rate_per_h, stream.aht_s, agents, threshold_s, stream.patience_s, way))
    return by_definition(delivered(stream, agents, threshold_s), definition)


def by_definition(measures: Delivered, definition: Definition) -> FloatArray:
    """The service level that is promised."""
    name = "service_level" if definition == "offered" else f"service_level_{definition}"
    return np.asarray(getattr(measures, name))


def needed(stream: Stream, targets: Targets, definition: Definition = "offered") -> Required:
    """Smallest number of agents (n,) that meets every target, and the target that decided.

    Raises:
        InputError: a rate or time is negative, NaN or infinite, or no number of agents meets a target; names row and
            quantity.
    """
    if stream.cv is not None:
        return _needed_expected(stream, targets)
    if stream.aht_by_level_s is not None and definition == "offered":
        return chat_agents(stream.rate_per_h, stream.aht_by_level_s, stream.patience_s, **targets.by_name())
    if stream.model == "erlang_c":
        asked = targets.by_name()
        del asked["max_abandonment"]
        return required_agents(stream.rate_per_h, stream.aht_s, **asked)
    if stream.patience_s is not None and stream.model == "erlang_a" and definition in ("offered", "virtual"):
        way: Literal["offered", "virtual"] = "virtual" if definition == "virtual" else "offered"
        return required_agents_a(
            stream.rate_per_h, stream.aht_s, stream.patience_s, definition=way, **targets.by_name()
        )
    return _needed_by_search(stream, targets, definition)


def _patient(stream: Stream, agents: FloatArray, threshold_s: FloatArray) -> Delivered:
    """Erlang C: nobody gives up, so that the definitions agree."""
    load, aht_s = stream.load, stream.aht_s
    level, wait = np.asarray(service_level(load, agents, threshold_s, aht_s)), np.asarray(asa_s(load, agents, aht_s))
    nobody, busy = np.zeros(load.shape), np.asarray(occupancy(load, agents))
    return Delivered(np.asarray(erlang_c(load, agents)), level, level, level, level, wait, wait, wait, nobody, busy)


def _needed_expected(stream: Stream, targets: Targets) -> Required:
    """The service level expected over the rate's distribution; the other targets at its mean."""
    others = needed(replace(stream, cv=None), targets.without_level())
    asked = ~np.isnan(targets.service_level)
    if not asked.any():
        return others
    own, want = stream.at(asked), targets.at(asked)
    for_level = np.zeros(len(asked), dtype=np.int64)
    assert own.cv is not None
    for_level[asked] = required_agents_uncertain(
        own.attempts(np.ceil(own.load)).rate_per_h, own.cv, own.aht_s, service_level=want.service_level,
        threshold_s=want.threshold_s, patience_s=own.patience_s,
    )  # fmt: skip
    decides = (for_level >= others.agents) & (for_level > 0)
    return Required(np.maximum(for_level, others.agents), np.where(decides, "service_level", others.binding))


def _needed_by_search(stream: Stream, targets: Targets, definition: Definition) -> Required:
    """Each target by a search of its own over every measure: for models and definitions without a form of theirs."""
    load = stream.load
    met: tuple[tuple[FloatArray, Callable[[Delivered], FloatArray]], ...] = (
        (targets.service_level, lambda found: by_definition(found, definition)),
        (targets.asa_s, lambda found: -found.asa_s),
        (targets.max_abandonment, lambda found: -found.abandonment),
        (np.where(targets.max_occupancy < 1, targets.max_occupancy, np.nan), lambda found: -found.occupancy),
    )
    agents = np.zeros((len(met) + 1, len(load)), dtype=np.int64)
    for at, (target, measure) in enumerate(met):
        asked = np.flatnonzero((load > 0) & ~np.isnan(target))
        want = target if at == 0 else -target
        agents[at, asked] = _least(stream, targets.threshold_s, measure, want, asked)
    agents[-1] = np.ceil(non_negative("min_agents", targets.min_agents))
    most = agents.max(axis=0)
    return Required(most, np.where(most > 0, np.array(BINDING_A)[agents.argmax(axis=0)], "none"))


def _least(
    stream: Stream,
    threshold_s: FloatArray,
    measure: Callable[[Delivered], FloatArray],
    want: FloatArray,
    asked: NDArray[np.intp],
) -> NDArray[np.int64]:
    root = np.sqrt(stream.load[asked])

    def missing(N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        at = asked[rows]
        found = measure(delivered(stream.at(at), N, threshold_s[at]))
        enough = (N > 0) & (found >= want[at] - ROUNDING)
        share = np.clip(np.stack([want[at], found]), 1e-12, 1 - 1e-12)
        guess = (ndtri(share[0]) - ndtri(share[1])) * root[rows]
        return np.asarray(np.where(enough, np.minimum(guess, -1.0), np.maximum(guess, 1.0)))

    return least_agents(missing, stream.load[asked] + 0.5 * root)
