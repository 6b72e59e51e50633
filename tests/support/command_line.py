"""Running the command line as a user types it, and the two real centres it is run on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BREAKS = """
breaks = [
  { kind = "break", minutes = 15, window_h = [1, 2] },
  { kind = "lunch", minutes = 30, window_h = [3, 4.5], paid = false },
  { kind = "break", minutes = 15, window_h = [5.5, 6.5] },
]
"""

# The clock of this public file shows only the last digit of the hour: 17:30 reads 07:30, 20:00 reads 00:00. So its days
# run from 00:00 to 10:00, its short Friday and its Saturday evening come in two parts.
ISRAELI_BANK = f"""
[centre]
name = "A bank's call centre"
currency = "ILS"
week_starts = "sunday"
[[sites]]
id = "haifa"
zone = "Asia/Jerusalem"
[calendar]
country = "IL"
weekend = ["friday", "saturday"]
[shrinkage]
unplanned = 0.06
[pay]
grades = {{ clerk = "42.50" }}
workweek_starts = "sunday"
weekend_premium = "0.5"
[[contracts]]
id = "full"
hours_week = 36
min_hours_week = 24
max_hours_week = 40
max_days_week = 5
[[shift_templates]]
id = "long"
start = "00:00-02:00"
lengths_h = [8]
weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday"]
{BREAKS}
[[shift_templates]]
id = "short"
start = "00:00-06:00"
lengths_h = [4]
breaks = [{{ minutes = 15, window_h = [1.5, 2.5] }}]
""" + "".join(
    f"""
[[queues]]
id = "{queue}"
channel = "voice"
opening = {{ daily = "00:00-10:00", fri = ["00:00-04:00", "07:00-10:00"], sat = ["00:00-04:00", "09:00-10:00"] }}
"""
    for queue in ("PS", "NW", "NE", "TT", "IN", "PE")
)

AMERICAN_BANK = f"""
[centre]
name = "A commercial bank"
currency = "USD"
[[sites]]
id = "main"
zone = "America/New_York"
[calendar]
country = "US"
[pay]
grades = {{ clerk = "21.00" }}
[[contracts]]
id = "full"
hours_week = 40
min_hours_week = 32
[[shift_templates]]
id = "day"
start = "06:45-12:30"
step_min = 15
lengths_h = [8.5]
{BREAKS}
[[queues]]
id = "bank"
default_aht_s = 45
opening = {{ weekdays = "07:00-21:05", holiday = "closed" }}
"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs ``wfm`` in a workspace; a code other than the expected one fails with what was printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, code: int = 0, stdin: str | None = None) -> Ran:
        command = [sys.executable, "-c", "import cli; cli.main()", *words]
        if words[0] not in ("init", "demo", "--help", "--version"):
            command += ["--workspace", str(self.folder)]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=300, check=False, cwd=self.folder.parent
        )
        assert done.returncode == code, (
            f"wfm {' '.join(words)}: exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr}"
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def write_agents(path: Path, rows: list[str]) -> Path:
    """An agents file of ``rows``."""
    path.write_text("id,name,team,site,contract,skills,grade\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path
