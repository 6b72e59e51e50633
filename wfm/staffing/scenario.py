"""What-if: a forecast and a policy changed as asked, to be staffed beside the unchanged."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from wfm.errors import UsageError
from wfm.policy.centre import Centre, Queue


@dataclass(frozen=True)
class Scenario:
    """Changes to apply together; None leaves a quantity as it is.

    ``volume`` and ``aht`` are factors, ``aht_s`` seconds added, ``shrinkage`` the unplanned share.
    """

    name: str
    volume: float = 1.0
    aht: float = 1.0
    aht_s: float = 0.0
    target: tuple[float, float] | None = None
    shrinkage: float | None = None

    def forecast(self, forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
        """The forecast under the scenario; an assumed handle time changes as well.

        Raises:
            UsageError: a queue would be left without handle time.
        """
        default = forecast["queue"].map({queue.id: queue.default_aht_s for queue in centre.queues})
        aht_s = forecast["aht_s"].fillna(default) * self.aht + self.aht_s
        gone = forecast.loc[aht_s <= 0, "queue"]
        if len(gone):
            raise UsageError(
                "no handle time is left",
                where=f"queue {gone.iloc[0]}",
                found=self.name,
                expected="a smaller change of aht",
            )
        return forecast.assign(mean=forecast["mean"] * self.volume, aht_s=aht_s)

    def centre(self, centre: Centre) -> Centre:
        """The policy under the scenario: targets of interactive queues, unplanned shrinkage."""
        changed = centre
        if self.target is not None:
            changed = changed.model_copy(update={"queues": tuple(map(self._promised, changed.queues))})
        if self.shrinkage is not None:
            shrinkage = changed.shrinkage.model_copy(update={"unplanned": self.shrinkage})
            changed = changed.model_copy(update={"shrinkage": shrinkage})
        return changed

    def _promised(self, queue: Queue) -> Queue:
        if queue.deferred or self.target is None:
            return queue
        level, threshold_s = self.target
        target = queue.target.model_copy(update={"service_level": level, "threshold_s": threshold_s})
        return queue.model_copy(update={"target": target})


def read_scenario(text: str) -> Scenario:
    """A scenario as people type it.

    Raises:
        UsageError: a change that cannot be read.

    >>> read_scenario("volume=+10%,target=85/20")
    Scenario(name='volume=+10%,target=85/20', volume=1.1, aht=1.0, aht_s=0.0, target=(0.85, 20.0), shrinkage=None)
    """
    changes: dict[str, object] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        quantity, _, change = part.partition("=")
        if match := re.fullmatch(r"([+-]\d+(?:\.\d+)?)%", change):
            changes |= _relative(quantity, 1 + float(match[1]) / 100, part)
        elif quantity == "aht" and (match := re.fullmatch(r"([+-]\d+(?:\.\d+)?)s", change)):
            changes["aht_s"] = float(match[1])
        elif quantity == "target" and (match := re.fullmatch(r"(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)", change)):
            changes["target"] = (_share(float(match[1]), part), float(match[2]))
        elif quantity == "shrinkage" and (match := re.fullmatch(r"(\d+(?:\.\d+)?)%", change)):
            changes["shrinkage"] = _share(float(match[1]), part)
        else:
            raise _unreadable(part)
    return Scenario(text, **changes)  # type: ignore[arg-type]


def _relative(quantity: str, factor: float, part: str) -> dict[str, object]:
    if quantity not in ("volume", "aht") or factor < 0:
        raise _unreadable(part)
    return {quantity: factor}


def _share(percent: float, part: str) -> float:
    if not 0 <= percent < 100:
        raise _unreadable(part)
    return percent / 100


def _unreadable(part: str) -> UsageError:
    return UsageError(
        "cannot read the change", found=part, expected="volume=+10%, aht=-5%, aht=+20s, target=85/20 or shrinkage=9%"
    )
