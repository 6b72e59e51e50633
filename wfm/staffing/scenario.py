"""What-if: a forecast and a policy changed as asked, to be staffed beside the unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

import pandas as pd
from pydantic import ValidationError

from wfm.errors import UsageError
from wfm.policy.centre import Centre, Queue
from wfm.policy.part import Part
from wfm.staffing.change import OF_THE_FORECAST, Change, read_change
from wfm.tables.forecast import QUANTILES

Section = TypeVar("Section", bound=Part)


@dataclass(frozen=True)
class Scenario:
    """Changes to apply together, from left to right; without any, things as they are."""

    name: str
    changes: tuple[Change, ...] = ()

    def forecast(self, forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
        """The forecast under the scenario; an assumed handle time changes as well, and quantiles as the mean does.

        Raises:
            UsageError: a queue that the policy does not know, or one that would be left without handle time.
        """
        default = forecast["queue"].map({queue.id: queue.default_aht_s for queue in centre.queues})
        aht_s, volume = forecast["aht_s"].fillna(default), pd.Series(1.0, index=forecast.index)
        for change in self.changes:
            _check_queue(change, centre)
            own = forecast["queue"].eq(change.queue) if change.queue else pd.Series(True, index=forecast.index)
            if change.quantity == "volume":
                volume[own] *= change.factor
            elif change.quantity == "deflection":
                volume[own] *= 1 - change.share
            elif change.quantity == "aht":
                aht_s[own] = aht_s[own] * change.factor + change.seconds_more
        gone = forecast.loc[aht_s <= 0, "queue"]
        if len(gone):
            raise UsageError(
                "no handle time is left",
                where=f"queue {gone.iloc[0]}",
                found=self.name,
                expected="a smaller change of aht",
            )
        counts = {name: forecast[name] * volume for name in ("mean", "override", *QUANTILES) if name in forecast}
        return forecast.assign(**counts, aht_s=aht_s)

    def centre(self, centre: Centre) -> Centre:
        """The policy under the scenario.

        Target, its span and patience change in interactive queues, concurrency where an agent serves several contacts
        at once (or in the queue that is named), the occupancy cap everywhere; of shrinkage the unplanned share.

        Raises:
            UsageError: a queue that the policy does not know, a value that the policy refuses, or a quantity that no
                queue has.
        """
        return reduce(_applied, self.changes, centre)


def read_scenario(text: str) -> Scenario:
    """A scenario as people type it: changes by commas, each for all queues or, with ``queue:`` before it, for one.

    Raises:
        UsageError: a change that cannot be read.

    >>> [(change.quantity, change.queue) for change in read_scenario("volume=+10%,vip:target=90/10").changes]
    [('volume', None), ('target', 'vip')]
    """
    pieces = filter(None, (piece.strip() for piece in text.split(",")))
    return Scenario(text, tuple(map(read_change, pieces)))


def _applied(centre: Centre, change: Change) -> Centre:
    if change.quantity in OF_THE_FORECAST:
        return centre
    if change.quantity == "shrinkage":
        shrinkage = _with(centre.shrinkage, change, unplanned=change.share)
        return centre.model_copy(update={"shrinkage": shrinkage})
    _check_queue(change, centre)
    if not any(_has(queue, change) for queue in centre.queues):
        raise UsageError(f"no queue has a {change.quantity} to change", where=change.queue and f"queue {change.queue}")
    queues = tuple(_changed(queue, change) if _has(queue, change) else queue for queue in centre.queues)
    return centre.model_copy(update={"queues": queues})


def _check_queue(change: Change, centre: Centre) -> None:
    known = [queue.id for queue in centre.queues]
    if change.queue is not None and change.queue not in known:
        raise UsageError("unknown queue", found=change.queue, expected=", ".join(known))


def _has(queue: Queue, change: Change) -> bool:
    if change.queue is not None and queue.id != change.queue:
        return False
    if change.quantity == "max_occupancy":
        return True
    if change.quantity == "concurrency":
        return not queue.deferred and (queue.concurrency > 1 or change.queue is not None)
    return not queue.deferred and (change.form != "more_percent" or queue.patience_s is not None)


def _changed(queue: Queue, change: Change) -> Queue:
    if change.quantity == "patience":
        patience_s = change.numbers[0] if change.form == "seconds" else (queue.patience_s or 0.0) * change.factor
        return _with(queue, change, patience_s=patience_s)
    if change.quantity == "concurrency":
        return _with(queue, change, concurrency=int(change.numbers[0]))
    if change.quantity == "target":
        return _promising(queue, change)
    target = queue.target
    if change.quantity == "per":
        floor = None if change.span == "interval" else target.least_service_level
        target = _with(target, change, per=change.span, least_service_level=floor)
    else:
        target = _with(target, change, max_occupancy=change.share)
    return queue.model_copy(update={"target": target})


def _promising(queue: Queue, change: Change) -> Queue:
    """Another service level at all times: values by time give way, and the worst interval keeps at most the level."""
    level, threshold_s = change.share, change.numbers[1]
    floor = queue.target.least_service_level
    target = _with(
        queue.target, change, service_level=level, threshold_s=threshold_s,
        least_service_level=None if floor is None else min(floor, level),
    )  # fmt: skip
    by_time = tuple(
        own.model_copy(update={"service_level": None, "threshold_s": None}) for own in queue.targets_by_time
    )
    return queue.model_copy(update={"target": target, "targets_by_time": by_time})


def _with(section: Section, change: Change, **values: Any) -> Section:
    """A section of the policy with other values, checked as those of wfm.toml are."""
    kind = type(section)
    try:
        return kind.model_validate({name: getattr(section, name) for name in kind.model_fields} | values)
    except ValidationError as error:
        raise UsageError(
            f"the policy refuses this {change.quantity}",
            found=", ".join(str(value) for value in values.values()),
            expected=error.errors()[0]["msg"],
        ) from error
