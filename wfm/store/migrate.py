"""Bring a database to the tables of this version, one revision after the other, in one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from wfm.errors import InputError
from wfm.store.database import reading, writing

REVISION = "0004"
"""The revision this version works with; a test holds it to the last file in ``migrations/versions``."""

MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(engine: sa.Engine) -> str | None:
    """The revision of the database, None where it has no tables of ours yet."""
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def migrate(engine: sa.Engine) -> None:
    """Upgrade the database where it is behind. Two processes may do so at once: the second finds it done.

    Raises:
        InputError: the database was written by a later version.
        StoreBusyError: another process kept it locked.
    """
    if revision_of(engine) == REVISION:
        return
    # Alembic takes longer to import than a whole look at the store, and is needed once in the store's life.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(MIGRATIONS))
    with writing(engine) as connection:
        context = MigrationContext.configure(connection)
        current = context.get_current_revision()
        if current is not None and current not in {known.revision for known in script.walk_revisions()}:
            raise InputError(
                "the store was written by a later version of wfm",
                where=engine.url.render_as_string(hide_password=True),
                found=f"revision {current}",
                expected=f"revision {REVISION} or earlier",
                mend="install the version of wfm that wrote it, or a later one",
            )
        for revision in reversed(list(script.iterate_revisions("head", current or "base"))):
            with Operations.context(context):
                revision.module.upgrade()
            context.stamp(script, revision.revision)
