"""Kept connections: what breaks is told as broken, once, and whoever comes next has a whole line."""

import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from models.base import db
from workflow.engine import driver
from workflow.engine.unit_of_work import statement

pytestmark = pytest.mark.database

PID = "SELECT pg_backend_pid() AS pid, %(word)s::text AS word"


def ask(connection, word: str = "có") -> tuple[int, str]:
    [row] = driver.execute(connection, PID, {"word": word})
    return row.pid, row.word


def test_one_text_is_prepared_once_and_answers_by_name(app):
    with statement() as connection:
        first, second = ask(connection, "một"), ask(connection, None)
        held = text(
            "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'straight%' AND statement LIKE '%AS word'"
        )
        assert connection.execute(held).scalar_one() == 1

    assert (first[1], second[1]) == ("một", None)
    assert first[0] == second[0]


def test_after_the_server_went_away_one_try_fails_and_the_next_works(app, superuser):
    db.engines["moves"].dispose()  # What others left open would be a whole line here.
    with contextlib.ExitStack() as several:
        pids = [ask(several.enter_context(statement()))[0] for _ in range(3)]
    with superuser.begin() as admin:
        admin.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM unnest(:pids) AS pid"), {"pids": pids}
        )

    with pytest.raises(OperationalError) as broken, statement() as connection:
        ask(connection)

    assert broken.value.connection_invalidated
    for _ in range(3):
        with statement() as connection:
            assert ask(connection)[0] not in pids


def test_what_the_server_refuses_breaks_nothing(app):
    with statement() as connection:
        mine = ask(connection)[0]
        with pytest.raises(ProgrammingError) as refused:
            driver.execute(connection, "SELECT * FROM no_such_table", {})
        assert not refused.value.connection_invalidated
        assert ask(connection)[0] == mine
