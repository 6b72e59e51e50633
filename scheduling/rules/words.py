"""Words that the sentences of team rules share: how many agents, and of which part of the floor."""

from __future__ import annotations


def counted(count: float, role: str | None = None, queue: str | None = None, site: str | None = None) -> str:
    """``2 agents of lead with skill general at berlin``.

    >>> counted(1, queue="vip")
    '1 agent with skill vip'
    """
    noun = "agent" if abs(count - 1) < 1e-9 else "agents"
    parts = (("of", role), ("with skill", queue), ("at", site))
    return f"{count:g} {noun}" + "".join(f" {word} {name}" for word, name in parts if name is not None)
