"""The clock of a time limit: compiling, which is done once on a machine, is not counted and is told once."""

from __future__ import annotations

import importlib.util

from scheduling.solver import search
from wfm.compiled import compiling_s, when_compiling

KERNEL = """
import numpy as np
from wfm.compiled import kernel

@kernel
def total(values):
    out = 0.0
    for value in values:
        out += value
    return out

@kernel
def twice(values):
    return 2.0 * total(values)
"""


def test_compiling_is_timed_and_told_once_and_not_at_all_from_the_cache(tmp_path):
    source = tmp_path / "fresh_kernels.py"
    source.write_text(KERNEL, encoding="utf-8")
    told = []

    def twice():
        spec = importlib.util.spec_from_file_location("fresh_kernels", source)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        when_compiling(lambda: told.append(1))
        before = compiling_s()
        assert module.twice(module.np.arange(4.0)) == 12.0
        assert module.total(module.np.arange(4)) == 6.0
        when_compiling(None)
        return compiling_s() - before

    assert twice() > 0
    assert len(told) == 1
    assert twice() == 0
    assert len(told) == 1


def test_the_wall_clock_stands_still_while_kernels_are_compiled(monkeypatch):
    monkeypatch.setattr(search.time, "monotonic", lambda: 100.0)
    monkeypatch.setattr(search, "compiling_s", lambda: 12.0)
    assert search.wall_clock() == 88.0
