"""A small centre in a zone that changes clocks, and a way to write a file and read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from wfm.importing.reading import read_table
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of


@pytest.fixture(scope="session")
def centre() -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "main", "zone": "Europe/Berlin"}],
            "queues": [
                {"id": "general"},
                {"id": "vip", "opening": {"weekdays": "08:00-18:00"}},
                {"id": "hourly", "interval_min": 60},
            ],
            "contracts": [{"id": "full", "hours_week": 40}],
            "pay": {"grades": {"agent": "20"}},
        }
    )


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], pd.DataFrame]:
    """Text, written to a file and read back as the command reads it."""

    def written(text: str) -> pd.DataFrame:
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        return read_table(path)

    return written
