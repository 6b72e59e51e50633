"""The one place that turns an error into a line for the user and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from wfm.errors import WfmError

NO = 1
"""Exit code when the answer is no: violations, an agent without a legal week, a threshold missed."""

UNREADABLE = 3
"""Exit code when a file or folder of the user's cannot be read or written."""

INTERNAL = 70
INTERRUPTED = 130


def run_guarded(command: Callable[[], object]) -> int:
    """Run the command line; return its exit code. ``WFM_DEBUG=1`` (or ``--debug``) shows the traceback."""
    try:
        command()
    except WfmError as error:
        return _told(error, str(error), error.exit_code)
    except KeyboardInterrupt as error:
        return _told(error, "interrupted; the store is as it was", INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe went away (`wfm ... | head`): nothing is wrong on this side.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = error.filename if error.filename is not None else "the output"
        line = f"cannot read or write {where}: {error.strerror or error}; to mend: check the name, the rights, the disk"
        return _told(error, line, UNREADABLE)
    except SystemExit as stop:
        if _by_key(stop):
            return _told(stop, "interrupted; the store is as it was", INTERRUPTED)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:
        line = f"internal error, {type(error).__name__}: {error}; run it again with --debug for the traceback"
        return _told(error, line, INTERNAL)
    return 0


def _by_key(stop: BaseException | None) -> bool:
    """Whether Ctrl-C lies behind it: Typer turns that into an exit of its own, without a word."""
    while stop is not None and not isinstance(stop, KeyboardInterrupt):
        stop = stop.__cause__ or stop.__context__
    return stop is not None


def _told(error: BaseException, line: str, code: int) -> int:
    if os.environ.get("WFM_DEBUG"):
        import traceback

        traceback.print_exception(error)
    sys.stderr.write(f"wfm: {line}\n")
    return code
