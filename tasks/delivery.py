"""What a worker does with an outbox row: claim it, do what its topic asks, write down that it is done.

A handler has two halves. The first reads and does what lies outside the database (it may happen twice, so it is
harmless twice); it returns the second, which writes in the same transaction as `done`. A worker that slept past
its lease finds another token there, and its second half is rolled back.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text

from models.base import db
from tasks import letters, mailing, media, timetable
from tasks.message import LetterRefused
from tasks.post import PermanentFailure, TemporaryFailure
from tasks.wording import WordingError
from workflow.engine.unit_of_work import bookkeeping
from workflow.intake import receiving
from workflow.letters import keep, note_failed
from workflow.pictures import PictureRefused
from workflow.settings import settings

log = structlog.get_logger("tasks.delivery")

PERMANENT = (PermanentFailure, LetterRefused, WordingError, PictureRefused)
"""Another try would end the same way; a person must look."""

LONGEST_WAIT_SECONDS = 3600

Then = Callable[[], object]


@dataclass(frozen=True)
class Claimed:
    """An outbox row this worker holds until its lease ends."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int
    token: str


class LeaseLost(Exception):
    """Somebody else holds the row by now; what this worker did is theirs to do again."""


# Counted here, before the effect: a row that kills its worker runs out of attempts like any other.
_CLAIM = text("""
UPDATE outbox SET state = 'running', attempts = attempts + 1, token = CAST(:token AS uuid),
  lease_until = now() + make_interval(secs => :lease)
WHERE id = :id AND attempts < :most AND (state = 'queued' OR (state = 'running' AND lease_until < now()))
RETURNING id, topic, payload, attempts
""")
_DONE = text("""
UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL, error = ''
WHERE id = :id AND state = 'running' AND token = CAST(:token AS uuid) RETURNING id
""")
# Full jitter: rows that failed together do not come back together.
_FAILED = text("""
UPDATE outbox SET state = CASE WHEN :final OR attempts >= :most THEN 'dead' ELSE 'new' END, lease_until = NULL,
  next_at = now() + make_interval(secs => random() * least(power(2, attempts), :longest)), error = :error
WHERE id = :id AND state = 'running' AND token = CAST(:token AS uuid) RETURNING state
""")


def deliver(ids: Sequence[int]) -> None:
    """Carry out these outbox rows, one after the other. The actor of every queue; its message proves nothing."""
    for row_id in ids:
        claimed = claim(row_id)
        if claimed is not None:
            carry_out(claimed)


def claim(row_id: int) -> Claimed | None:
    """Take the row for one lease; None when it is not waiting: finished, somebody else's, never queued, forged."""
    token = str(uuid.uuid4())
    house = settings()
    with bookkeeping() as session:
        row = session.execute(
            _CLAIM, {"id": row_id, "token": token, "lease": house.lease_seconds, "most": house.attempts}
        ).one_or_none()
    return None if row is None else Claimed(row.id, row.topic, row.payload, row.attempts, token)


def carry_out(row: Claimed) -> None:
    """Do what the row asks and write down how it ended. Failures are rows and log lines, never swallowed."""
    try:
        then = HANDLERS[row.topic.partition(":")[0]](row)
        # What the first half read is old now, and its transaction must not stay open.
        db.session.rollback()
        with bookkeeping() as session:
            if session.execute(_DONE, {"id": row.id, "token": row.token}).scalar() is None:
                raise LeaseLost
            then()
    except LeaseLost:
        log.warning("lease_lost", outbox=row.id, topic=row.topic)
    except PERMANENT as error:
        fail(row, error, is_final=True)
    except Exception as error:
        fail(row, error, is_final=False)


def fail(row: Claimed, error: Exception, *, is_final: bool) -> None:
    """Put the row back for later, or aside as dead after its last try."""
    db.session.rollback()
    said = f"{type(error).__name__}: {error}"[:2000]
    if isinstance(error, (TemporaryFailure, *PERMANENT)):
        log.warning("not_delivered", outbox=row.id, topic=row.topic, attempts=row.attempts, error=said)
    else:
        log.exception("delivery_failed", outbox=row.id, topic=row.topic, attempts=row.attempts)
    with bookkeeping() as session:
        state = session.execute(
            _FAILED,
            {
                "id": row.id,
                "token": row.token,
                "final": is_final,
                "most": settings().attempts,
                "longest": LONGEST_WAIT_SECONDS,
                "error": said,
            },
        ).scalar()
        if state == "dead":
            bury(row.topic, row.payload, said)


def bury(topic: str, payload: Mapping[str, Any], error: str) -> None:
    """What a dead row means for what it was about. Inside the transaction that declares it dead."""
    if topic == "post":
        note_failed(payload["letter"], error=error)
    if topic == "job":
        timetable.note(payload["job"], payload["slot"], {"error": error})


def _letters(row: Claimed) -> Then:
    sheets = letters.write(row.topic, row.payload)
    return lambda: keep(sheets)


def _post(row: Claimed) -> Then:
    return mailing.send(row.payload["letter"])


def _public_copy(row: Claimed) -> Then:
    return media.make_copy(row.payload["attachment"])


def _read_mail(row: Claimed) -> Then:
    receiving.read_envelope(row.payload["envelope"])
    return lambda: None


def _job(row: Claimed) -> Then:
    return timetable.run(row.payload["job"], row.payload["slot"])


HANDLERS: Mapping[str, Callable[[Claimed], Then]] = {
    "letter": _letters,
    "post": _post,
    "public_copy": _public_copy,
    "read_mail": _read_mail,
    "job": _job,
}
"""The word before the colon of a topic -> what carries it out."""
