"""The one door to joblib: a function over many items, in processes when more than one job is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")


def each(function: Callable[[T], R], items: Iterable[T], jobs: int = 1) -> list[R]:
    """``function`` of every item, in order; both must pickle when ``jobs`` is not 1 (-1: all cores).

    >>> each(abs, [-1, 2])
    [1, 2]
    """
    if jobs == 1:
        return [function(item) for item in items]
    import joblib

    return cast("list[R]", joblib.Parallel(n_jobs=jobs)(joblib.delayed(function)(item) for item in items))
