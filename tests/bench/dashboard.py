"""The editor's first page over a hundred thousand pieces of sixty-nine units; the same SQL in a bare Flask view."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from tests.bench import archive
from tests.bench.figures import Figure, Stage

ROUNDS, TIMES = 6, 12
"""Rounds take turns; in each, either is asked so often in a row. The first round warms."""
PIECES = range(100, 100_100)
NOW = datetime(2021, 5, 17, 1, 30, tzinfo=UTC)
PAGE = "/quan-tri/"

# All but the last month's newest are published, a few days after they came.
_PAGES = """
INSERT INTO publication (submission_id, revision_id, slug, first_published_at, published_at)
SELECT id, revision_id, 'bai-' || id, first_sent_at + make_interval(days => 2 + (id % 9)::int), now()
FROM submission WHERE state = 'published'
"""
# Units of the kind the directive of 2021 binds.
_BOUND = "UPDATE unit SET kind = 'phong_gddt'"
_CLOCK = "INSERT INTO rehearsal_clock (is_only, ahead, set_at) VALUES (true, %s - now(), now())"


def lay(stage: Stage) -> str:
    """The archive on the morning of 17 May 2021, three days before the deadline of its last month."""
    url = archive.database(stage.admin_url, "desk_of_years")
    archive.found(url)
    between = {"first": PIECES.start, "last": PIECES.stop - 1}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        # Without their million events: this page reads none.
        for statement in (archive._TEXTS, archive._PIECES):
            owner.execute(statement, between)
        owner.execute(_PAGES)
        owner.execute(_BOUND)
        owner.execute(_CLOCK, [NOW])
        owner.execute("VACUUM ANALYZE")
    return url


def sent_by(app: Flask, engine: Engine, visitor: FlaskClient) -> list[tuple[str, Mapping[str, Any]]]:
    """Every statement of one page, with its values."""
    sent: list[tuple[str, Mapping[str, Any]]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        sent.append((sql, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(PAGE)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def bare(url: str, sent: list[tuple[str, Mapping[str, Any]]]) -> FlaskClient:
    """One view, the same statements prepared, rows as plain lists: no session, no rights, no frame, no charts."""
    app = Flask("bare")
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)

    @app.get(PAGE)
    def index() -> str:
        rows = [connection.execute(sql, values).fetchall() for sql, values in sent]
        return f"<ul>{''.join(f'<li>{one}</li>' for some in rows for one in some)}</ul>"

    return app.test_client()


def spent(visitor: FlaskClient) -> list[float]:
    """Milliseconds of each of so many calls."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = visitor.get(PAGE)
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{PAGE}: {answer.status_code}")
    return taken


def measure(stage: Stage) -> Iterable[Figure]:
    from models.base import db
    from workflow import founding

    url = lay(stage)
    app = archive.open_house(url)
    with app.app_context():
        founding.lay_down_directive()
    visitor = archive.visitor(app, url)
    if visitor.get(PAGE).text.count('scope="row"') < archive.UNITS:
        raise RuntimeError("not every unit stands in the matrix")
    with app.app_context():
        sent = sent_by(app, db.engine, visitor)
    reads = [(sql, values) for sql, values in sent if sql.lstrip().upper().startswith(("SELECT", "WITH"))]
    limit = bare(url, reads)
    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(ROUNDS + 1):
        for taken, whom in ((ours, visitor), (theirs, limit)):
            more = spent(whom)
            taken.extend(more if round_ else [])
    p95 = quantiles(ours, n=20)[-1]
    yield Figure(
        "dashboard_p95_ms", f"{p95:.0f}", "<= 60",
        f"the editor's first page, {len(PIECES):,} pieces, {archive.UNITS} units, {len(sent)} statements, whole WSGI"
        f" call (median {median(ours):.0f} ms; the same SQL in a bare Flask view {median(theirs):.0f} ms)",
    )  # fmt: skip
    yield Figure(
        "dashboard_vs_bare", f"{median(ours) / median(theirs):.1f}", "<= 3.0",
        "the same page against the same SQL, prepared, in a bare Flask view",
    )  # fmt: skip
