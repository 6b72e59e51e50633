"""Log daily level by a mixed regression on the calendar, times the shape of the day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasting.book.calendar import PHASES
from forecasting.book.daybook import Daybook
from forecasting.models.mixed_regression import MixedFit, Tuning, fit_mixed
from forecasting.models.model import Factor, FittedModel
from forecasting.models.shape import Shape, fit_shape

WINDOW_DAYS = 400
ANNUAL_WINDOW_DAYS = 800
ANNUAL_FROM_DAYS = 728
HARMONICS = 5
LEAST_SEEN = 0.05
"""A day enters the level's fit once its known intervals hold this share of a usual day's volume."""

PRIOR_SD = {"weekday": 1.0, "kind": 0.3, "name": 0.3, "after": 0.2, "phase": 0.06, "event": 0.5, "year": 0.1}
"""Prior standard deviations of the effects, in logarithms: 0.06 is some 6 per cent."""
_SPECIAL = ("holiday", "rest", "makeup", "special")
_LAST_WEEK_OF_YEAR = "24 to 31 December"
_GROUPS = ("level", *PRIOR_SD)
_SCALED = ("phase",)


@dataclass(frozen=True)
class Design:
    """Columns (D, p) of the regression, with the group and name of each."""

    columns: np.ndarray
    effects: tuple[tuple[str, str], ...]

    @property
    def groups(self) -> np.ndarray:
        """(p,) group of each column."""
        return np.array([group for group, _ in self.effects], dtype=object)


def level_design(book: Daybook, annual: bool) -> Design:
    """The design of all days of the book (D, p). A day off counts as the open weekend days where there are any;
    a make-up day as the mean workday."""
    features = book.features
    weekday = book.weekday
    parts: list[tuple[str, str, np.ndarray]] = [("level", "level", np.ones(len(features)))]
    seen_as = _weekday_weights(book)
    parts += [("weekday", f"weekday {day}", seen_as[:, day]) for day in range(7) if (weekday == day).any()]
    kinds = book.kinds
    parts += [("kind", kind, (kinds == kind).astype(float)) for kind in _SPECIAL if (kinds == kind).any()]
    named = np.where(np.isin(kinds, ("holiday", "special")), features["name"].to_numpy(object), "")
    parts += [("name", name, (named == name).astype(float)) for name in sorted(set(named) - {""})]
    parts.append(("kind", _LAST_WEEK_OF_YEAR, ((book.days.month == 12) & (book.days.day >= 24)).astype(float)))
    parts.append(("after", "day after a closure", features["after"].to_numpy(float)))
    phase = features["phase"].to_numpy()
    parts += [("phase", f"days {label}", (phase == at).astype(float)) for at, label in enumerate(PHASES)]
    parts += [("event", kind, book.during(kind).astype(float)) for kind in book.event_kinds]
    if annual:
        angle = 2 * np.pi * np.asarray(book.days.day_of_year) / 365.25
        for order in range(1, HARMONICS + 1):
            parts += [("year", f"sin {order}", np.sin(order * angle)), ("year", f"cos {order}", np.cos(order * angle))]
    return Design(np.column_stack([column for *_, column in parts]), tuple((group, name) for group, name, _ in parts))


def _weekday_weights(book: Daybook) -> np.ndarray:
    """(D, 7) which weekdays each day is taken for."""
    weights = np.eye(7)[book.weekday]
    is_open = book.usual_min.any(axis=1)
    weekend = np.isin(np.arange(7), book.weekday[book.features["weekend"].to_numpy(bool)])
    for days, like in ((book.days_off, weekend & is_open), (book.kinds == "makeup", ~weekend & is_open)):
        if like.any():
            weights[days] = like / like.sum()
    return np.asarray(weights)


@dataclass(frozen=True)
class FittedRegression:
    """A fitted level regression with its shape of the day. ``smearing`` turns the exponential of a mean logarithm into
    a mean (Duan 1983)."""

    fit: MixedFit
    effects: dict[tuple[str, str], float]
    shape: Shape
    annual: bool
    smearing: float

    @property
    def window_days(self) -> int:
        """How far back the fit looks."""
        return ANNUAL_WINDOW_DAYS if self.annual else WINDOW_DAYS

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        level = np.prod(list(self._level_factors(book).values()), axis=0)
        return np.asarray(level[:, None] * self.shape.rates(book) * book.open_min)

    def factors(self, book: Daybook) -> list[Factor]:
        """Level, weekday, phase of the month, season, special day, event, and share of the usual hours."""
        grounds = {
            "level": (f"{self.fit.days} days of history, recent ones first",),
            "weekday": _weekday_grounds(book),
            "month phase": tuple(f"days {PHASES[phase]} of the month" for phase in book.features["phase"]),
            "season": ("annual harmonics" if self.annual else "none: under two years of history",),
            "special day": _special_grounds(book),
            "event": _event_grounds(book),
            "opening": ("share of the usual open hours",),
        }
        exposure = (self.shape.rates(book) * book.open_min).sum(axis=1)
        by_name = {**self._level_factors(book), "opening": exposure}
        return [Factor(name, by_day, grounds[name]) for name, by_day in by_name.items()]

    def _level_factors(self, book: Daybook) -> dict[str, np.ndarray]:
        """Factors (D,) of the level of a full day, by name."""
        design = level_design(book, self.annual)
        effects = np.array([self.effects.get(effect, 0.0) for effect in design.effects])
        by_group = {
            group: np.exp(design.columns[:, design.groups == group] @ effects[design.groups == group])
            for group in _GROUPS
        }
        wandering = np.exp(self.fit.wandering_level(np.arange(len(book.days))))
        return {
            "level": by_group["level"] * wandering * self.smearing,
            "weekday": by_group["weekday"],
            "month phase": by_group["phase"],
            "season": by_group["year"],
            "special day": by_group["kind"] * by_group["name"] * by_group["after"],
            "event": by_group["event"] * book.features["lift"].to_numpy(float),
        }


@dataclass(frozen=True)
class LevelRegression:
    """Model: one mixed regression of the log daily level, times the shape of the day."""

    name: str = "level regression x shape"
    tuning: Tuning | None = None

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedRegression:
        """Fit to the book's past; variance parameters are those of ``like`` where given."""
        like = like if isinstance(like, FittedRegression) else None
        annual = like.annual if like else book.past >= ANNUAL_FROM_DAYS
        shape = fit_shape(book)
        rates = shape.rates(book)
        seen = np.where(book.known, rates * book.open_min, 0.0).sum(axis=1)
        lift = book.features["lift"].to_numpy(float)
        first = book.past - (ANNUAL_WINDOW_DAYS if annual else WINDOW_DAYS)
        at = book.fit_days
        at = at[(at >= first) & (seen[at] > LEAST_SEEN)]
        design = level_design(book, annual)
        level = (book.totals[at] + 0.5) / seen[at]
        prior = np.array([PRIOR_SD.get(group, np.inf) for group in design.groups])
        scaled = np.isin(design.groups, _SCALED)
        values = np.log(level / lift[at])
        fit = fit_mixed(values, design.columns[at], at, prior, scaled, like.fit.tuning if like else self.tuning)
        effects = dict(zip(design.effects, fit.effects.tolist(), strict=True))
        fitted = FittedRegression(fit, effects, shape, annual, smearing=1.0)
        expected = np.where(book.known, fitted.means(book), 0.0).sum(axis=1)[at]
        smearing = float(book.totals[at].sum() / max(expected.sum(), 1e-9))
        return replace(fitted, smearing=smearing)


def _weekday_grounds(book: Daybook) -> tuple[str, ...]:
    """The weekday, and where the day is taken for others, for which."""
    taken_for = _weekday_weights(book)
    own = taken_for[np.arange(len(book.days)), book.weekday] == 1
    names = book.days.day_name()
    return tuple(
        name if itself else f"{name}, taken for {'a weekend day' if off else 'a workday'}"
        for name, itself, off in zip(names, own, book.days_off, strict=True)
    )


def _special_grounds(book: Daybook) -> tuple[str, ...]:
    return tuple(
        (name or kind) if kind in _SPECIAL else ("after a closure" if after else "none")
        for kind, name, after in zip(book.features["kind"], book.features["name"], book.features["after"], strict=True)
    )


def _event_grounds(book: Daybook) -> tuple[str, ...]:
    grounds = np.array(["none"] * len(book.days), dtype=object)
    grounds[book.features["lift"].to_numpy(float) != 1.0] = "lift given in the policy"
    for kind in book.event_kinds:
        grounds[book.during(kind)] = f"learnt from past events of kind {kind}"
    return tuple(grounds)
