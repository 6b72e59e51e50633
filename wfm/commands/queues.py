"""The queues that an option names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.errors import UsageError

if TYPE_CHECKING:
    from wfm.policy.centre import Centre


def check_queues(names: list[str] | None, centre: Centre) -> None:
    """Refuse a queue that the policy does not know.

    Raises:
        UsageError: with the queues that there are.
    """
    known = [queue.id for queue in centre.queues]
    for name in names or ():
        if name not in known:
            raise UsageError("unknown queue", found=name, expected=", ".join(known))
