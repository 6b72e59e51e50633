"""Progress of long work, on stderr, with the best so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str], None]


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A line on stderr that is kept up to date: call it with what there is to say.

    On a terminal the line is redrawn with a spinner; elsewhere (a log, a test) nothing is drawn.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(file=sys.stderr).status(title) as status:
        yield lambda text: status.update(f"{title}: {text}")
