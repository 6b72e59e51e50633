"""The one door to numba: a typed ``kernel`` decorator.

numba ships no types, so a decorator taken from it directly would make every compiled function untyped.
Compiled code is cached on disk (``__pycache__`` beside the source, or the user's cache where that is read-only): only
the first call on a machine pays for compiling, which takes seconds and should be announced by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


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
