"""A fresh workspace for every test of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.command_line import CommandLine


@pytest.fixture
def centre_of(tmp_path: Path) -> Callable[[str], CommandLine]:
    """A fresh workspace by ``wfm init`` whose policy is then replaced."""

    def make(policy: str) -> CommandLine:
        wfm = CommandLine(tmp_path / "centre")
        wfm("init", str(wfm.folder))
        (wfm.folder / "wfm.toml").write_text(policy, encoding="utf-8")
        return wfm

    return make
