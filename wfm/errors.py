"""The one tree of errors.

::

    WfmError                 anything this tool says no to, in one line
    ├── UsageError           the call itself is off                         exit 2
    ├── InputError           a file, table or setting is wrong              exit 3
    │   ├── TableError       a table broke its contract (column, row)
    │   ├── PolicyError      wfm.toml broke its contract
    │   └── MissingError     something asked for is not there (week, run, queue)
    ├── StoreBusyError       another process holds the store                exit 75
    └── InterruptedRunError  stopped by the user; the best so far is kept   exit 130

"The answer is no" (infeasible, violations, a threshold missed) is no error: the command returns exit code 1.
"""

from __future__ import annotations


class WfmError(Exception):
    """Base of every error that is meant for the user.

    ``what`` went wrong, ``where`` (file, row, column), what was ``found``, what was ``expected``, how to ``mend`` it.

    >>> print(InputError("negative count", where="calls.csv, row 7, column offered", found="-3",
    ...                  expected="0 or more", mend="correct the row"))
    negative count (calls.csv, row 7, column offered): found -3, expected 0 or more; to mend: correct the row
    """

    exit_code = 70

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        found: object | None = None,
        expected: str | None = None,
        mend: str | None = None,
    ) -> None:
        self.what, self.where, self.found, self.expected, self.mend = what, where, found, expected, mend
        super().__init__(what)

    def __str__(self) -> str:
        facts = []
        if self.found is not None:
            facts.append(f"found {self.found}")
        if self.expected is not None:
            facts.append(f"expected {self.expected}")
        line = self.what + (f" ({self.where})" if self.where else "")
        line += f": {', '.join(facts)}" if facts else ""
        return line + (f"; to mend: {self.mend}" if self.mend else "")


class UsageError(WfmError):
    """The call itself is off: options that contradict each other, a week that cannot be read."""

    exit_code = 2


class InputError(WfmError):
    """A file, table or setting is wrong; nothing was written."""

    exit_code = 3


class TableError(InputError):
    """A table broke its contract."""


class PolicyError(InputError):
    """wfm.toml broke its contract."""


class MissingError(InputError):
    """Something asked for is not there: a week without forecast, an unknown run or queue."""


class StoreBusyError(WfmError):
    """Another process holds the store for writing."""

    exit_code = 75


class InterruptedRunError(WfmError):
    """Stopped by the user; what was best so far is kept and marked interrupted."""

    exit_code = 130
