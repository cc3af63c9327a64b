"""The outbox row by row, as the console lists it: narrowed, newest first, page by page. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from models.base import db

PAGE = 25

WAITING_SINCE = "coalesce(retried_at, created_at)"
"""Of a row of the outbox. Not `next_at`: the relay moves it. Not the writing alone: a dead row waits for nobody."""


@dataclass(frozen=True)
class Which:
    """Narrowed to one state, one queue, one topic; empty narrows nothing."""

    state: str = ""
    queue: str = ""
    topic: str = ""


# A narrow state is found by its partial index, a wide one soon met when going backwards by id.
_PAGE = text(f"""
SELECT id, key, topic, queue, payload, state, attempts, error, cause, created_at, next_at > now() AS is_put_off,
  coalesce(done_at, now()) - {WAITING_SINCE} AS age
FROM outbox
WHERE (:state = '' OR state = :state) AND (:queue = '' OR queue = :queue) AND (:topic = '' OR topic = :topic)
  AND (CAST(:before AS bigint) IS NULL OR id < :before)
ORDER BY id DESC LIMIT :size
""")  # noqa: S608  (a constant)


def page(which: Which, *, before: int | None = None) -> tuple[Sequence[Row[Any]], int | None]:
    """A page of rows older than the row `before`, and where the next page begins; None when there is none."""
    asked = {
        "state": which.state,
        "queue": which.queue,
        "topic": which.topic,
        "before": before,
        "size": PAGE + 1,
    }
    rows = db.session.execute(_PAGE, asked).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


_MANY = text("""
SELECT count(*) FROM outbox WHERE state = 'dead' AND id <= :until
  AND (:queue = '' OR queue = :queue) AND (:topic = '' OR topic = :topic)
""")


def dead(which: Which, *, until: int) -> int:
    """How many rows that were given up an act on all of these would reach."""
    asked = {"queue": which.queue, "topic": which.topic, "until": until}
    return int(db.session.execute(_MANY, asked).scalar_one())
