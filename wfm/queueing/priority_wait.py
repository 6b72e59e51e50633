"""How long a class of contacts waits behind more urgent ones, given that all agents are busy."""

from __future__ import annotations

import numpy as np

from wfm.queueing.inputs import FloatArray

# Nodes crowd at the angle 0, where the integrand peaks when more urgent classes keep the agents nearly busy.
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_ANGLE = np.pi * ((_POINTS + 1) / 2) ** 3
_WEIGHT = np.pi * 1.5 * ((_POINTS + 1) / 2) ** 2 * _WEIGHTS
_SINE_2, _HALF_2 = np.sin(_ANGLE) ** 2, 4 * np.sin(_ANGLE / 2) ** 2

NOBODY_HIGHER = 1e-24
"""A share of more urgent contacts this small stands for none: it leaves a plain exponential wait."""


def waits_longer(finished: FloatArray, higher: FloatArray, up_to: FloatArray, time: FloatArray) -> FloatArray:
    """P(wait > time) of a contact that finds all agents busy, first come first served within its class.

    It waits until those of its class and above who were there before, and the more urgent ones that come meanwhile,
    have gone to an agent: a geometric number of busy periods of a queue of the more urgent alone. The transform of
    that sum (Kella and Yechiali 1985, Waiting times in the non-preemptive priority M/M/c queue, Stochastic Models 1)
    has one branch cut and at most one pole; deforming the inversion integral onto them leaves a residue and a smooth
    integral over an angle (the form of Davis 1966, Operations Research 14), taken by Gauss and Legendre's rule.

    Args:
        finished: contacts that all agents finish in a unit of time, above 0; (n,) like the others.
        higher: contacts of more urgent classes in a unit of time.
        up_to: contacts of these and of the class itself, at least ``higher`` and less than ``finished``.
        time: 0 or more, in the same unit.

    >>> waits_longer(np.array([2.0]), np.array([0.0]), np.array([1.5]), np.array([1.0])).round(6).tolist()
    [0.606531]
    """
    urgent = np.maximum(higher / finished, NOBODY_HIGHER)
    load = np.maximum(up_to / finished, urgent)
    root = np.sqrt(urgent)
    share = load / root
    rate = (1 - root)[:, None] ** 2 + root[:, None] * _HALF_2
    distance = (1 - share)[:, None] ** 2 + share[:, None] * _HALF_2
    past = np.exp(-rate * (finished * time)[:, None]) / (rate * distance)
    cut = 2 / np.pi * (1 - load) * (past @ (_SINE_2 * _WEIGHT))
    own = np.where(share > 1, load - urgent, 1.0)  # where there is a pole, it is far from 0
    slow = np.exp(-own * (1 - load) / load * finished * time)
    pole = np.where(share > 1, (load - urgent / load) / own * slow, 0.0)
    return np.asarray(np.clip(cut + pole, 0.0, 1.0))
