"""What the database refuses for the moment is tried again; in vain, it is a clear 409."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from models.base import db
from workflow import submissions
from workflow.engine import patience
from workflow.engine.errors import Busy
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


class Passing(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


def failing(sqlstate: str | None, times: int):
    """A verb that the database refuses `times` times; `tried` counts."""
    tried = []

    def verb() -> str:
        tried.append(1)
        if len(tried) <= times:
            raise OperationalError("SELECT 1", {}, Passing(sqlstate))
        return "done"

    return verb, tried


@contextmanager
def waiting(engine: Engine, lock_timeout: str) -> Iterator[None]:
    """Every connection taken from the pool meanwhile waits this long for a lock."""

    def set_timeout(connection, *_):
        connection.execute(f"SET lock_timeout = '{lock_timeout}'")

    event.listen(engine, "checkout", set_timeout)
    try:
        yield
    finally:
        event.remove(engine, "checkout", set_timeout)
        engine.dispose()


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.0001)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
def test_what_passes_is_tried_again(app, sqlstate):
    verb, tried = failing(sqlstate, 3)

    assert patience.patiently(verb) == "done"
    assert len(tried) == 4


def test_after_five_tries_it_is_a_409_with_a_code_of_its_own(app):
    verb, tried = failing("40P01", 99)

    with pytest.raises(Busy) as busy:
        patience.patiently(verb)

    assert (busy.value.status, busy.value.code, len(tried)) == (409, "busy", 5)


def test_who_has_waited_too_long_is_told_so_at_once(app, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", -1)
    verb, tried = failing("55P03", 99)

    with pytest.raises(Busy):
        patience.patiently(verb)

    assert len(tried) == 1


@pytest.mark.parametrize("sqlstate", ["23505", "22P02", "42501", None])
def test_what_does_not_pass_is_not_tried_again(app, sqlstate):
    verb, tried = failing(sqlstate, 1)

    with pytest.raises(DBAPIError):
        patience.patiently(verb)

    assert len(tried) == 1


@pytest.mark.parametrize(("is_repeatable", "tries"), [(True, 2), (False, 1)])
def test_a_broken_connection_is_tried_again_only_by_who_recognises_the_repeat(app, is_repeatable, tries):
    verb, tried = failing("57P01", 1)

    if is_repeatable:
        assert patience.patiently(verb, is_repeatable=True) == "done"
    else:
        with pytest.raises(DBAPIError):
            patience.patiently(verb)

    assert len(tried) == tries


def test_inside_a_change_only_the_outermost_tries_again(app):
    inner, tried = failing("40001", 1)
    begun = []

    @patience.patient
    def outer() -> str:
        begun.append(1)
        with change():
            return patience.patiently(inner)

    assert outer() == "done"
    assert (len(begun), len(tried)) == (2, 2)


def test_a_row_held_too_long_is_told_as_busy_and_nothing_has_changed(
    make, cast, database, refused, monkeypatch
):
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", -1)
    piece = make.submission(state="edited")
    number, digest = piece.id, piece.digest
    db.session.rollback()
    other = create_engine(database)
    with other.connect() as holding:
        holding.execute(text("SELECT 1 FROM submission WHERE id = :id FOR UPDATE"), {"id": number})
        with waiting(db.engines["moves"], "50ms"):
            code = refused(lambda: submissions.approve(number, by=cast.minh, seen=digest))
    other.dispose()

    assert code == "busy"
    assert submissions.approve(number, by=cast.minh, seen=digest).state == "approved"


def test_a_real_deadlock_between_two_verbs_ends_with_both_done(app, make, cast):
    """Each holds one piece and wants the other's; the database ends one of them, which then comes again."""
    numbers = [make.submission().id for _ in range(2)]
    meet, done = threading.Barrier(2, timeout=10), []

    def cross(first: int, second: int) -> None:
        tries = []

        @patience.patient
        def verb() -> None:
            tries.append(1)
            with change() as session:
                lock = text("SELECT 1 FROM submission WHERE id = :id FOR UPDATE")
                session.execute(lock, {"id": first})
                if len(tries) == 1:
                    meet.wait()
                session.execute(lock, {"id": second})

        with app.app_context():
            verb()
            db.session.remove()
        done.append(len(tries))

    threads = [threading.Thread(target=cross, args=pair) for pair in (numbers, numbers[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    # On a busy machine the database may have ended both of them before either came again.
    assert len(done) == 2
    assert max(done) > 1


def test_every_verb_that_locks_is_patient():
    """A verb that waits for rows of others is wrapped; those of a piece go through `perform`, which is patient."""
    from workflow import committees, deadlines, organisation, procedures, writing

    patient = {
        committees: {
            "found",
            "dissolve",
            "seat",
            "unseat",
            "correct",
            "confirm",
            "reopen",
            "settle_proposal",
        },
        deadlines: {"extend", "exempt", "close_period", "reopen_period"},
        organisation: {"save_unit", "remove_unit", "add_succession"},
        procedures: {"follow"},
        writing: {"draft"},
    }

    for module, names in patient.items():
        assert {name for name in names if hasattr(getattr(module, name), "__wrapped__")} == names


def test_an_extension_that_meets_a_deadlock_is_granted_once(make, cast, monkeypatch):
    from models.period import Extension, Period
    from workflow import deadlines

    piece = make.submission()
    month, tries = piece.period_id, []
    told = deadlines._told

    def unlucky(*args, **more):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("SELECT 1", {}, Passing("40P01"))
        return told(*args, **more)

    monkeypatch.setattr(deadlines, "_told", unlucky)
    until = datetime.fromisoformat("2021-05-25T00:00+07:00")
    deadlines.extend(db.session.get_one(Period, month), unit=None, until=until, reason="Bão.", by=cast.son)

    assert len(tries) == 2
    assert db.session.query(Extension).count() == 1
