"""Log daily level by a mixed regression on the calendar, times the shape of the day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasting.book.calendar import PHASES
from forecasting.book.daybook import Daybook
from forecasting.models.level_shift import lasting_shifts
from forecasting.models.mixed_regression import DRIFT, SCALED, MixedFit, Tuning, fit_mixed, rough_effects
from forecasting.models.model import Factor, FittedModel
from forecasting.models.shape import Shape, fit_shape

WINDOW_DAYS = 7 * 365
"""How far back the fit looks: a holiday comes once a year. The level itself wanders, and is that of the last weeks."""

ANNUAL_FROM_DAYS = 728
HARMONICS = 5
PHASES_FROM_DAYS = 61
PHASES_UNSEEN = 0.4
"""Until each phase of the month has come twice nothing tells it from the wandering level: its prior is narrower by
this factor."""
LEAST_TELLING = 0.5
"""Variances are learnt from days without a holiday's or an own name, where these are at least this share of all."""
LEAST_SEEN = 0.05
"""A day enters the level's fit once its known intervals hold this share of a usual day's volume."""

PRIOR_SD = {
    "weekday": 1.0,
    "drift": 0.1,
    "shift": 0.5,
    "kind": 0.3,
    "name": 0.3,
    "after": 0.2,
    "before": 0.05,
    "phase": 0.06,
    "event": 0.5,
    "year": 0.1,
    "driver": 1.0,
}
"""Prior standard deviations of the effects, in logarithms: 0.06 is some 6 per cent."""
_SPECIAL = ("holiday", "rest", "makeup", "special")
_LAST_WEEK_OF_YEAR = "24 to 31 December"
_GROUPS = ("level", *PRIOR_SD)
_SCALED = {"phase": SCALED, "drift": DRIFT}
DRIFT_YEARS = (0.25, 0.5, 1.0, 2.0)
"""A weekday's effect may have drifted between these ages; the prior of "drift" is that of one year."""


@dataclass(frozen=True)
class Design:
    """Columns (D, p) of the regression, with the group and name of each."""

    columns: np.ndarray
    effects: tuple[tuple[str, str], ...]

    @property
    def groups(self) -> np.ndarray:
        """(p,) group of each column."""
        return np.array([group for group, _ in self.effects], dtype=object)

    @property
    def prior_sd(self) -> np.ndarray:
        """(p,) prior standard deviation of each effect, infinite where nothing is known beforehand."""
        return np.array([PRIOR_SD.get(group, np.inf) for group in self.groups])

    def with_shifts(self, days: tuple[int, ...]) -> Design:
        """With a column for the level before each of the days from which it stands elsewhere."""
        if not days:
            return self
        before = np.arange(len(self.columns))[:, None] < np.array(days)
        named = tuple(("shift", f"before day {day}") for day in days)
        return Design(np.hstack([self.columns, before.astype(float)]), self.effects + named)


def level_design(book: Daybook, past: int, annual: bool) -> Design:
    """The design of all days of the book (D, p), ``past`` of them before the fit.

    A day off counts as the open weekend days where there are any; a make-up day as the mean workday.
    """
    features = book.features
    weekday = book.weekday
    parts: list[tuple[str, str, np.ndarray]] = [("level", "level", np.ones(len(features)))]
    seen_as = _weekday_weights(book)
    parts += [("weekday", f"weekday {day}", seen_as[:, day]) for day in range(7) if (weekday == day).any()]
    parts += _drifts(book, past, seen_as)
    kinds = book.kinds
    parts += [("kind", kind, (kinds == kind).astype(float)) for kind in _SPECIAL if (kinds == kind).any()]
    named = np.where(np.isin(kinds, ("holiday", "special")), features["name"].to_numpy(object), "")
    parts += [("name", name, (named == name).astype(float)) for name in sorted(set(named) - {""})]
    parts.append(("kind", _LAST_WEEK_OF_YEAR, ((book.days.month == 12) & (book.days.day >= 24)).astype(float)))
    parts.append(("after", "day after a closure", features["after"].to_numpy(float)))
    follows = features["before"].to_numpy(object)
    parts += [("before", name, (follows == name).astype(float)) for name in sorted(set(follows) - {""})]
    phase = features["phase"].to_numpy()
    parts += [("phase", f"days {label}", (phase == at).astype(float)) for at, label in enumerate(PHASES)]
    parts += [("event", kind, book.during(kind).astype(float)) for kind in book.event_kinds]
    parts += [("driver", driver, book.driven_by(driver)) for driver in book.drivers]
    if annual:
        angle = 2 * np.pi * np.asarray(book.days.day_of_year) / 365.25
        for order in range(1, HARMONICS + 1):
            parts += [("year", f"sin {order}", np.sin(order * angle)), ("year", f"cos {order}", np.cos(order * angle))]
    return Design(np.column_stack([column for *_, column in parts]), tuple((group, name) for group, name, _ in parts))


