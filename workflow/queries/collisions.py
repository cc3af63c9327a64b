"""What somebody had before her eyes and what is there now: the difference, part by part. Reads only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from models.base import db
from workflow.queries import revisions

_TWO = text(f"""
SELECT {revisions.COLUMNS}, r.id = s.revision_id AS is_present
{revisions.FROM} JOIN submission s ON s.id = r.submission_id
WHERE s.id = :piece AND (r.id = s.revision_id OR r.digest = :digest) ORDER BY r.number
""")


@dataclass(frozen=True)
class Collision:
    """`parts` holds what differs, as runs of `differences.words`; empty when only the piece's state went on, or
    when what was seen is no version of the piece."""

    seen: int = 0
    present: int = 0
    writer: str = ""
    parts: revisions.Parts = ()


def since_seen(submission_id: int, digest: str) -> Collision:
    """From the newest revision with this digest to the present one."""
    rows = db.session.execute(_TWO, {"piece": submission_id, "digest": digest}).all()
    present = next((row for row in rows if row.is_present), None)
    seen = next((row for row in reversed(rows) if row.digest == digest), None)
    if present is None or seen is None:
        return Collision()
    return Collision(seen.number, present.number, present.writer, revisions.changed(seen, present))


def beside(submission_id: int, typed: Any) -> revisions.Parts:
    """From the present revision to what somebody typed, who has not saved it: the two versions as she must choose.

    `typed` has the attributes of `revisions.PARTS`.
    """
    rows = db.session.execute(_TWO, {"piece": submission_id, "digest": ""}).all()
    return revisions.changed(rows[0], typed) if rows else ()
