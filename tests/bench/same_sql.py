"""A page, and the least it could cost: the same statements, prepared, in a Flask view that does nothing else.

The bare view has no session, no rights, no frame, no words and no layout: it asks what the page asks and writes the
rows down.
"""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from models.base import db

Sent = Sequence[tuple[str, Mapping[str, Any]]]
"""Statements with their values."""
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")


def reads_of(app: Flask, visitor: FlaskClient, page: str) -> Sent:
    """Every statement that the page reads with."""
    sent: list[tuple[str, Mapping[str, Any]]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        sent.append((sql, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        begin(visitor, page)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [(sql, values) for sql, values in sent if not WRITES.search(sql)]


def bare(url: str, pages: Mapping[str, Sent]) -> FlaskClient:
    """One view; its address names the page whose statements it runs."""
    app = Flask("bare")
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)

    @app.get("/<path:page>")
    def index(page: str) -> str:
        rows = [connection.execute(sql, values).fetchall() for sql, values in pages[page]]
        return f"<ul>{''.join(f'<li>{one}</li>' for some in rows for one in some)}</ul>"

    return app.test_client()


def begin(visitor: FlaskClient, page: str) -> None:
    """Ask for a page and read the first of it: an export goes on for as long as one reads."""
    answer = visitor.get(page, buffered=False)
    if answer.status_code != 200:
        raise RuntimeError(f"{page}: {answer.status_code}")
    next(answer.iter_encoded())
    answer.close()


def spent(visitor: FlaskClient, page: str, times: int) -> list[float]:
    """Milliseconds until the first of it, of each of so many calls."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        begin(visitor, page)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken
