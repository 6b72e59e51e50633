"""The calibration behind a forecast: the stored one that still fits, or a new one, stored as a run of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.commands.output import say
from wfm.commands.progress import progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from forecasting.calibration import Calibration
    from wfm.policy.centre import Centre
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace

KEPT_DAYS = 28
"""A calibration serves forecasts that look at up to so many days more of history than it did."""
_LOOKED_AT = 10
"""Stored calibrations that are looked at, the latest first."""


def calibration_stage(
    place: Workspace,
    history: pd.DataFrame,
    queues: Sequence[str],
    first_ahead: date,
    weeks: int,
    *,
    model: str | None = None,
    drivers: pd.DataFrame | None = None,
    seed: int = 0,
    jobs: int = 1,
    author: str | None = None,
) -> tuple[int, Calibration]:
    """Try models and measure bands, store both, and say on stderr what was chosen; returns the run's number, too."""
    from forecasting.calibration import WEEKS, calibrate

    weeks = max(weeks, WEEKS)
    with progress(f"calibrating {len(queues)} queues on history before {first_ahead.isoformat()}"):
        made = calibrate(
            history,
            place.centre,
            first_ahead=first_ahead,
            weeks=weeks,
            queues=queues,
            model=model,
            drivers=drivers,
            seed=seed,
            jobs=jobs,
        )
    parameters = {
        "queues": sorted(queues),
        "weeks": weeks,
        "first_ahead": first_ahead.isoformat(),
        "model": model,
        "settings": _settings(place.centre, queues),
        "models": made.methods,
    }
    record = place.record("calibration", None, {"history": history}, parameters=parameters, seed=seed, author=author)
    number = place.store.write_run(record, made.tables())
    chosen = ", ".join(f"{queue}: {method}" for queue, method in sorted(made.methods.items()))
    say(f"calibrated, stored as run {number}; models: {chosen}")
    return number, made


def stored_calibration(
    place: Workspace, queues: Sequence[str], first_ahead: date, weeks: int, model: str | None = None
) -> tuple[int, Calibration] | None:
    """The latest stored calibration that fits a forecast of ``queues`` from ``first_ahead``, with its run's number.

    It fits when it covers the queues and the weeks of lead, looked at nothing from ``first_ahead`` on and at history
    that ends at most KEPT_DAYS before, was asked for the same model, and the policy says the same of the queues'
    hours, intervals, zones and models as it did then.
    """
    from datetime import date as day
    from datetime import timedelta

    from forecasting.calibration import stored_calibration as read
    from forecasting.choice import is_known

    for run in place.store.runs("calibration", most=_LOOKED_AT):
        asked = run.parameters
        then = day.fromisoformat(asked["first_ahead"])
        fits = (
            set(queues) <= set(asked["queues"])
            and weeks <= asked["weeks"]
            and timedelta(0) <= first_ahead - then <= timedelta(days=KEPT_DAYS)
            and asked["model"] == model
            and all(asked["settings"][queue] == text for queue, text in _settings(place.centre, queues).items())
            and all(is_known(asked["models"][queue]) for queue in queues)
        )
        if fits:
            return run.number, read(*_tables(place, run), then)
    return None


def _tables(place: Workspace, run: RunRecord) -> tuple[pd.DataFrame, pd.DataFrame]:
    return place.store.read("model_choice", run.number), place.store.read("forecast_band", run.number)


def _settings(centre: Centre, queues: Sequence[str]) -> dict[str, Any]:
    """What the policy says of each queue that its trials rest on, as a fingerprint."""
    from wfm.store.fingerprint import fingerprint

    parts = {"opening", "interval_min", "model", "like", "like_share", "expected_contacts_day", "channel"}
    return {
        name: fingerprint(f"{centre.zone_of(name)} {centre.queue(name).model_dump_json(include=parts)}")[:12]
        for name in queues
    }
