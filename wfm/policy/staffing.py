"""How the requirement is reckoned: what each interval rests on, and for which of the possible rates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wfm.policy.part import Part


class Staffing(Part):
    """How the requirement of interactive queues is reckoned.

    ``basis``: ``interval`` takes each interval for a steady state of its own; ``course`` follows the queue through the
    day, with the contacts that one interval leaves to the next; ``auto`` does where it matters. ``rate``: agents for
    the forecast's ``mean``, for the ``quantile`` of the rate at ``rate_quantile``, or so that the service level
    ``expected`` over all rates that the forecast thinks possible is the one promised.
    """

    basis: Literal["auto", "interval", "course"] = "auto"
    rate: Literal["mean", "quantile", "expected"] = "mean"
    rate_quantile: Annotated[float, Field(gt=0, lt=1)] = 0.8
