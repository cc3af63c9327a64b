"""Visitors without a screen: each request in its own context, as in life; signing in through the real form."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from models.base import db
from models.people import Account
from tests.cast import PASSWORD
from workflow.engine import driver

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Client(FlaskClient):
    """A visitor. `as_(account)` is the same visitor signed in as somebody.

    Without a fresh context the requests of a test would share `g`, and with it the first one's person.
    """

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Taken to its end, as a server does: what an answer holds open is closed then.
        return Context().run(super().open, *args, **{"buffered": True, **kwargs})

    def as_(self, account: Account, password: str = PASSWORD) -> "Client":
        """Sign in through the form; fails the test when that does not lead inside."""
        email = account.email
        visitor = self.application.test_client()
        visitor.read_token("/vao/dang-nhap")
        answer = visitor.send("/vao/dang-nhap", email=email, password=password)
        assert answer.status_code == 302, answer.text
        visitor.read_token("/vao/ra")
        return visitor

    def read_token(self, path: str) -> str:
        """The cross-site token of the first form on a page; later posts carry it."""
        found = TOKEN.search(self.get(path).text)
        assert found is not None, f"no form with a token on {path}"
        self.token = found[1]
        return self.token

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Post a form as a browser does, with the token read last."""
        return self.post(path, data={"csrf_token": self.token, **fields})


@pytest.fixture
def client(app: Flask) -> Iterator[Client]:
    """A visitor who has not signed in."""
    before = app.test_client_class
    app.test_client_class = Client
    yield app.test_client()
    app.test_client_class = before


@pytest.fixture
def statements(app: Flask) -> Callable[[str | None], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` collects the SQL sent meanwhile, by the kept connections of moves as well.

    A name chooses another bind (`forum`).
    """

    @contextmanager
    def collecting(bind: str | None = None) -> Iterator[list[str]]:
        engines, seen = [db.engines[bind], *([] if bind else [db.engines["moves"]])], []

        def note(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
            seen.append(sql)

        # The statements of a move go past SQLAlchemy's events.
        straight = driver.execute

        def noted(connection: Connection, sql: str, values: Mapping[str, Any]) -> Any:
            if connection.engine in engines:
                seen.append(sql)
            return straight(connection, sql, values)

        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(driver, "execute", noted)
                yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)

    return collecting


def typed(**words: object) -> dict[str, object]:
    """What somebody of a unit types into the form of a piece and sends."""
    return {
        "kind": "news",
        "title": "Phụ huynh chung tay làm đồ chơi ngoài trời",
        "body": "<div>Cuối tuần qua, hơn 40 phụ huynh tham gia.</div>",
        "author_line": "Trần Thị Diệu Linh",
        "school": "Trường Mầm non Hoa Mai",
        "category": "",
        "act": "save",
        **words,
    }
