"""The judges: programs without any solver that check an instance's hard rules and count its penalty."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("WFM_SHARED", CHECKOUT.parent / "shared")) / "reference" / "rostering"
"""Where instances, judges and published figures are looked for."""
SAID = re.compile(r"(?P<verdict>legal|\d+ violations); penalty (?P<penalty>\d+);")


class NoJudgeError(Exception):
    """A judge's program, or what it needs, is not there."""


@dataclass(frozen=True)
class Verdict:
    """``faults`` are the judge's own words for broken hard rules; legal is none."""

    penalty: int
    faults: tuple[str, ...]

    @property
    def legal(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.faults


def beside(instance: Path, name: str) -> Path:
    """The file ``name`` beside the instance, one folder above it, or in the shared folder.

    Raises:
        NoJudgeError: in none of them.
    """
    places = list(_places(instance))
    found = next((place / name for place in places if (place / name).exists()), None)
    if found is None:
        raise NoJudgeError(f"no {name} in {', '.join(map(str, places))}; set WFM_SHARED to the folder that holds it")
    return found


def _places(instance: Path) -> Iterator[Path]:
    folder = instance.resolve().parent
    yield from (folder, folder.parent, SHARED)


def judged_shifts(instance: Path, roster: Path) -> Verdict:
    """The verdict of ``check_instance.py`` on ``employee,day,shift``."""
    done = _ran(beside(instance, "check_instance.py"), str(instance), str(roster), "--json")
    told = json.loads(done)
    return Verdict(int(told["penalty"]), tuple(told["errors"]))


def judged_week(instance: Path, roster: Path) -> Verdict:
    """The verdict of ``centre_week.py check`` on ``agent,day,start,length,breaks``."""
    first, *faults = _ran(beside(instance, "centre_week.py"), "check", str(instance), str(roster)).splitlines()
    said = SAID.match(first)
    if said is None:
        raise NoJudgeError(f"the judge answered {first!r}, not a verdict")
    return Verdict(int(said["penalty"]), tuple(faults) if said["verdict"] != "legal" else ())


def _ran(program: Path, *arguments: str) -> str:
    """What the judge prints; it exits 1 for an illegal roster, and prints nothing where it fails itself."""
    done = subprocess.run([sys.executable, str(program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise NoJudgeError(f"{program.name} failed: {done.stderr.strip()[-400:]}")
    return done.stdout
