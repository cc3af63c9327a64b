"""F44: the process that migrates is killed half way through a migration; the next one finds the schema whole."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from models.tables import Base
from tests.faults.conftest import FULL
from tests.faults.processes import ROOT
from workflow import schema

pytestmark = [pytest.mark.database, pytest.mark.fault]

MIGRATING = "import sys; from workflow import schema; schema.migrate(sys.argv[1])"
LATCH = 4_420_210
STOPPING = (
    "CREATE SCHEMA latch",
    "CREATE SEQUENCE latch.passed",
    # Counted outside any transaction, so that what is rolled back was counted all the same.
    f"""CREATE FUNCTION latch.stop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF nextval('latch.passed') = {{nth}} THEN PERFORM pg_advisory_xact_lock({LATCH}); END IF;
    END $$""",
    "CREATE EVENT TRIGGER stop ON ddl_command_end EXECUTE FUNCTION latch.stop()",
)
"""Whoever defines something for the nth time waits until the latch is let go."""
WAITING = text(f"""
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND NOT granted AND objid = {LATCH} AND d.datname = current_database()
""")


@pytest.fixture
def own(empty_database: str) -> Iterator[Engine]:
    """A database of this test's own, as the superuser, empty."""
    engine = create_engine(schema.driven(empty_database))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("nth", [30, 70, 110, 150, 190] if FULL else [150])
def test_f44_a_migration_that_is_killed_half_way_leaves_whole_revisions_and_is_run_again(own, nth):
    url = own.url.render_as_string(hide_password=False)
    with own.begin() as connection:
        for statement in STOPPING:
            connection.execute(text(statement.format(nth=nth)))

    with own.connect() as latch:
        latch.execute(text("SELECT pg_advisory_lock(:latch)"), {"latch": LATCH})
        latch.commit()
        migrating = subprocess.Popen([sys.executable, "-c", MIGRATING, url], cwd=ROOT)
        stopped_at = reached(own, migrating)
        migrating.kill()
        migrating.wait(10)
        latch.execute(text("SELECT pg_advisory_unlock(:latch)"), {"latch": LATCH})
        latch.commit()
    with own.begin() as connection:
        connection.execute(text("DROP EVENT TRIGGER stop"))
        connection.execute(text("DROP SCHEMA latch CASCADE"))

    assert revision(own) == stopped_at < schema.newest_revision()
    assert schema.migrate(url) == schema.newest_revision()
    with own.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def reached(own: Engine, migrating: subprocess.Popen[bytes]) -> str:
    """Wait until the migration hangs at the latch; the last revision that is whole."""
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        with own.connect() as connection:
            if connection.execute(WAITING).scalar_one():
                return revision(own)
        assert migrating.poll() is None, "it went through without defining so many things"
        time.sleep(0.05)
    raise AssertionError("it never came to the latch")


def revision(own: Engine) -> str:
    with own.connect() as connection:
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
            return ""
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
