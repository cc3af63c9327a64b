"""`change()` and `bookkeeping()`: the only two places that commit what the house writes (and `apart()`, refusals).

A listener on the session refuses any flush outside them, so a stray `db.session.add` in a door, or a form that
would write a table by itself, fails loudly instead of passing by the verbs.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from models.base import db
from workflow.engine import click, crashing
from workflow.engine.errors import StrayWrite
from workflow.engine.tides import TidalPool

_open: ContextVar[str | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def change() -> Iterator[Session]:
    """A verb's transaction: everything in it is committed together or not at all.

    Nested calls join the outermost one, so a verb may use other verbs.
    """
    with _committing("change") as session:
        yield session


@contextmanager
def bookkeeping() -> Iterator[Session]:
    """For what is no verb: leases, slots, sign-in counters, refusals. Writes no submission, no unit, no rule."""
    with _committing("bookkeeping") as session:
        yield session


@contextmanager
def _committing(name: str) -> Iterator[Session]:
    session = db.session()
    if _open.get() is not None:
        yield session
        return
    token = _open.set(name)
    try:
        with click.one():
            yield session
        if name == "change":
            crashing.point("before_commit")
        session.commit()
        if name == "change":
            crashing.point("after_commit")
    except BaseException:
        session.rollback()
        raise
    finally:
        _open.reset(token)


@contextmanager
def apart(bind: str | None = None) -> Iterator[Connection]:
    """A transaction of its own, whatever is open: for what must stay when the change around it is rolled back.

    `bind` names another database role to write as.
    """
    with db.engines[bind].begin() as connection:
        yield connection


def is_open() -> bool:
    return _open.get() is not None


def end_of_reading() -> None:
    """End what a page has read by COMMIT: nothing was written, and what its questions prepared stays prepared.

    After a ROLLBACK the driver forgets every statement of its connection, and the next page has all of them parsed
    and planned anew: a quarter of its time. What was put into the session outside a verb is left to be thrown away.
    """
    session = db.session()
    if is_open() or not session.is_active or session.new or session.dirty or session.deleted:
        return
    # An export still reads from them when its request is over: let go of, they keep what was read.
    session.expunge_all()
    try:
        session.commit()
    except SQLAlchemyError:
        # The line broke while the page was read or after it: there is nothing on it to lose.
        session.rollback()


NOT_FOR_EVER = "-c lock_timeout=3s"
"""A row that somebody holds longer than this is told as busy; see engine/patience.py."""

WEB_SECONDS = 10
"""No page waits longer for one statement, however its filters were chosen (T26)."""


def hurry() -> None:
    """Let every statement of this process's new connections end after WEB_SECONDS; for the web and for it alone.

    The forum's role has a shorter end of its own. What such a statement began is rolled back, and told as `too_slow`.
    """

    def in_time(_dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
        named["options"] = f"{named.get('options', '')} -c statement_timeout={WEB_SECONDS}s".lstrip()

    for bind, engine in db.engines.items():
        if bind != "forum":
            event.listen(engine, "do_connect", in_time)


KEPT = {
    "poolclass": TidalPool,
    "isolation_level": "AUTOCOMMIT",
    "pool_reset_on_return": None,
    "connect_args": {
        "prepare_threshold": 0,
        "options": f"{NOT_FOR_EVER} -c plan_cache_mode=force_generic_plan",
    },
}
"""Engine options of the bind `moves`: connections that are kept, prepared at once, planned once.

BEGIN and COMMIT as messages of their own cost half the throughput of a single-statement move, and planning the
facts anew each time three quarters of the rest.
"""


@contextmanager
def statement() -> Iterator[Connection]:
    """The connection for self-contained statements: the open change's, else a kept AUTOCOMMIT one."""
    if is_open():
        db.session.flush()
        yield db.session.connection()
        return
    with db.engines["moves"].connect() as connection:
        yield connection


@event.listens_for(Session, "before_flush")
def _refuse_stray_flush(session: Session, _context: object, _instances: object) -> None:
    if not is_open() and (session.new or session.dirty or session.deleted):
        raise StrayWrite("a flush outside change() and bookkeeping(): write through a verb")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statement(asked: ORMExecuteState) -> None:
    if not is_open() and (asked.is_insert or asked.is_update or asked.is_delete or _writes(asked.statement)):
        raise StrayWrite("a writing statement outside change() and bookkeeping(): write through a verb")


def _writes(statement: object) -> bool:
    return isinstance(statement, TextClause) and _is_writing(statement.text)


@lru_cache(maxsize=1024)
def _is_writing(sql: str) -> bool:
    return _WRITING.search(sql) is not None


_WRITING = re.compile(
    r"^\s*(insert|update|delete|merge|truncate)\b|\b(insert\s+into|update\s+\w+(\s+\w+)?\s+set|delete\s+from|merge\s+into)\b",
    re.IGNORECASE,
)
"""At the beginning, or in a WITH."""
