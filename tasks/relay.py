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
from tasks.delivery import BATCH, bury
from tasks.leases import LONGEST_WAIT_SECONDS
from workflow.engine import crashing, driver
from workflow.engine.unit_of_work import bookkeeping, statement
from workflow.settings import settings

log = structlog.get_logger("tasks.relay")

AHEAD = 1000
"""Rows queued at most per queue: Redis holds what the next seconds need, the rest waits where nothing is lost."""

LOST = "Tiến trình xử lý dừng giữa chừng ở lần thử cuối cùng."

# Whose lease ran out may have killed or frozen its worker, met the time limit, or only been near: the first time, the
# try is given back and the row is a suspect. Suspects are carried out alone, as far as their neighbours end in time
# (tasks/company.py), so the next time tells the right one.
#
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
  state = CASE WHEN attempts >= :most AND (is_suspect OR state = 'queued') THEN 'dead' ELSE 'new' END,
  attempts = attempts - CASE WHEN state = 'running' AND NOT is_suspect THEN 1 ELSE 0 END,
  is_suspect = is_suspect OR state = 'running',
  next_at = now() + CASE state WHEN 'running'
    THEN make_interval(secs => (1 + random()) / 2 * least(power(2, attempts), :longest)) ELSE interval '0' END,
  error = CASE WHEN attempts >= :most AND is_suspect AND error = '' THEN :lost ELSE error END,
  lease_until = NULL
FROM lost WHERE outbox.id = lost.id
RETURNING outbox.id, topic, payload, state, error
""")

# Materialised: as a plain subquery the planner may run it once per row, each run with a locking LIMIT of its own.
_PICK = (  # the names are those of QUEUES
    "WITH picked AS MATERIALIZED ("  # noqa: S608
    + " UNION ALL ".join(
        f"SELECT id FROM (SELECT id FROM outbox WHERE state = 'new' AND next_at <= now() AND queue = '{name}'"  # noqa: S608
        f" ORDER BY id LIMIT greatest(0, %(ahead)s -"
        f" (SELECT count(*) FROM outbox WHERE state = 'queued' AND queue = '{name}'))"
        f" FOR UPDATE SKIP LOCKED) AS {name}_rows"
        for name in QUEUE_NAMES
    )
    + ") UPDATE outbox SET state = 'queued', queued_at = now() FROM picked WHERE outbox.id = picked.id"
    " RETURNING outbox.id, queue, topic, attempts, is_suspect, cause"
)


def relay_once(broker: RedisBroker) -> int:
    """One whole look at the outbox: what was lost comes back, what waits is handed on; returns how many rows were.

    0 while Redis is away, and nothing is marked.
    """
    try:
        held = unfinished(broker)
    except redis.RedisError as error:
        log.warning("redis_away", error=str(error))
        return 0
    with bookkeeping() as session:
        _take_back(session, empty=[queue for queue, count in held.items() if count == 0])
    return hand_on(broker)


def hand_on(broker: RedisBroker) -> int:
    """Mark what waits as queued, and tell the workers; returns how many rows that were."""
    with statement() as connection:
        picked = driver.execute(connection, _PICK, {"ahead": AHEAD})
    if picked:
        crashing.point("after_queued")
    try:
        for queue, rows in messages(picked):
            ids = [row.id for row in rows]
            ring(broker, queue, ids, alone=rows[0].is_suspect)
            crashing.point("between_rings")
            log.info("rung", queue=queue, outbox=ids, causes=sorted({row.cause or "" for row in rows}))
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


def messages(picked: Sequence[Row[Any]]) -> list[tuple[str, list[Row[Any]]]]:
    """The messages for these rows, oldest rows first: (queue, rows).

    A row that was tried before travels alone: it may be the one that kills its worker.
    """

    def kind(row: Row[Any]) -> tuple[str, str, bool]:
        return row.queue, row.topic.partition(":")[0], row.attempts > 0 or row.is_suspect

    said = []
    for (queue, topic, again), rows in groupby(
        sorted(picked, key=lambda row: (*kind(row), row.id)), key=kind
    ):
        while some := list(islice(rows, 1 if again else BATCH.get(topic, 1))):
            said.append((queue, some))
    return sorted(said, key=lambda message: int(message[1][0].id))
