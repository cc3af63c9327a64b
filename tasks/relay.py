"""The relay: outbox rows become messages. Any number of relays may run; a crash anywhere only costs time.

First what was lost comes back: rows whose worker's lease ran out, rows whose message nobody took. Then waiting rows
are marked queued, that is committed, and only then Redis is told.
"""

from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any

import redis
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerConnectionError
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from tasks.broker import QUEUE_NAMES, ring, unfinished
from tasks.delivery import LONGEST_WAIT_SECONDS, bury
from workflow.engine.unit_of_work import bookkeeping
from workflow.settings import settings

log = structlog.get_logger("tasks.relay")

AHEAD = 500
"""Rows queued at most per queue: Redis holds what the next seconds need, the rest waits where nothing is lost."""

BATCH = {"letter": 16}
"""Rows a message carries, by the word before the colon: many where the effect is rows of our own, else one, so
that a slow server or a broken picture holds up nothing but itself."""

LOST = "Tiến trình xử lý dừng giữa chừng ở lần thử cuối cùng."

# A queued row came to nothing when its message is too old, or when its queue is empty in Redis though the row was
# queued a moment ago: then Redis was wiped. The moment is for a relay that has committed and not yet rung.
_TAKE_BACK = text("""
WITH lost AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE (state = 'running' AND lease_until < now())
     OR (state = 'queued' AND (queued_at < now() - make_interval(secs => :requeue)
         OR (queue = ANY (:empty) AND queued_at < now() - interval '1 second')))
  ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)
UPDATE outbox SET
  state = CASE WHEN attempts >= :most THEN 'dead' ELSE 'new' END,
  next_at = now() + CASE state WHEN 'running'
    THEN make_interval(secs => random() * least(power(2, attempts), :longest)) ELSE interval '0' END,
  error = CASE WHEN attempts >= :most AND error = '' THEN :lost ELSE error END,
  lease_until = NULL
FROM lost WHERE outbox.id = lost.id
RETURNING outbox.id, topic, payload, state, error
""")

_QUEUED = text("SELECT queue, count(*) AS n FROM outbox WHERE state = 'queued' GROUP BY queue")

# Materialised: as a plain subquery the planner may run it once per row, each run with a locking LIMIT of its own.
_PICK = text(  # the names are those of QUEUES
    "WITH picked AS MATERIALIZED ("  # noqa: S608
    + " UNION ALL ".join(
        f"SELECT id FROM (SELECT id FROM outbox WHERE state = 'new' AND next_at <= now() AND queue = '{name}'"  # noqa: S608
        f" ORDER BY id LIMIT :room_{name} FOR UPDATE SKIP LOCKED) AS {name}_rows"
        for name in QUEUE_NAMES
    )
    + ") UPDATE outbox SET state = 'queued', queued_at = now() FROM picked WHERE outbox.id = picked.id"
    " RETURNING outbox.id, queue, topic"
)


def relay_once(broker: RedisBroker) -> int:
    """One look at the outbox; returns how many rows were handed on. 0 while Redis is away, and nothing is marked."""
    try:
        held = unfinished(broker)
    except redis.RedisError as error:
        log.warning("redis_away", error=str(error))
        return 0
    with bookkeeping() as session:
        _take_back(session, empty=[queue for queue, count in held.items() if count == 0])
        picked = _pick(session)
    try:
        for queue, ids in messages(picked):
            ring(broker, queue, ids)
    except (redis.RedisError, BrokerConnectionError) as error:
        # The rows are marked queued; with nobody rung for, they come back after requeue_seconds or at once when
        # Redis returns empty.
        log.warning("redis_away", error=str(error), rows=len(picked))
    return len(picked)


def _take_back(session: Session, *, empty: Sequence[str]) -> None:
    house = settings()
    rows = session.execute(
        _TAKE_BACK,
        {
            "most": house.attempts,
            "longest": LONGEST_WAIT_SECONDS,
            "requeue": house.requeue_seconds,
            "empty": list(empty),
            "lost": LOST,
        },
    )
    for row in rows.all():
        if row.state == "dead":
            log.error("row_dead", outbox=row.id, topic=row.topic)
            bury(row.topic, row.payload, row.error)


def _pick(session: Session) -> Sequence[Row[Any]]:
    queued = {row.queue: row.n for row in session.execute(_QUEUED)}
    room = {f"room_{name}": max(0, AHEAD - queued.get(name, 0)) for name in QUEUE_NAMES}
    return session.execute(_PICK, room).all()


def messages(picked: Sequence[Row[Any]]) -> list[tuple[str, list[int]]]:
    """The messages for these rows, oldest rows first: (queue, ids)."""

    def kind(row: Row[Any]) -> tuple[str, str]:
        return row.queue, row.topic.partition(":")[0]

    said = []
    for (queue, topic), rows in groupby(sorted(picked, key=lambda row: (*kind(row), row.id)), key=kind):
        while some := [row.id for row in islice(rows, BATCH.get(topic, 1))]:
            said.append((queue, some))
    return sorted(said, key=lambda message: message[1][0])
