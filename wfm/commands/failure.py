"""The one place that turns an error into a line for the user and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from wfm.errors import WfmError

NO = 1
"""Exit code when the answer is no: violations, an agent without a legal week, a threshold missed."""

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
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:
        line = f"internal error, {type(error).__name__}: {error}; run it again with --debug for the traceback"
        return _told(error, line, INTERNAL)
    return 0


def _told(error: BaseException, line: str, code: int) -> int:
    if os.environ.get("WFM_DEBUG"):
        import traceback

        traceback.print_exception(error)
    sys.stderr.write(f"wfm: {line}\n")
    return code
