"""The sealer: everything new gets a place and a signature, in one transaction, by a role that can do nothing else."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from models.audit import AuditEvent, AuditLeaf, Checkpoint
from models.base import db
from workflow import schema
from workflow.engine import audit
from workflow.engine.unit_of_work import apart, change
from workflow.proof import keys, merkle, notes, sealing
from workflow.queries import audit_check, seals
from workflow.settings import settings

pytestmark = pytest.mark.database


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_seal_covers_every_event_once_and_its_root_is_that_of_a_tree_built_anew(make):
    make.submission(state="approved")

    sealed = sealing.seal()

    assert [one.added for one in sealed] == [count(AuditEvent)]
    rows = db.session.execute(
        select(AuditLeaf.leaf, AuditEvent.hash)
        .join(AuditEvent, (AuditEvent.stream == AuditLeaf.stream) & (AuditEvent.seq == AuditLeaf.seq))
        .order_by(AuditLeaf.tree_index)
    ).all()
    assert len(rows) == count(AuditEvent)
    assert [row.leaf for row in rows] == [merkle.leaf_hash(row.hash) for row in rows]
    said = notes.checked(sealed[0].note, keys.believed())
    assert (said.size, said.root) == (len(rows), merkle.root(row.leaf for row in rows))


def test_a_second_seal_adds_what_is_new_and_names_the_note_before(make, monkeypatch):
    monkeypatch.setattr(sealing, "MOST", 7)
    make.submission()
    first = sealing.seal()
    make.submission(state="submitted")

    second = sealing.seal()

    everything = [*first, *second]
    assert [one.size for one in everything] == list(
        db.session.scalars(select(Checkpoint.size).order_by(Checkpoint.size))
    )
    before = ["-", *(notes.digest(one.note) for one in everything[:-1])]
    assert [notes.read(one.note).line("after") for one in everything] == before
    assert audit_check.check().is_whole


def test_where_nothing_is_new_nothing_is_written(make):
    make.submission()
    sealing.seal()

    assert sealing.seal() == []
    assert count(Checkpoint) == 1


def test_an_event_that_was_committed_late_is_sealed_although_a_later_number_was_sealed_before(make, app):
    """Numbers are given before the commit: a reader of "later than the last one" would miss the small number."""
    make.submission()
    with apart() as slow:
        audit.write(slow, "settings:slow", "settings:try", actor=None, at=audit_moment())
        make.submission()
        sealing.seal()
        make.submission()
        sealing.seal()

    sealing.seal()

    assert count(AuditLeaf) == count(AuditEvent)
    assert audit_check.check().is_whole


def audit_moment():
    return db.session.scalar(text("SELECT now()"))


def test_two_sealers_at_once_seal_every_event_once(make, house):
    for _ in range(3):
        make.submission(state="submitted")
    barrier = threading.Barrier(4)

    def one_of_them(_number: int) -> int:
        with house.app_context():
            barrier.wait()
            return sum(sealed.added for sealed in sealing.seal())

    with ThreadPoolExecutor(4) as sealers:
        added = list(sealers.map(one_of_them, range(4)))

    assert sum(added) == count(AuditEvent) == count(AuditLeaf)
    assert count(Checkpoint) == 1


def test_a_sealer_that_dies_between_leaves_and_checkpoint_leaves_neither(make, superuser, monkeypatch):
    make.submission()
    whole = sealing._said

    def die(*said):
        with superuser.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    # The server is shared: another worker's sealer must not die with ours.
                    " WHERE usename = 'toasoan_sealer' AND datname = current_database()"
                )
            )
        return whole(*said)

    monkeypatch.setattr(sealing, "_said", die)
    with pytest.raises(DBAPIError):
        sealing.seal()
    assert (count(AuditLeaf), count(Checkpoint)) == (0, 0)

    monkeypatch.setattr(sealing, "_said", whole)
    sealing.seal()

    assert count(AuditLeaf) == count(AuditEvent)


def test_a_key_that_others_can_read_seals_nothing(make, refused):
    make.submission()
    sealing.seal()
    make.submission()
    file = settings().seal_key
    assert file.stat().st_mode & 0o777 == 0o400

    file.chmod(0o440)
    assert refused(sealing.seal) == "seal_key_exposed"

    file.chmod(0o400)
    assert len(sealing.seal()) == 1


def test_a_lost_key_is_not_replaced_in_silence(make, refused, tmp_path, monkeypatch):
    make.submission()
    sealing.seal()
    make.submission()
    monkeypatch.setattr(settings(), "seal_key_file", str(tmp_path / "lost.key"))

    assert refused(sealing.seal) == "seal_key_missing"


def test_after_a_lost_key_a_new_one_is_made_on_purpose_and_the_old_seals_stay_valid(
    make, tmp_path, monkeypatch
):
    make.submission()
    sealing.seal()
    make.submission()
    monkeypatch.setattr(settings(), "seal_key_file", str(tmp_path / "new.key"))

    keys.make_key(known=seals.keys())
    sealing.seal()

    assert len(keys.believed()) == len(seals.keys()) == 2
    assert seals.noted_key() == seals.keys()[-1], "whoever put the file there"
    assert audit_check.check().is_whole


def test_a_process_without_the_sealers_address_says_that_another_one_seals(app, refused, monkeypatch):
    monkeypatch.setattr(settings(), "database_sealer_url", "")

    assert refused(sealing.seal) == "sealed_elsewhere"


ZERO = f"'\\x{'00' * 32}'"
LEAF = f"INSERT INTO audit_leaf VALUES (99, 'x', 1, {ZERO}, '')"
CHECKPOINT = f"INSERT INTO checkpoint VALUES (99, {ZERO}, '', '', now(), 1, 1, 1)"
EVENT = (
    "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash) VALUES ('x', 1,"
    f""" '{{"action"\\:"a","at"\\:"b","cause"\\:"c"}}', gen_random_uuid(), {ZERO}, {ZERO})"""
)
READ_ALL = "SELECT count(*) FROM audit_event, audit_leaf, checkpoint"
CHANGES = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table}",
)
ALTERING = [
    change.format(table=table, column=column)
    for table, column in (("audit_event", "payload"), ("audit_leaf", "leaf"), ("checkpoint", "note"))
    for change in CHANGES
]
ESCAPES = [
    "SET session_replication_role = replica",
    "SET ROLE toasoan_owner",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
]
MAY = {
    schema.APP: {EVENT, READ_ALL},
    schema.SEALER: {LEAF, CHECKPOINT, READ_ALL},
    schema.FORUM: set(),
    schema.AUDITOR: {READ_ALL},
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_of_the_database_may_do_its_own_part_and_nothing_else(app, database, role):
    engine = create_engine(schema.driven(schema.url_for(database, role)))

    def is_allowed(statement: str) -> bool:
        with engine.connect() as connection:
            try:
                connection.execute(text(statement))
            except DBAPIError as error:
                assert "permission denied" in str(error) or "must be owner" in str(error), statement
                return False
            return True

    tried = [EVENT, LEAF, CHECKPOINT, READ_ALL, *ALTERING, *ESCAPES]
    allowed = {statement for statement in tried if is_allowed(statement)}
    engine.dispose()

    assert allowed == MAY[role]


def test_even_the_owner_of_the_tables_is_stopped_by_the_triggers(make, superuser):
    make.submission()
    sealing.seal()

    for statement in ALTERING:
        if statement.startswith(("UPDATE", "DELETE", "TRUNCATE")):
            with superuser.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(statement))


def test_people_who_write_meanwhile_are_never_stopped_by_a_seal(make, superuser):
    """The sealer takes no lock that a verb takes."""
    make.submission()
    with superuser.begin() as held:
        held.execute(text("SELECT pg_advisory_xact_lock(20210501)"))
        with change():
            audit.write(db.session.connection(), "settings:x", "settings:try", actor=None, at=audit_moment())

    assert sealing.seal()[0].added == count(AuditEvent)
