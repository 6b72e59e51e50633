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


@contextmanager
def progress_until(title: str, seconds: float) -> Iterator[Report]:
    """A bar on stderr that fills over ``seconds``, beside it what is best so far; call it with what there is to say.

    On a terminal only, as ``progress``. Work that ends before its time leaves the bar where it is.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(bar_width=20), TimeElapsedColumn(), TextColumn("{task.fields[best]}"))
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(title, total=seconds, best="building the problem")

        def report(text: str) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=min(elapsed, seconds), best=text)

        yield report
