"""Hiring: what an agent costs a week beside the pay for the hours, where a mix of skills is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from wfm.policy.part import Part

Amount = Annotated[float, Field(ge=0)]


class Hiring(Part):
    """Units of currency a week for each agent employed, however many hours he works.

    ``head_week``: whatever comes with every agent, such as a place, licences and supervision. ``skill_week``: by queue,
    what keeping up that skill costs, such as training and a premium. ``further_skill_week``: the same for each skill
    beyond an agent's first, whichever they are.
    """

    head_week: Amount = 0.0
    skill_week: Mapping[str, Amount] = {}
    further_skill_week: Amount = 0.0

    def of_skills(self, queues: tuple[str, ...]) -> float:
        """A week of an agent with the skills of ``queues``.

        >>> Hiring(head_week=50, skill_week={"vip": 30}, further_skill_week=10).of_skills(("general", "vip"))
        90.0
        """
        own = sum(self.skill_week.get(queue, 0.0) for queue in queues)
        return self.head_week + own + self.further_skill_week * max(len(queues) - 1, 0)
