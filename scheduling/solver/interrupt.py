"""Ctrl-C held back for as long as a result is being written down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def held_back() -> Iterator[Callable[[], bool]]:
    """No KeyboardInterrupt is raised inside; the function that is given tells whether one was asked for.

    Outside of the main thread signals don't arrive, and nothing is held back.

    >>> with held_back() as asked:
    ...     signal.raise_signal(signal.SIGINT)
    ...     asked()
    True
    """
    asked = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
