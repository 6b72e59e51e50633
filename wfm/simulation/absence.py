"""Who does not come: unplanned shrinkage, drawn shift by shift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wfm.simulation.floor import Floor, Presence


def draw_attendance(floor: Floor, rng: np.random.Generator) -> Floor:
    """The floor of one replication: every shift is missing, whole, with the probability ``floor.absence``.

    Unplanned shrinkage is partly sickness and partly minutes here and there; taking it as whole shifts keeps its mean
    and makes its spread the largest, which is the side to err on.
    """
    presence = floor.presence
    if floor.absence == 0 or presence.shift.size == 0:
        return floor
    comes = rng.random(int(presence.shift.max()) + 1) >= floor.absence
    rows = comes[presence.shift]
    attending = Presence(
        presence.names,
        presence.agent[rows],
        presence.start_s[rows],
        presence.end_s[rows],
        presence.speed[rows],
        presence.shift[rows],
    )
    return replace(floor, presence=attending)
