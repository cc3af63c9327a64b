"""What an approver's letter is about: one revision, what the editors made of it, whether it is the newest still."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text

from models.base import db
from workflow.queries import revisions

SHORTEST = 16
"""Letters of the digest an address names; enough to tell the revisions of one piece apart."""

# The text as the unit last had it: what stands between it and the revision asked about is the editors'.
_ASKED = text("""
SELECT r.id, r.number, r.digest, r.title, r.summary, r.body, r.author_line, r.author_title, r.school,
  coalesce(c.name_vi, '') AS section, c.name_en AS section_en, r.id = s.revision_id AS is_newest,
  newest.number AS newest,
  newest.digest AS newest_digest,
  (SELECT max(o.number) FROM revision o
    WHERE o.submission_id = s.id AND o.number < r.number AND o.written_as = 'unit') AS from_unit
FROM submission s
JOIN revision newest ON newest.id = s.revision_id
JOIN revision r ON r.submission_id = s.id AND starts_with(r.digest, 'sha256:' || :seen)
LEFT JOIN category c ON c.id = r.category_id
WHERE s.id = :piece ORDER BY r.number DESC LIMIT 1
""")

_DECIDED = text("""
SELECT e.action, e.payload::jsonb ->> 'at' AS at, e.payload::jsonb ->> 'digest' AS digest, a.full_name AS who
FROM audit_event e LEFT JOIN account a ON a.id = e.actor_id
WHERE e.submission_id = :piece AND e.action IN ('submission:approve', 'submission:send_back', 'submission:return')
  AND e.stream = 'submission:' || :piece
ORDER BY e.seq DESC LIMIT 1
""")


@dataclass(frozen=True)
class Decision:
    action: str
    who: str
    at: datetime
    digest: str


def asked_about(submission_id: int, seen: str) -> Row | None:  # type: ignore[type-arg]
    """The newest revision of the piece whose digest begins so; None when there is none, or too little is named."""
    if len(seen) < SHORTEST or not seen.isalnum():
        return None
    return db.session.execute(_ASKED, {"piece": submission_id, "seen": seen}).one_or_none()


def last_decision(submission_id: int) -> Decision | None:
    """The last time somebody approved the piece or sent it back."""
    row = db.session.execute(_DECIDED, {"piece": submission_id}).one_or_none()
    return Decision(row.action, row.who or "", datetime.fromisoformat(row.at), row.digest) if row else None


def made_of_it(submission_id: int, one: int | None, two: int) -> revisions.Comparison | None:
    """What changed between two revisions; None when there is nothing to compare."""
    return revisions.between(submission_id, one, two) if one is not None and one != two else None
