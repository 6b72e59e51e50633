"""The methods compared: the project's own, and those of packages with the origins that are affordable for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from benchmarks.forecasting.case import AREA_CASES, CASES

OURS = "wfm"
ALL_CASES = dict.fromkeys(CASES, 1)


@dataclass(frozen=True)
class Method:
    """``module`` (of ``peers``; None: the project itself) and ``function`` make the forecast; ``label`` is for tables.

    ``every`` names the cases it is run on; a slow method forecasts only every so many of their origins, back from the
    last. ``packages`` are those whose versions its results depend on.
    """

    name: str
    label: str
    module: str | None
    function: str
    packages: tuple[str, ...]
    every: dict[str, int]

    def origins(self, name: str, every: int | None = None) -> tuple[date, ...]:
        """The origins of a case that it forecasts from, or every so many of them, back from the last."""
        return CASES[name].origins[:: -(every or self.every[name])][::-1]

    @property
    def is_peer(self) -> bool:
        """Runs in the peers' environment."""
        return self.module is not None


def _own(name: str, label: str) -> Method:
    return Method(name, label, None, name, ("numpy", "pandas", "statsmodels", "holidays"), ALL_CASES)


def _statsforecast(name: str, label: str, every: dict[str, int]) -> Method:
    packages = ("statsforecast", "numpy", "pandas")
    return Method(name, f"statsforecast {label}", "statsforecast_models", name.replace("-", "_"), packages, every)


def _prophet(name: str, label: str, function: str, every: dict[str, int]) -> Method:
    return Method(name, label, "prophet_models", function, ("prophet", "numpy", "pandas"), every)


_METHODS = (
    _own(OURS, "**wfm**"),
    _own("last week", "same cell last week"),
    _own("mean of 4", "mean of last 4 same weekdays"),
    _own("mean of 8", "mean of last 8 same weekdays"),
    _own("cleaned mean of 8", "cleaned mean of 8 x calendar"),
    _own("blend", "wfm, always the blend"),
    _statsforecast("auto-ets", "AutoETS on day totals", {
        "bank": 1, "911": 2, "israel": 1, "vancouver": 2, "ambulance": 4, "ambulance-84": 2,
    }),
    _statsforecast("mstl-ets", "MSTL + AutoETS", {
        "bank": 1, "911": 3, "911-ems": 4, "israel": 3, "vancouver": 8, "ambulance": 8,
    }),
    _statsforecast("mstl-year-ets", "MSTL(7,365) + AutoETS", {"vancouver": 8, "ambulance": 8}),
    _statsforecast("mstl-arima", "MSTL + AutoARIMA", {"bank": 2, "911": 6, "israel": 7}),
    _statsforecast("auto-arima", "AutoARIMA", {"vancouver": 17, "ambulance": 17}),
    _prophet("prophet", "Prophet, default", "default", {
        "bank": 1, "911": 1, "911-ems": 4, "israel": 3, "israel-ps": 7, "vancouver": 4, "ambulance": 4,
        "ambulance-84": 2,
    }),
    _prophet("prophet-holidays", "Prophet + holidays", "with_holidays", {
        "bank": 1, "911": 2, "vancouver": 4, "ambulance": 4, "ambulance-84": 2, **dict.fromkeys(AREA_CASES, 8),
    }),
    _prophet("prophet-monthly", "Prophet + holidays, monthly, multiplicative", "monthly_multiplicative", {
        "bank": 1, "911": 2, "israel": 3, "vancouver": 2, "ambulance": 4, "ambulance-84": 2,
    }),
    Method("lightgbm", "LightGBM by mlforecast", "mlforecast_models", "lightgbm",
           ("lightgbm", "mlforecast", "numpy", "pandas"), {
        "bank": 1, "911": 1, "911-ems": 4, "israel": 1, "israel-ps": 3, "vancouver": 1, "ambulance": 1,
        "ambulance-84": 2, **dict.fromkeys(AREA_CASES, 8),
    }),
)  # fmt: skip
METHODS: dict[str, Method] = {method.name: method for method in _METHODS}
"""By name, ours first."""
