"""A workspace: made once, never written over, opened with what is in it."""

from __future__ import annotations

from datetime import date

import pytest

from wfm.errors import InputError, PolicyError
from wfm.importing.history import import_history
from wfm.importing.people import import_people
from wfm.importing.reading import read_table
from wfm.store.workspace import create_workspace, example_files, open_workspace


def test_a_new_workspace_takes_its_own_examples(tmp_path):
    written = create_workspace(tmp_path / "centre", example_files())
    assert {path.name for path in written} >= {"wfm.toml", "wfm.db", "agents.csv", "history.csv"}
    place = open_workspace(tmp_path / "centre")
    place.store.write_history(import_history(read_table(tmp_path / "centre" / "history.csv"), place.centre).table)
    agents = import_people("agents", read_table(tmp_path / "centre" / "agents.csv"), place.centre).table
    place.store.write_people("agents", agents, date(2026, 11, 23))
    for kind in ("availability", "time_off", "preferences"):
        frame = read_table(tmp_path / "centre" / f"{kind}.csv")
        place.store.write_people(
            kind, import_people(kind, frame, place.centre, agents=agents).table, date(2026, 11, 23)
        )
    assert len(place.people(date(2026, 11, 23)).agents) == 4
    assert len(place.store.history()) == 3


@pytest.mark.parametrize("name", ["agents.csv", "wfm.toml", "wfm.db"])
def test_nothing_is_written_over(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="never overwritten") as refusal:
        create_workspace(tmp_path, example_files())
    assert name in str(refusal.value.where)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_the_environment_names_another_store(tmp_path, monkeypatch):
    create_workspace(tmp_path / "centre", example_files())
    monkeypatch.setenv("WFM_STORE", f"sqlite:///{tmp_path / 'team.db'}")
    assert open_workspace(tmp_path / "centre").store.place.endswith("team.db")


def test_a_folder_without_a_policy_is_no_workspace(tmp_path):
    with pytest.raises(PolicyError, match="no policy here"):
        open_workspace(tmp_path)
    assert list(tmp_path.iterdir()) == []
