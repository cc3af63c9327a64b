"""What the metrics count: rows of the queues, letters, steps. Cheap enough to be asked every few seconds."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries.work import WAITING_SINCE

_QUEUES = text(f"""
SELECT queue, state, count(*) AS n,
  coalesce(extract(epoch FROM now() - min({WAITING_SINCE}) FILTER (WHERE next_at <= now())), 0) AS oldest_seconds
FROM outbox WHERE state IN ('new', 'queued', 'running') GROUP BY queue, state
UNION ALL
SELECT queue, state, count(*), extract(epoch FROM now() - min({WAITING_SINCE}))
FROM outbox WHERE state = 'dead' GROUP BY queue, state
""")  # noqa: S608  (a constant)


def queues() -> Sequence[Row[Any]]:
    """Rows by queue and state, what is done left out; how old the oldest one is that is due, or dead."""
    return db.session.execute(_QUEUES).all()


_LETTERS = text("SELECT state, count(*) AS n FROM letter GROUP BY state")


def letters() -> Mapping[str, int]:
    return {row.state: row.n for row in db.session.execute(_LETTERS)}


_STEPS = text(
    "SELECT action, count(*) AS n FROM audit_event WHERE id > :after AND id <= :until GROUP BY action"
)
_NEWEST = text("SELECT coalesce(max(id), 0) FROM audit_event")


def newest_event() -> int:
    return int(db.session.execute(_NEWEST).scalar_one())


def steps(*, after: int, until: int) -> Mapping[str, int]:
    """Audit events by action, between two of them; the first is left out."""
    return {row.action: row.n for row in db.session.execute(_STEPS, {"after": after, "until": until})}
