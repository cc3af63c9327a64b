"""The pool of drafts whose deadline has passed: our sweep, and one hand-written SQL statement that does the same.

The statement moves the rows, writes their audit events with the same canonical text and hash, and one outbox row for
each, into copies of our tables with all their columns and indexes; only our triggers and foreign keys are left out.
Our sweep writes an outbox row too: the definition's lapse is given an effect for the measurement.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import psycopg
from flask import Flask, current_app
from sqlalchemy.engine import make_url

from models.base import db
from tests.bench.figures import Stage
from workflow import clock, deadlines, definitions, founding, lapses, organisation
from workflow.engine.unit_of_work import change

SINCE = date(2021, 4, 1)
DEADLINE = datetime(2021, 5, 19, 17, tzinfo=UTC)
AT = datetime(2021, 5, 19, 17, 1, tzinfo=UTC)
EFFECT = "letter:returned"
TABLES = ("submission", "audit_event", "outbox")

DRAFTS = """
INSERT INTO {schema}.submission (code, workflow, workflow_version, state, state_since, version, head_hash, unit_id,
  period_id, kind, channel, digest)
SELECT '{schema}-' || n, '{workflow}', {version}, '{state}', '2021-05-10', 1, sha256(n::text::bytea), {unit},
  {period}, 'news', 'web', 'sha256:' || repeat('0', 64)
FROM generate_series(1, {count}) AS n
"""

BY_HAND = """
WITH due AS (
  SELECT id, version + 1 AS seq, head_hash, 'submission:' || id AS stream, unit_id
  FROM lim.submission WHERE state = 'drafted' AND first_sent_at IS NULL AND discarded_at IS NULL
    AND period_id = %(period)s
), written AS (
  SELECT *, '{"action":"submission:lapse","actor":null,"at":"2021-05-19T17:01:00.000000Z",'
    || '"became_at":"2021-05-19T17:00:00.000000Z","cause":"0b9c7d55-9f5f-4c6b-8f3f-0a4f5c1f7a11","from":"drafted",'
    || '"seq":' || seq || ',"stream":"' || stream || '","submission":' || id || ',"to":"late","unit":' || unit_id
    || '}' AS payload
  FROM due
), moved AS (
  UPDATE lim.submission s SET state = 'late', state_since = '2021-05-19T17:00Z', version = w.seq,
    head_hash = sha256('\\x02'::bytea || w.head_hash || convert_to(w.payload, 'UTF8'))
  FROM written w WHERE s.id = w.id
  RETURNING s.id, s.version, s.head_hash, w.head_hash AS prev, w.stream, w.payload
), event AS (
  INSERT INTO lim.audit_event (stream, seq, payload, command_id, prev_hash, hash)
  SELECT stream, version, payload, gen_random_uuid(), prev, head_hash FROM moved
), effect AS (
  INSERT INTO lim.outbox (key, topic, queue, payload)
  SELECT stream || ':' || version || ':letter:returned', 'letter:returned', 'mail',
    jsonb_build_object('submission', id)
  FROM moved
)
SELECT count(*) FROM moved
"""


@dataclass
class Pool:
    """The tables of both sides, filled anew with drafts whose deadline has passed."""

    server: psycopg.Connection[tuple[int]]
    numbers: dict[str, int | str]
    longest: float = 0.0
    """Seconds of the longest transaction of our sweeps."""

    def fill(self, schema: str, count: int) -> None:
        with self.server.transaction():
            self.server.execute("SET LOCAL session_replication_role = replica")
            for table in TABLES:
                self.server.execute(f"TRUNCATE {schema}.{table} CASCADE")
            self.server.execute(DRAFTS.format(schema=schema, count=count, **self.numbers))
        self.server.execute(f"VACUUM ANALYZE {schema}.submission")
        self.server.execute("CHECKPOINT")

    def by_hand(self) -> int:
        found = self.server.execute(BY_HAND, {"period": self.numbers["period"]}).fetchone()
        return found[0] if found else 0

    def ours(self, _index: int = 0) -> int:
        return deadlines.sweep(at=AT)

    def events(self) -> tuple[int, int]:
        """How many events of a lapse stand in our trail, and of how many pieces."""
        query = (
            "SELECT count(*), count(DISTINCT stream) FROM audit_event WHERE payload LIKE '%submission:lapse%'"
        )
        events, pieces = self.server.execute(query).fetchone() or (0, 0)
        return events, pieces


def rate(act: Callable[[], int], count: int) -> float:
    """Rows a second; every row must have moved."""
    begun = time.perf_counter()
    moved = act()
    took = time.perf_counter() - begun
    if moved != count:
        raise RuntimeError(f"{moved} of {count} drafts lapsed")
    return count / took


@contextmanager
def pool(stage: Stage) -> Iterator[Pool]:
    """The house with an empty pool, its sweep watched; inside the application's context."""
    with _house().app_context(), psycopg.connect(_plain(stage.admin_url), autocommit=True) as server:
        ready = Pool(server, _lay())
        server.execute("CREATE SCHEMA IF NOT EXISTS lim")
        for table in TABLES:
            server.execute(f"DROP TABLE IF EXISTS lim.{table}")
            server.execute(f"CREATE TABLE lim.{table} (LIKE public.{table} INCLUDING ALL)")
        with _watched(ready):
            yield ready
        for table in TABLES:
            with server.transaction():
                server.execute("SET LOCAL session_replication_role = replica")
                server.execute(f"TRUNCATE public.{table} CASCADE")


def _house() -> Flask:
    from wsgi import create_app

    return create_app()


def _lay() -> dict[str, int | str]:
    founding.lay_down_directive()
    if clock.now() < datetime(2021, 5, 10, tzinfo=UTC):
        clock.travel(datetime(2021, 5, 10, 2, tzinfo=UTC), by=None)
    described = organisation.UnitDescription(
        "h-kho", "Phòng GDĐT huyện Kho", "phong_gddt", SINCE, admin_unit="Huyện Kho"
    )
    unit, _ = organisation.save_unit(described, by=None)
    with change():
        period = deadlines.ensure_period(2021, 5)
    known = definitions.newest(period.follows).definition
    return {
        "unit": unit.id, "period": period.id, "workflow": known.name, "version": known.version,
        "state": known.initial,
    }  # fmt: skip


@contextmanager
def _watched(ready: Pool) -> Iterator[None]:
    """Our sweep with an outbox row for each piece, its longest transaction noted."""
    real, batch = lapses._lapses, lapses._sweep_batch

    def with_effect() -> Iterator[object]:
        return ((definition, replace(step, effects=(EFFECT,))) for definition, step in real())

    def timed(*args: object, **kwargs: object) -> object:
        begun = time.perf_counter()
        try:
            return batch(*args, **kwargs)
        finally:
            ready.longest = max(ready.longest, time.perf_counter() - begun)

    lapses._lapses, lapses._sweep_batch = with_effect, timed
    try:
        yield
    finally:
        lapses._lapses, lapses._sweep_batch = real, batch


def together(ready: Pool, hands: int) -> int:
    """Several sweepers at once; how many rows they moved between them."""
    app, moved = current_app._get_current_object(), []  # type: ignore[attr-defined]
    barrier = threading.Barrier(hands)

    def one() -> None:
        with app.app_context():
            barrier.wait()
            moved.append(ready.ours())
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(moved)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
