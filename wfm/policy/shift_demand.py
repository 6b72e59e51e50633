"""Shift demand laid over a policy: a table of agents by day and shift becomes entries of its shift staff."""

from __future__ import annotations

import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.floor import ShiftStaff
from wfm.tables.shift_demand import SHIFT_DEMAND


def with_shift_demand(centre: Centre, shift_demand: pd.DataFrame | None) -> Centre:
    """``centre`` with a row of ``shift_demand`` (contract SHIFT_DEMAND) as shift staff of exactly so many agents each.

    Raises:
        TableError: the table breaks its contract.
        InputError: a template that the policy does not define; names row and column.
    """
    if shift_demand is None:
        return centre
    table = SHIFT_DEMAND.check(shift_demand)
    known = {template.id for template in centre.shift_templates}
    unknown = table.loc[~table["template"].isin(known), "template"]
    if len(unknown):
        raise InputError(
            "unknown shift template", where=f"shift_demand, row {unknown.index[0]}, column template",
            found=unknown.iloc[0], expected=", ".join(sorted(known)) or "none is defined in wfm.toml",
        )  # fmt: skip
    days = table["day"].dt.date
    columns = (table[name] for name in ("template", "agents", "price_under", "price_over"))
    entries = tuple(
        ShiftStaff(template=template, agents=agents, most=agents, days=(day,), price_under=under, price_over=over)
        for day, template, agents, under, over in zip(days, *columns, strict=True)
    )
    rules = centre.rules.model_copy(update={"shift_staff": (*centre.rules.shift_staff, *entries)})
    return centre.model_copy(update={"rules": rules})
