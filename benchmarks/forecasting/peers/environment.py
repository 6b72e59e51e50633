"""The environment of the packages compared with; it is made by

    python -m benchmarks.forecasting.peers.environment

in the folder that ``$WFM_PEERS`` names, by default ``~/.cache/wfm/peers``. The project's own environment gets none of
them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def folder() -> Path:
    """Where the environment is, or will be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(os.environ.get("WFM_PEERS", cache / "wfm" / "peers"))


def interpreter() -> Path:
    """The environment's Python, there or not."""
    return folder() / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")


def main() -> int:
    """Make the environment, or bring it up to date."""
    if not interpreter().exists():
        venv.create(folder(), with_pip=True)
    install = [str(interpreter()), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
    return subprocess.run(install, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
