"""The rostering benchmark: a week is priced as its judge counts, results are kept and resumed, absences are told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")

from support.curtois_qu import BEST_BY_HAND, BY_HAND, JUDGES, judged, solved, written

from benchmarks import rostering
from benchmarks.rosters import centre_week, judge
from benchmarks.rosters.course import Course, Step
from benchmarks.rosters.judge import SHARED, NoJudgeError, beside
from benchmarks.rosters.page import page
from benchmarks.rosters.results import Results
from benchmarks.rosters.run import Answer, Run
from benchmarks.rosters.task import Row, Task


def week_instance() -> dict[str, object]:
    """Three agents, a lunch to be placed, one with a window and a day off."""
    agents = [
        {"min_paid": 24, "max_paid": 40, "window": [0, 36], "days_off": []},
        {"min_paid": 24, "max_paid": 40, "window": [0, 20], "days_off": [2]},
        {"min_paid": 40, "max_paid": 50, "window": [14, 36], "days_off": [5, 6]},
    ]
    day = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 2, 2, 3, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    return {"agents": agents, "demand": [day] * 7}


def week_task(folder: Path) -> Task:
    path = folder / "week3.json"
    path.write_text(json.dumps(week_instance()), encoding="utf-8")
    return centre_week.task_of(path)


def quarters(rows: list[Row]) -> dict[tuple[int, int], int]:
    """Quarter-hours of work by day and half-hour slot, from the judge's rows: lunch is the second of three breaks."""
    found: dict[tuple[int, int], int] = {}
    for _, day, start, length, breaks in rows:
        for slot in range(int(start), int(start) + int(length)):
            found[int(day), slot] = found.get((int(day), slot), 0) + 2
        for at, slot in enumerate(str(breaks).split("|")):
            found[int(day), int(slot)] -= 2 if at == 1 else 1
    return found


def test_a_week_counts_quarter_hours_in_half_hour_slots(tmp_path: Path) -> None:
    task = week_task(tmp_path)
    outcome = solved(task, seconds=2)
    present = quarters([*task.rows(outcome.roster)])
    gaps = [
        present.get((day, slot), 0) - need
        for day, needs in enumerate(week_instance()["demand"])  # type: ignore[arg-type]
        for slot, need in enumerate(needs)
    ]
    assert outcome.objective == pytest.approx(sum(-10 * gap if gap < 0 else gap for gap in gaps))
    assert outcome.bound <= outcome.objective


@JUDGES
@pytest.mark.shared
def test_the_week_is_judged_as_it_is_priced(tmp_path: Path) -> None:
    task = week_task(tmp_path)
    outcome = solved(task, seconds=2)
    assert judged(task, outcome.roster, tmp_path) == pytest.approx(outcome.objective)


def test_a_course_keeps_only_what_is_better() -> None:
    told: list[Step] = []
    course = Course(told.append, iter(range(100)).__next__)
    for incumbent in (float("inf"), 30.0, 30.0, 20.0, 25.0):
        course(incumbent, 10.0, 0.0)
    assert [step.objective for step in course.steps] == [30.0, 20.0]
    assert told == course.steps
    assert [step.at_s for step in course.steps] == [1, 2]
    assert course.first_s == 1


def a_run(instance: str = "Instance7", **other: object) -> Run:
    told = {"agents": 20, "days": 28, "shifts": 3, "seconds": 60.0, "seed": 0, "clock": "wall",
            "wall_s": 61.0, "cpu_s": 60.5, "first_s": 0.4,
            "objective": 1056.0, "bound": 1050.0, "penalty": 1056, "legal": True, "faults": 0,
            "unplaceable": 0, "best_known": 1056, "best_in_ten_minutes": None, "peak_mb": 300.0,
            "date": "2026-11-22", "versions": "Python 3.11.9"}  # fmt: skip
    return Run(instance=instance, **(told | other))  # type: ignore[arg-type]


def test_results_are_kept_and_resumed(tmp_path: Path) -> None:
    results = Results(tmp_path / "rostering.csv")
    assert not results.has("Instance7", 60, 0)
    results.add(Answer(a_run(), (Step(0.4, 2000.0, 900.0), Step(3.0, 1056.0, 1050.0)), ()))
    assert results.has("Instance7", 60, 0)
    assert not results.has("Instance7", 60, 1)
    assert not results.has("Instance7", 600, 0)
    results.add(Answer(a_run(penalty=1060), (), ()))
    assert len(results.runs()) == 2
    assert results.latest()["penalty"].tolist() == [1060]
    assert pd.read_csv(results.course_path)["at_s"].tolist() == [0.4, 3.0]


def test_the_page_has_a_row_a_run(tmp_path: Path) -> None:
    results = Results(tmp_path / "rostering.csv")
    for run in (a_run("Instance10"), a_run(penalty=1055, bound=1054.2), a_run("week200_1", legal=False, faults=3)):
        results.add(Answer(run, (), ()))
    rows = [line for line in page(results.latest(), "rostering.csv").splitlines() if line.startswith("| ")]
    assert [row.split("|")[1].strip() for row in rows] == [
        "instance",
        "---",
        "Instance7",
        "Instance10",
        "instance",
        "---",
        "week200_1",
    ]
    assert "| 1,055 = |" in rows[2]
    assert "| 1,056 |" in rows[3]
    assert "illegal (3)" in rows[6]


def test_without_judges_a_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.rosters.judge.SHARED", tmp_path / "nowhere")
    with pytest.raises(NoJudgeError, match="WFM_SHARED"):
        beside(tmp_path / "a" / "Instance1.txt", "check_instance.py")


def test_an_absent_instance_is_skipped_visibly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [str(tmp_path / "none.txt"), "--seconds", "1", "--out", str(tmp_path / "r.csv"), "--rosters", str(tmp_path)]
    assert rostering.main(told) == 1
    assert "skipped: no instance" in capsys.readouterr().err


@JUDGES
@pytest.mark.shared
@pytest.mark.slow
def test_all_runs_what_is_there_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reference" / "rostering"
    (folder / "instances").mkdir(parents=True)
    shutil.copy(SHARED / "check_instance.py", folder)
    for name in ("Instance10", "Instance2"):
        (folder / "instances" / f"{name}.txt").write_text(BY_HAND, encoding="utf-8")
    monkeypatch.setenv("WFM_SHARED", str(tmp_path))
    for module in (rostering, judge):
        monkeypatch.setattr(module, "SHARED", folder)
    told = ["all", "--seconds", "3", "--cpu", "--seed", "5", "--resume", "--out", str(tmp_path / "r.csv")]
    told += ["--rosters", str(tmp_path)]
    assert rostering.main(told) == 0
    runs = Results(tmp_path / "r.csv").runs()
    assert runs["instance"].tolist() == ["Instance2", "Instance10"]
    assert runs["penalty"].tolist() == [BEST_BY_HAND] * 2
    assert "no centre_week.py" in capfd.readouterr().err
    assert rostering.main(told) == 0
    assert len(Results(tmp_path / "r.csv").runs()) == 2


@JUDGES
@pytest.mark.shared
def test_a_run_from_file_to_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [str(written(tmp_path, BY_HAND)), "--seconds", "3", "--cpu", "--out", str(tmp_path / "r.csv")]
    told += ["--rosters", str(tmp_path / "rosters")]
    assert rostering.main(told) == 0
    assert f"legal, penalty {BEST_BY_HAND}" in capsys.readouterr().out
    assert "Instance0" in (tmp_path / "r.md").read_text(encoding="utf-8")
    assert rostering.main([*told, "--resume"]) == 0
    assert len(Results(tmp_path / "r.csv").runs()) == 1