def _drifts(book: Daybook, past: int, seen_as: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """Columns of what each weekday's effect was otherwise in the past, beside the level: ramps that are 0 from the
    end of the past on and reach their height at a given age; several ages make a random walk, rough for old days."""
    age = np.maximum(past - 1 - np.arange(len(book.days)), 0) / 365
    parts = []
    for young, old in zip((0.0, *DRIFT_YEARS), DRIFT_YEARS, strict=False):
        if age[0] <= young:
            break
        ramp = np.clip(age - young, 0.0, old - young) / np.sqrt(old - young)
        parts += [
            ("drift", f"weekday {day}, {young:g} to {old:g} years ago", (seen_as[:, day] - 1 / 7) * ramp)
            for day in np.unique(book.weekday)
        ]
    return parts


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
    past: int
    shifts: tuple[int, ...]
    smearing: float

    @property
    def window_days(self) -> int:
        """How far back the fit looks."""
        return WINDOW_DAYS

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
            "driver": (f"learnt effect of {', '.join(book.drivers)}",),
            "opening": _opening_grounds(book),
        }
        exposure = (self.shape.rates(book) * book.open_min).sum(axis=1)
        by_name = {**self._level_factors(book), "opening": exposure}
        return [Factor(name, by_day, grounds[name]) for name, by_day in by_name.items()]

    def _level_factors(self, book: Daybook) -> dict[str, np.ndarray]:
        """Factors (D,) of the level of a full day, by name."""
        design = level_design(book, self.past, self.annual).with_shifts(self.shifts)
        effects = np.array([self.effects.get(effect, 0.0) for effect in design.effects])
        by_group = {
            group: np.exp(design.columns[:, design.groups == group] @ effects[design.groups == group])
            for group in _GROUPS
        }
        wandering = np.exp(self.fit.wandering_level(np.arange(len(book.days))))
        return {
            "level": by_group["level"] * by_group["shift"] * wandering * self.smearing,
            "weekday": by_group["weekday"] * by_group["drift"],
            "month phase": by_group["phase"],
            "season": by_group["year"],
            "special day": by_group["kind"] * by_group["name"] * by_group["after"] * by_group["before"],
            "event": by_group["event"] * book.features["lift"].to_numpy(float),
            **({"driver": by_group["driver"]} if book.drivers else {}),
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
        first = book.past - WINDOW_DAYS
        at = book.fit_days
        at = at[(at >= first) & (seen[at] > LEAST_SEEN)]
        values = np.log((book.totals[at] + 0.5) / seen[at] / lift[at])
        design = level_design(book, book.past, annual)
        shifts = tuple(like.shifts) if like else _shifts(values, design, at, book)
        design = design.with_shifts(shifts)
        prior, scaled = design.prior_sd, np.array([_SCALED.get(group, 0) for group in design.groups])
        prior[design.groups == "phase"] *= PHASES_UNSEEN if book.past < PHASES_FROM_DAYS else 1.0
        tuning = like.fit.tuning if like else self.tuning
        fit = fit_mixed(values, design.columns[at], at, prior, scaled, tuning, _telling(design, at))
        effects = dict(zip(design.effects, fit.effects.tolist(), strict=True))
        fitted = FittedRegression(fit, effects, shape, annual, book.past, shifts, smearing=1.0)
        expected = np.where(book.known, fitted.means(book), 0.0).sum(axis=1)[at]
        smearing = float(book.totals[at].sum() / max(expected.sum(), 1e-9))
        return replace(fitted, smearing=smearing)


def _telling(design: Design, at: np.ndarray) -> np.ndarray | None:
    """Which of the days ``at`` have no name: one that comes once a year says little of how the level wanders, and its
    column would have to be carried through the search. None where these are too few."""
    nameless = ~design.columns[at][:, design.groups == "name"].any(axis=1)
    return nameless if nameless.sum() >= LEAST_TELLING * max(len(at), 1) else None


def _shifts(values: np.ndarray, design: Design, at: np.ndarray, book: Daybook) -> tuple[int, ...]:
    """Days of lasting shifts among log levels on the days ``at``; days that the calendar moves are not looked at."""
    calendar = ~np.isin(design.groups, ("drift", "year"))
    columns, prior = design.columns[:, calendar], design.prior_sd[calendar]
    calm = values - columns[at] @ rough_effects(values, columns[at], prior)
    year_end = ((book.days.month == 12) & (book.days.day >= 20)) | ((book.days.month == 1) & (book.days.day <= 7))
    ordinary = np.flatnonzero(~np.isin(book.kinds[at], _SPECIAL) & ~np.asarray(year_end)[at])
    return tuple(at[ordinary][lasting_shifts(calm[ordinary])].tolist())


def _weekday_grounds(book: Daybook) -> tuple[str, ...]:
    """The weekday, and where the day is taken for others, for which."""
    taken_for = _weekday_weights(book)
    own = taken_for[np.arange(len(book.days)), book.weekday] == 1
    names = book.days.day_name()
    return tuple(
        name if itself else f"{name}, taken for {'a weekend day' if off else 'a workday'}"
        for name, itself, off in zip(names, own, book.days_off, strict=True)
    )


def _beside_closure(after: bool, before: str) -> str:
    return "after a closure" if after else f"before {before}" if before else "none"


def _special_grounds(book: Daybook) -> tuple[str, ...]:
    columns = ("kind", "name", "after", "before")
    return tuple(
        (name or kind) if kind in _SPECIAL else _beside_closure(after, before)
        for kind, name, after, before in zip(*(book.features[column] for column in columns), strict=True)
    )


def _opening_grounds(book: Daybook) -> tuple[str, ...]:
    demand = book.features["demand"].to_numpy(float)
    return tuple(
        "share of the usual open hours" + (f", demand x {factor:.2f} (deflection, drivers)" if factor != 1 else "")
        for factor in demand
    )


def _event_grounds(book: Daybook) -> tuple[str, ...]:
    grounds = np.array(["none"] * len(book.days), dtype=object)
    grounds[book.features["lift"].to_numpy(float) != 1.0] = "lift given in the policy"
    for kind in book.event_kinds:
        grounds[book.during(kind)] = f"learnt from past events of kind {kind}"
    return tuple(grounds)
