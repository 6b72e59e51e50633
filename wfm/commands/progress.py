"""Progress of long work, on stderr, with the best so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wfm.commands.output import say

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

    On a terminal only, as ``progress``. Work that ends before its time leaves the bar where it is. Where kernels must
    be compiled first, a line says so: those seconds do not count.
    """
    from wfm.compiled import when_compiling

    when_compiling(lambda: say("compiling for this machine, only this once; the time limit does not count it"))
    try:
        with _bar(title, seconds) as report:
            yield report
    finally:
        when_compiling(None)


@contextmanager
def _bar(title: str, seconds: float) -> Iterator[Report]:
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
