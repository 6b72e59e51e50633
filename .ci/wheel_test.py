"""Build the wheel, install it in an environment of its own, and run the suite there, away from the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit code of the suite against the wheel."""
    with tempfile.TemporaryDirectory(prefix="wfm-wheel-") as name:
        room = Path(name)
        environment = room / "env"
        venv.create(environment, with_pip=True)
        python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        run = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*run, "wheel", "--no-deps", "--wheel-dir", str(room), str(ROOT)], check=True)
        wheel = next(room.glob("wfm-*.whl"))
        subprocess.run([*run, "install", f"{wheel}[dev]"], check=True)
        # The tests travel without the packages: what they import can only be the wheel.
        shutil.copytree(ROOT / "tests", room / "suite" / "tests")
        shutil.copy(ROOT / "pyproject.toml", room / "suite")
        shared = ROOT.parent / "shared"
        variables = os.environ | ({"WFM_SHARED": str(shared)} if shared.is_dir() else {})
        suite = subprocess.run(
            [str(python), "-m", "pytest", "-n", "2", "-m", "not slow and not sources", "tests"],
            cwd=room / "suite",
            env=variables,
            check=False,
        )
        return suite.returncode


if __name__ == "__main__":
    sys.exit(main())
