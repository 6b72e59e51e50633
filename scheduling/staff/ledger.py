"""The ledger: what each agent worked and was credited on the days before the period, as far as rosters tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scheduling.staff.horizon import Horizon
from wfm.tables.roster import ABSENCES
from wfm.time.zones import DAY


@dataclass(frozen=True)
class Ledger:
    """Paid minutes by days ago: 1 is the eve of the period.

    Attributes:
        known_days: how many days before the period the rosters reach back; nothing is known of what was earlier.
        worked, credited: (days ago, minutes) of shifts and of paid absences, latest first.
    """

    known_days: int = 0
    worked: tuple[tuple[int, int], ...] = ()
    credited: tuple[tuple[int, int], ...] = ()

    def worked_min(self, days: int) -> int:
        """Minutes worked in the last ``days`` days before the period.

        >>> Ledger(14, worked=((1, 480), (9, 300))).worked_min(7)
        480
        """
        return sum(minutes for ago, minutes in self.worked if ago <= days)

    def credited_min(self, days: int) -> int:
        """Minutes of paid absence in the last ``days`` days before the period."""
        return sum(minutes for ago, minutes in self.credited if ago <= days)


def ledgers_of(previous: pd.DataFrame, horizon: Horizon) -> tuple[dict[str, Ledger], Ledger]:
    """Each agent's ledger by ``previous``, a roster table of earlier days, and that of agents who are not in it."""
    first = pd.Timestamp(horizon.period.first)
    paid = previous[previous["paid"].to_numpy(bool) & (previous["work_date"] < first).to_numpy()]
    ago = (first - previous["work_date"].astype(DAY)).dt.days.to_numpy()
    known = int(ago.max(initial=0))
    length = (paid["end"] - paid["start"]).dt.total_seconds() / 60
    table = pd.DataFrame(
        {
            "agent": paid["agent"].to_numpy(),
            "absent": paid["activity"].isin(ABSENCES).to_numpy(),
            "ago": (first - paid["work_date"].astype(DAY)).dt.days.to_numpy(np.int64),
            "minutes": length.round().to_numpy(np.int64),
        }
    )
    by_day = table.groupby(["agent", "absent", "ago"], sort=True)["minutes"].sum()
    found: dict[str, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for (agent, absent, day), minutes in zip(by_day.index.tolist(), by_day.tolist(), strict=True):
        found.setdefault(agent, ([], []))[int(absent)].append((day, minutes))
    ledgers = {agent: Ledger(known, tuple(worked), tuple(credited)) for agent, (worked, credited) in found.items()}
    return ledgers, Ledger(known)
