"""Each statement of each verb fails once, and each branch of the one statement: nothing has changed then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from models.base import db
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import Consent
from tests.factories import picture
from tests.stage import _tables
from workflow import bulk, deadlines, submissions, writing
from workflow.engine import driver

pytestmark = pytest.mark.database


class PowerCut(Exception):
    """The test's own: no part of the house may catch it."""


@contextmanager
def cut_at(nth: int) -> Iterator[list[str]]:
    """The nth statement sent on any connection fails before it reaches the server; collects what was sent."""
    sent: list[str] = []

    def note(_connection, _cursor, sql, *_):
        sent.append(sql)
        if len(sent) == nth:
            raise PowerCut(sql)

    straight = driver.execute

    def noted(connection, sql, values):
        note(connection, None, sql)
        return straight(connection, sql, values)

    engines = set(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    driver.execute = noted
    try:
        yield sent
    finally:
        driver.execute = straight
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def whole(superuser) -> Callable[[], dict[str, str]]:
    """A digest of every row of every table."""

    def look() -> dict[str, str]:
        parts = " UNION ALL ".join(
            f"SELECT '{name}' AS name, md5(string_agg(row::text, '|' ORDER BY row::text)) AS rows FROM {name} row"
            for name in _tables()
        )
        with superuser.connect() as connection:
            return {row.name: row.rows for row in connection.execute(text(parts))}

    return look


Verb = Callable[[], object]


def _submit(make, cast) -> Verb:
    number, binh = make.submission().id, cast.binh.id
    return lambda: submissions.submit(number, by=db.session.get_one(Account, binh), command=str(uuid4()))


def _edit(make, cast) -> Verb:
    number, son = make.submission(state="submitted").id, cast.son.id
    submissions.claim(number, by=cast.son)
    return lambda: submissions.finish_editing(number, by=db.session.get_one(Account, son))


def _approve(make, cast) -> Verb:
    piece, minh = make.submission(state="edited"), cast.minh.id
    number, digest = piece.id, piece.digest
    return lambda: submissions.approve(number, by=db.session.get_one(Account, minh), seen=digest)


def _publish(make, cast) -> Verb:
    piece, phuong = make.submission(state="approved", with_picture=True), cast.phuong.id
    number, digest = piece.id, piece.digest
    return lambda: submissions.publish(number, by=db.session.get_one(Account, phuong), seen=digest)


def _retract(make, cast) -> Verb:
    number, phuong = make.submission(state="published").id, cast.phuong.id
    return lambda: submissions.retract(number, reason="Phụ huynh.", by=db.session.get_one(Account, phuong))


def _write(make, cast) -> Verb:
    piece, lan = make.submission(with_picture=True), cast.lan.id
    number, digest = piece.id, piece.digest
    file = writing.NewFile("anh2.jpg", picture("navy"), "Ảnh 2.", consent=Consent.YES)
    words = make.manuscript("Tít mới", new=[file])
    return lambda: writing.write(number, words, by=db.session.get_one(Account, lan), seen=digest)


def _draft(make, cast) -> Verb:
    make.submission()
    words, home, lan = make.manuscript(), cast.can_loc.id, cast.lan.id
    from models.organisation import Unit

    return lambda: writing.draft(
        words, unit=db.session.get_one(Unit, home), by=db.session.get_one(Account, lan)
    )


def _answer(make, cast) -> Verb:
    piece, binh = make.submission(state="edited", with_picture=True), cast.binh.id
    number, file = piece.id, piece.revision.pictures[0].attachment_id
    return lambda: writing.answer(number, file, Consent.NO, by=db.session.get_one(Account, binh))


def _reclassify(make, cast) -> Verb:
    number, son = make.submission(state="approved").id, cast.son.id
    return lambda: writing.reclassify(
        number, by=db.session.get_one(Account, son), reason="Sai tên.", author_line="Lê Thị Mai"
    )


def _extend(make, cast) -> Verb:
    number, son = make.submission().id, cast.son.id
    make.clock_at("2021-05-20 08:00")
    deadlines.sweep()
    month = db.session.get_one(Submission, number).period_id
    until = datetime.fromisoformat("2021-05-22T00:00+07:00")
    return lambda: deadlines.extend(
        db.session.get_one(Period, month),
        unit=None,
        until=until,
        reason="Bão.",
        by=db.session.get_one(Account, son),
    )


def _sweep(make, cast) -> Verb:
    make.submission()
    make.submission()
    make.clock_at("2021-05-20 08:00")
    return deadlines.sweep


def _bulk(make, cast) -> Verb:
    pieces = {piece.id: piece.digest for piece in (make.submission(state="edited") for _ in range(2))}
    minh = cast.minh.id
    return lambda: bulk.perform_all(pieces, "approve", by=db.session.get_one(Account, minh))


# A sweep is many changes, one for each batch; below it is asked as one.
VERBS = (
    _submit, _edit, _approve, _publish, _retract, _write, _draft, _answer, _reclassify, _extend, _bulk,
)  # fmt: skip


@pytest.mark.parametrize("prepare", VERBS, ids=lambda prepare: prepare.__name__.strip("_"))
def test_whichever_statement_fails_nothing_has_changed(make, cast, whole, prepare):
    verb = prepare(make, cast)
    db.session.rollback()
    before, failed = whole(), 0
    while True:
        try:
            with cut_at(failed + 1):
                verb()
            break
        except PowerCut:
            failed += 1
            db.session.rollback()
            assert whole() == before, f"statement {failed} left something behind"

    assert failed >= 2
    assert whole() != before


BRANCHES = ("submission", "audit_event", "outbox")


@pytest.mark.parametrize("table", BRANCHES)
@pytest.mark.parametrize(
    "prepare", [_approve, _publish, _bulk, _sweep, _submit], ids=lambda p: p.__name__.strip("_")
)
def test_whichever_branch_of_the_one_statement_fails_nothing_has_changed(
    make, cast, whole, superuser, prepare, table
):
    if prepare is _sweep and table == "outbox":
        table = "audit_event"  # nobody is written to when a draft lapses
    verb = prepare(make, cast)
    db.session.rollback()
    before = whole()
    with broken(superuser, table), pytest.raises(Exception, match="the disk is gone"):
        verb()
    db.session.rollback()

    assert whole() == before
    verb()
    assert whole() != before


@contextmanager
def broken(superuser, table: str) -> Iterator[None]:
    """The server refuses every row that goes into the table or changes in it, as the last of the statement."""
    with superuser.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION test_break() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'the disk is gone'; END $$;"
                f" CREATE TRIGGER zz_test_break AFTER INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION test_break()"
            )
        )
    try:
        yield
    finally:
        with superuser.begin() as connection:
            connection.execute(text("DROP FUNCTION test_break() CASCADE"))
