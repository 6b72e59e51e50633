"""Choice: which model forecasts a queue, by trials at past origins; the blend unless another is plainly better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.models.blend import BLEND
from forecasting.models.boosting import BoostedTrees, boosting_available
from forecasting.models.cleaned_mean import CLEANED_MEAN
from forecasting.models.model import Model
from forecasting.models.recent_mean import LAST_WEEK, MEAN_OF_4, RecentMean
from forecasting.trials import LEAST_PAST_DAYS, Trials, Tried
from wfm.errors import UsageError
from wfm.tables.calibration import MODEL_CHOICE

COLD_START_DAYS = 14
"""With usable data on fewer days than this a forecast is the mean of what there is."""
COLD_START = RecentMean(weeks=COLD_START_DAYS // 7, name="mean of what there is")
MEAN_OF_8 = RecentMean(8, "mean of 8")
BOOSTED = BoostedTrees()
BASELINES: tuple[Model, ...] = (LAST_WEEK, MEAN_OF_4, MEAN_OF_8, CLEANED_MEAN)

LEAST_ORIGINS = 4
"""With fewer past origins whose horizons have no day in common nothing is chosen by trial."""
SURE = 0.95
"""Another model takes the default's place when its error is lower in this share of resamples ..."""
WORTH = 0.01
"""... and lower by this share on the whole."""
RESAMPLES = 1000


@dataclass(frozen=True)
class Choice:
    """The method that forecasts a queue, and why it."""

    method: str
    reason: str


def candidates(book: Daybook | None = None) -> tuple[Model, ...]:
    """The models that are tried where none is named: the blend, the baselines, and boosted trees where installed.

    Trees are not grown on a ``book`` in whose first usable days nothing came.
    """
    grown = boosting_available() and (book is None or book.totals[book.fit_days[:LEAST_PAST_DAYS]].sum() > 0)
    return (BLEND, *BASELINES, *((BOOSTED,) if grown else ()))


def model_named(name: str) -> Model:
    """The model of that name, or of the only name that begins so, in any case.

    >>> model_named("Cleaned").name
    'cleaned mean of 8 x calendar'

    Raises:
        UsageError: there is none, or several.
    """
    known = _known()
    wanted = name.strip().lower()
    found = [known[name] for name in known if name.lower() == wanted] or [
        known[name] for name in known if wanted and name.lower().startswith(wanted)
    ]
    if len(found) != 1:
        problem = "several models of that name" if found else "no model of that name"
        raise UsageError(problem, found=name, expected=", ".join(known))
    return found[0]


def is_known(name: str) -> bool:
    """Whether there is a model of just that name, and its package is installed."""
    return name in _known() and (name != BOOSTED.name or boosting_available())


def _known() -> dict[str, Model]:
    return {model.name: model for model in (*candidates(), *BLEND.members, *BLEND.daily, COLD_START, BOOSTED)}


def choose(trials: Trials, *, seed: int) -> Choice:
    """The blend, the best baseline, or boosted trees, by their errors at the same past origins.

    The blend is the default for short histories, too: on public and generated ones cut to two to seven weeks it erred
    less than the cleaned mean.

    A method's error is its wMAPE of intervals and that of days, added up. It takes the default's place when that is
    lower in at least SURE of the resamples of blocks of origins, whose horizons overlap (Kuensch 1989, The jackknife
    and the bootstrap for general stationary observations), so that a lead which is noise decides nothing.
    """
    default = BLEND.name
    origins = len(trials.intervals.origins)
    apart = origins // _overlap(trials.intervals) if origins else 0
    if apart < LEAST_ORIGINS:
        return Choice(default, f"the default: {apart} past origins apart from each other, fewer than {LEAST_ORIGINS}")
    losses = {name: _losses(trials, name) for name in trials.methods}
    baseline = min((model.name for model in BASELINES), key=lambda name: losses[name].sum())
    best, reason = default, f"the default: no better one at {origins} past origins"
    for rival in (name for name in (baseline, BOOSTED.name) if name in losses):
        share = _share_lower(losses[default], losses[rival], _overlap(trials.intervals), seed)
        gain = 1 - losses[rival].sum() / max(losses[default].sum(), 1e-12)
        if share >= SURE and gain >= WORTH and losses[rival].sum() < losses[best].sum():
            best = rival
            reason = f"error {gain:.1%} below that of the default ({default}), lower in {share:.0%} of resamples"
    return Choice(best, reason)


def _losses(trials: Trials, method: str) -> np.ndarray:
    """Error at each origin of the intervals, as a share of all volume of intervals, and the same of days."""
    return np.asarray(sum(_of_origins(tried, method, trials) for tried in (trials.intervals, trials.days)))


def _of_origins(tried: Tried, method: str, trials: Trials) -> np.ndarray:
    origins = trials.intervals.origins
    own = np.isin(tried.origin, origins)
    at = np.searchsorted(origins, tried.origin[own])
    errors = np.abs(tried.means[method] - tried.actual)[own]
    return np.asarray(np.bincount(at, errors, len(origins)) / max(tried.actual[own].sum(), 1e-12))


def _overlap(tried: Tried) -> int:
    """How many successive origins look at the same days."""
    origins = tried.origins
    step = int(np.diff(origins).min().astype(int)) if len(origins) > 1 else 7
    return max(-(-int((tried.day - tried.origin).astype(int).max() + 1) // step), 1)


def _share_lower(default: np.ndarray, rival: np.ndarray, block: int, seed: int) -> float:
    """Share of resamples of blocks of origins in which the rival's error is the lower."""
    count = len(default)
    block = min(block, max(count // 3, 1))
    starts = np.random.default_rng(seed).integers(0, count, (RESAMPLES, -(-count // block)))
    drawn = ((starts[:, :, None] + np.arange(block)) % count).reshape(RESAMPLES, -1)[:, :count]
    return float(((default - rival)[drawn].sum(axis=1) > 0).mean())


def choice_table(trials: Trials, choice: Choice) -> pd.DataFrame:
    """What was tried and what was chosen, as a table MODEL_CHOICE."""
    origins = trials.intervals.origins
    span = (pd.Timestamp(origins[0]), pd.Timestamp(origins[-1])) if len(origins) else (pd.NaT, pd.NaT)
    rows = [
        {
            "queue": trials.queue,
            "method": method,
            "chosen": method == choice.method,
            **_scores(trials, method),
            "origins": len(origins),
            "first_origin": span[0],
            "last_origin": span[1],
            "reason": choice.reason if method == choice.method else None,
        }
        for method in dict.fromkeys((*trials.methods, choice.method))
    ]
    return MODEL_CHOICE.check(pd.DataFrame(rows))


def _scores(trials: Trials, method: str) -> dict[str, float]:
    if method not in trials.methods:
        return {}
    mean, actual = trials.intervals.means[method], trials.intervals.actual
    volume = max(float(actual.sum()), 1e-12)
    day_error = np.abs(trials.days.means[method] - trials.days.actual).sum()
    if not len(actual) or not actual.sum():
        return {}
    return {
        "wmape": float(np.abs(mean - actual).sum()) / volume,
        "wmape_day": float(day_error) / max(float(trials.days.actual.sum()), 1e-12),
        "bias": float((mean - actual).sum()) / volume,
    }
