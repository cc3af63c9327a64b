"""What waits, what runs and what died, for the command line and whoever watches the house."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from models.base import db

_QUEUES = text("""
SELECT queue,
  count(*) FILTER (WHERE state = 'new') AS waiting,
  count(*) FILTER (WHERE state = 'queued') AS queued,
  count(*) FILTER (WHERE state = 'running') AS running,
  count(*) FILTER (WHERE state = 'dead') AS dead,
  coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE state IN ('new', 'queued', 'running'))), 0)::int
    AS oldest_seconds
FROM outbox WHERE state IN ('new', 'queued', 'running', 'dead') GROUP BY queue ORDER BY queue
""")

_DEAD = text(
    "SELECT id, key, topic, attempts, error FROM outbox WHERE state = 'dead' ORDER BY id DESC LIMIT :limit"
)

_SLOTS = text("""
SELECT DISTINCT ON (job) job, slot, claimed_at, done_at, outcome FROM job_run ORDER BY job, slot DESC
""")


def standing() -> Sequence[Mapping[str, Any]]:
    """Unfinished rows by queue; a queue with nothing to tell is left out. `oldest_seconds` is how long one waits."""
    return db.session.execute(_QUEUES).mappings().all()


def dead(limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """Rows that a person must look at, newest first."""
    return db.session.execute(_DEAD, {"limit": limit}).mappings().all()


def newest_slots() -> Sequence[Mapping[str, Any]]:
    """The last slot of each job of the timetable, and how it ended."""
    return db.session.execute(_SLOTS).mappings().all()
