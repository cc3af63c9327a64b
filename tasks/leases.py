"""The lease on rows of the outbox: who holds a row, and what only its holder may write.

The token is the fence, not the lease: a worker that slept past its lease still writes down what it did, as long as
nobody else has claimed the row since. Whoever claims it writes a token of his own over it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from models.base import db
from workflow.engine import driver
from workflow.engine.unit_of_work import statement
from workflow.settings import settings

LARGEST_ID = 2**63 - 1
LONGEST_WAIT_SECONDS = 3600


@dataclass(frozen=True)
class Claimed:
    """An outbox row this worker holds until its lease ends."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int
    cause: str | None
    """The click it came from."""
    token: str

    @property
    def kind(self) -> str:
        return self.topic.partition(":")[0]


class LeaseLost(Exception):
    """Somebody else holds the row by now, or will; what this worker did is theirs to do again."""


_WAITS = """id = ANY (%(ids)s) AND attempts < %(most)s AND is_suspect = %(suspects)s
    AND (state = 'queued' OR (state = 'running' AND lease_until < now()))"""
_LOOK = f"SELECT id FROM outbox WHERE {_WAITS} LIMIT 1"  # noqa: S608
# Counted here, before the effect: a row that kills its worker runs out of attempts like any other.
_CLAIM = f"""
WITH waiting AS MATERIALIZED (
  SELECT id FROM outbox WHERE {_WAITS} ORDER BY id FOR UPDATE SKIP LOCKED)
UPDATE outbox SET state = 'running', attempts = attempts + 1, token = %(token)s::uuid,
  lease_until = now() + make_interval(secs => %(lease)s)
FROM waiting WHERE outbox.id = waiting.id
RETURNING outbox.id, topic, payload, attempts, cause
"""  # noqa: S608
_RENEW = text("""
UPDATE outbox SET lease_until = now() + make_interval(secs => :lease)
WHERE id = :id AND state = 'running' AND token = CAST(:token AS uuid) AND lease_until > now() RETURNING id
""")
# A row that was taken back or put aside, and that nobody has claimed since, is done all the same when it was done.
_DONE = text("""
UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL, error = '', is_suspect = false
WHERE id = ANY (:ids) AND state IN ('running', 'new', 'queued', 'dead') AND token = CAST(:token AS uuid)
RETURNING id
""")
# Half of the wait is chance: rows that failed together do not come back together, and none has used up its tries
# while a server is away for ten minutes (with all of it chance some could have).
_FAILED = text("""
UPDATE outbox SET state = CASE WHEN :final OR attempts >= :most THEN 'dead' ELSE 'new' END, lease_until = NULL,
  next_at = now() + make_interval(secs => (1 + random()) / 2 * least(power(2, attempts), :longest)), error = :error,
  is_suspect = false
WHERE id = :id AND state = 'running' AND token = CAST(:token AS uuid) RETURNING state
""")


def claim(ids: Sequence[int], *, suspects: bool = False) -> list[Claimed]:
    """Take rows for one lease: those that wait. Not the finished, somebody else's, never queued, forged.

    Suspects or the others: who claims suspects has waited for the others to be through, as long as tasks/company.py
    lets anybody wait; where one of them takes longer, it is still at work beside the suspect.
    """
    token = str(uuid.uuid4())
    asked = {**_asked(ids, suspects=suspects), "token": token, "lease": settings().lease_seconds}
    with statement() as connection:
        rows = driver.execute(connection, _CLAIM, asked)
    return [Claimed(**row._asdict(), token=token) for row in rows]


def any_waits(ids: Sequence[int], *, suspects: bool) -> bool:
    """Would `claim` take any of these rows just now? Holds and changes nothing."""
    with statement() as connection:
        return bool(driver.execute(connection, _LOOK, _asked(ids, suspects=suspects)))


def _asked(ids: Sequence[int], *, suspects: bool) -> dict[str, Any]:
    known = [row_id for row_id in ids if 0 < row_id <= LARGEST_ID]
    return {"ids": known, "most": settings().attempts, "suspects": suspects}


def renew(row: Claimed) -> None:
    """A whole lease from now, inside an open change(): the last thing before what cannot be taken back.

    By the database's clock; whoever woke up after his lease does nothing more. Raises LeaseLost.
    """
    asked = {"id": row.id, "token": row.token, "lease": settings().lease_seconds}
    if db.session.execute(_RENEW, asked).scalar() is None:
        raise LeaseLost


def finish(rows: Sequence[Claimed]) -> None:
    """Rows of one claim are done. Inside the transaction of their effect. Raises LeaseLost."""
    done = db.session.execute(_DONE, {"ids": [row.id for row in rows], "token": rows[0].token}).all()
    if len(done) != len(rows):
        raise LeaseLost


def give_up(row: Claimed, says: str, *, is_final: bool) -> bool:
    """Back for later, or aside as dead after its last try; is it dead now?"""
    failed = {
        "id": row.id,
        "token": row.token,
        "final": is_final,
        "most": settings().attempts,
        "longest": LONGEST_WAIT_SECONDS,
        "error": says,
    }
    return bool(db.session.execute(_FAILED, failed).scalar() == "dead")
