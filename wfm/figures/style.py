"""The look of every figure: fonts, colours that colour-blind readers tell apart, and a restrained frame."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine

from wfm.errors import UsageError
from wfm.files import write_atomically
from wfm.shipped import shipped

BLUE, ORANGE, GREEN, PURPLE, RED, SKY, YELLOW, INK = (
    "#0072B2", "#E69F00", "#009E73", "#8E5EA2", "#D55E00", "#56B4E9", "#F0E442", "#1D2733",
)  # fmt: skip
"""The palette of Okabe and Ito (2008), its reddish purple deepened for thin lines."""
SOFT, LINE = "#5B6776", "#DDE2E8"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY)

_PNG_DPI = 150
_CHINESE = "WenQuanYi Micro Hei"
_LOOK: dict[str, Any] = {
    "font.family": ["DejaVu Sans", _CHINESE],
    "font.size": 9.5,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": "#AAB3BE",
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "wfm",
    "svg.fonttype": "path",
}


@lru_cache(maxsize=1)
def _register_font() -> None:
    """Make the shipped Chinese font known; matplotlib then falls back to it glyph by glyph.

    It has one weight, which must serve for bold too, or every bold heading would log that none was found.
    """
    fontManager.addfont(str(shipped("fonts/wqy-microhei-gb2312.ttf")))
    regular = next(face for face in fontManager.ttflist if face.name == _CHINESE)
    fontManager.ttflist.append(replace(regular, weight=700))


@contextmanager
def look() -> Iterator[None]:
    """The figures' settings, for as long as one is being drawn or saved; global settings stay as they were."""
    _register_font()
    with mpl.rc_context(cast("Any", _LOOK)):
        yield


def new_figure(width: float, height: float, title: str, subtitle: str = "") -> Figure:
    """An empty figure of that many inches with a title, and a line below it that says what is shown and in which zone.

    The heading's height is taken from the figure, so that plots of any height are laid out alike.
    """
    heading = 0.62 if subtitle else 0.4
    frame = ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - heading / height), h_pad=0.06, w_pad=0.08)
    figure = Figure(figsize=(width, height), layout=frame)
    FigureCanvasAgg(figure)
    figure.text(0.12 / width, 1 - 0.1 / height, title, size=13, weight="bold", va="top")
    figure.text(0.12 / width, 1 - 0.37 / height, subtitle, size=9.5, color=SOFT, va="top")
    return figure


def legend_above(axes: Axes, columns: int = 5) -> None:
    """A legend in one line over the axes, at the right, where no data can lie under it."""
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=columns, borderaxespad=0.2, handlelength=1.6)


def save(figure: Figure, path: Path) -> Path:
    """Write PNG or SVG, by the path's ending: first to a temporary file beside, then renamed. Same figure, same bytes.

    Raises:
        UsageError: neither ``.png`` nor ``.svg``.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise UsageError("cannot draw this kind of file", found=path.name, expected="a name that ends in .png or .svg")
    content = io.BytesIO()
    with look(), warnings.catch_warnings():
        # A name may hold an emoji or a script that no font here has: it is drawn as a box.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        if kind == "png":
            # Drawing lays out, too; savefig would draw everything twice for it.
            figure.set_dpi(_PNG_DPI)
            cast("Any", FigureCanvasAgg(figure)).print_png(content, metadata={"Software": None})
        else:
            figure.savefig(content, format=kind, metadata={"Date": None, "Creator": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.getvalue())
    return path
