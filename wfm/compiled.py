"""The one door to numba: a typed ``kernel`` decorator, and how long compiling has taken.

numba ships no types, so a decorator taken from it directly would make every compiled function untyped.
Compiled code is cached on disk (``__pycache__`` beside the source, or the user's cache where that is read-only): only
the first call on a machine pays for compiling, some seconds that a time limit should not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit
from numba.core import event

P = ParamSpec("P")
R = TypeVar("R")


class _Compiling(event.Listener):  # type: ignore[misc]
    """Adds up how long kernels are compiled; one within another, or in two threads at once, counts once."""

    def __init__(self) -> None:
        self.tell: Callable[[], None] | None = None
        self.spent = 0.0
        self._open = 0
        self._since = 0.0

    def on_start(self, *_: object) -> None:
        """A kernel is not in the cache."""
        if self._open == 0:
            self._since = time.monotonic()
            if self.tell is not None:
                self.tell()
                self.tell = None
        self._open += 1

    def on_end(self, *_: object) -> None:
        """It is compiled."""
        self._open -= 1
        if self._open == 0:
            self.spent += time.monotonic() - self._since


_COMPILING = _Compiling()
event.register("numba:compile", _COMPILING)


def compiling_s() -> float:
    """Seconds that this process has spent on compiling kernels, which it does once on a machine."""
    return _COMPILING.spent


def when_compiling(tell: Callable[[], None] | None) -> None:
    """Have ``tell`` called once, when the next kernel must be compiled; None: nobody."""
    _COMPILING.tell = tell


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over arrays and scalars to machine code, cached on disk.

    Inside a kernel only what numba supports may be used: numpy arrays, numbers, tuples, other kernels. Since the cache
    belongs to a source file, a kernel stands in a module, not at a prompt::

        @kernel
        def total(values: NDArray[np.float64]) -> float:
            out = 0.0
            for value in values:
                out += value
            return out
    """
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))
