"""What every test may ask for: the public data beside the checkout, where it is present."""

from __future__ import annotations

import os
from pathlib import Path

# As the command line does, and before numpy is loaded: threads of small linear algebra only wait for each other.
for _pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import matplotlib as mpl  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

mpl.use("Agg")

# Examples are slow the first time a kernel compiles and on a busy machine; a slow example is no failure.
settings.register_profile("wfm", deadline=None)
settings.load_profile("wfm")


def shared_folder() -> Path | None:
    """The folder of public data: WFM_SHARED, or ``shared`` beside the checkout."""
    named = os.environ.get("WFM_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parent.parent.parent / "shared"
    return folder if (folder / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data; the test is skipped, visibly, where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("the public data (../shared, or WFM_SHARED) is not on this machine")
    return folder
