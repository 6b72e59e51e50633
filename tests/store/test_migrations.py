"""Migrations: what they build is what the code expects, and a store from the future is left alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from wfm.errors import InputError
from wfm.store import migrate
from wfm.store.database import engine_of, reading, writing
from wfm.store.schema import METADATA, PEOPLE_TABLES, RUN_TABLES
from wfm.store.store import Store


def test_the_migrated_tables_are_those_of_the_schema():
    engine = engine_of("sqlite://")
    migrate.migrate(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            key = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [column.name for column in table.primary_key.columns], table.name


def test_the_known_revision_is_the_last_and_there_is_one_line_of_them():
    script = ScriptDirectory(str(migrate.MIGRATIONS))
    assert script.get_heads() == [migrate.REVISION]


def test_every_contract_has_its_table():
    for name, contract in {**RUN_TABLES, **PEOPLE_TABLES}.items():
        assert set(contract.names) <= set(METADATA.tables[name].columns.keys())


def test_a_store_of_a_later_version_is_refused_and_kept(tmp_path):
    url = f"sqlite:///{tmp_path / 'wfm.db'}"
    store = Store.open(url)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="written by a later version"):
        Store.open(url)
    assert store.revision == "9999"


def test_wishes_of_an_older_store_are_kept():
    engine = engine_of("sqlite://")
    script = ScriptDirectory(str(migrate.MIGRATIONS))
    with writing(engine) as connection:
        context = MigrationContext.configure(connection)
        for revision in reversed(list(script.iterate_revisions("0002", "base"))):
            with Operations.context(context):
                revision.module.upgrade()
            context.stamp(script, revision.revision)
        old = "('ada', 'monday', 'off', 2.0, '0001-01-01', NULL)"
        connection.execute(sa.text(f"INSERT INTO preferences VALUES {old}"))
    migrate.migrate(engine)
    with reading(engine) as connection:
        (row,) = connection.execute(sa.text("SELECT agent, weekday, wish, weight, day, template FROM preferences"))
    assert tuple(row) == ("ada", "monday", "off", 2.0, None, None)


def test_opening_twice_is_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'wfm.db'}"
    first, second = Store.open(url), Store.open(url)
    assert first.revision == second.revision == migrate.REVISION
