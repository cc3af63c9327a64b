"""One piece as the department reads it: its row, its revision with files and answers, and all that happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db

LONGEST = 200
"""Entries of one timeline; a piece with more shows the newest."""


@dataclass(frozen=True)
class Entry:
    """One audit event of a piece, or a refusal about it."""

    number: int
    action: str
    trigger: str
    refused: str
    """Code of the refusal, or empty."""
    who: str
    """Empty: the system."""
    seat: str
    at: datetime
    payload: dict[str, Any]
    in_place_of: str = ""
    """Whose place the person took: a lender of the role, or the unit an editor acted for."""


_EVENTS = text("""
SELECT e.id, e.action, e.payload::jsonb AS payload, a.full_name, a.title,
  coalesce(lender.full_name, home.short_name, '') AS in_place_of
FROM audit_event e
LEFT JOIN account a ON a.id = e.actor_id
LEFT JOIN account lender ON lender.id = (e.payload::jsonb ->> 'in_place_of')::bigint
LEFT JOIN unit home ON home.code = e.payload::jsonb ->> 'acting_for'
WHERE e.submission_id = :piece AND e.action <> 'comment:add' ORDER BY e.id DESC LIMIT :size
""")


def timeline(submission_id: int) -> Sequence[Entry]:
    """Newest first; refused attempts are among them."""
    rows = db.session.execute(_EVENTS, {"piece": submission_id, "size": LONGEST})
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Entry:
    head, _, code = row.action.partition("refused/")
    return Entry(
        number=row.id,
        action=row.action,
        trigger=row.payload.get("trigger", "") if code else head.partition(":")[2],
        refused=code,
        who=row.full_name or "",
        seat=row.title or "",
        at=datetime.fromisoformat(row.payload["at"]),
        payload=row.payload,
        in_place_of=row.in_place_of,
    )


_PIECE = text("""
SELECT s.*, r.number AS revision_number, r.title, r.summary, r.body, r.author_line, r.author_title, r.school,
  r.written_as, r.created_at AS revision_created_at, c.code AS section_code, c.name_vi AS section,
  c.name_en AS section_en,
  u.code AS unit_code, u.name AS unit_name, u.short_name AS unit, p.year, p.month,
  editor.full_name AS claimant, sender.full_name AS sender, checker.full_name AS checker,
  page.slug, page.retracted_at, page.retraction_reason, page.first_published_at,
  e.id AS envelope_id, e.from_name AS mailed_by, e.from_address AS mailed_from
FROM submission s
JOIN revision r ON r.id = s.revision_id
JOIN unit u ON u.id = s.unit_id
JOIN period p ON p.id = s.period_id
LEFT JOIN category c ON c.id = r.category_id
LEFT JOIN account editor ON editor.id = s.claimed_by
LEFT JOIN account sender ON sender.id = s.statement_by
LEFT JOIN account checker ON checker.id = s.checklist_by
LEFT JOIN publication page ON page.submission_id = s.id
LEFT JOIN envelope_submission es ON es.submission_id = s.id
LEFT JOIN envelope e ON e.id = es.envelope_id
WHERE s.id = :piece ORDER BY e.id LIMIT 1
""")


def piece(submission_id: int) -> Row[Any] | None:
    """The piece with its present revision, unit, month, people and page, and the first mail it came by."""
    return db.session.execute(_PIECE, {"piece": submission_id}).one_or_none()


_FILES = text("""
SELECT ra.position, ra.caption, ra.credit, a.id, a.name, a.kind, a.media_type, a.size_bytes, a.width, a.height,
  a.public_blob, a.public_refused, c.answer, c.note, c.created_at AS answered_at, who.full_name AS answered_by
FROM revision_attachment ra
JOIN attachment a ON a.id = ra.attachment_id
LEFT JOIN LATERAL (SELECT * FROM consent_answer x WHERE x.attachment_id = a.id ORDER BY x.id DESC LIMIT 1) c ON true
LEFT JOIN account who ON who.id = c.answered_by
WHERE ra.revision_id = :revision ORDER BY ra.position
""")


def files(revision_id: int) -> Sequence[Row[Any]]:
    """The files a revision shows, each with its newest answer about children."""
    return db.session.execute(_FILES, {"revision": revision_id}).all()


_REASONS = text("""
SELECT action, reason FROM (
  SELECT action, payload::jsonb ->> 'reason' AS reason,
    row_number() OVER (PARTITION BY action ORDER BY max(id) DESC) AS place
  FROM audit_event
  WHERE action = ANY(:actions) AND actor_id = :actor AND payload::jsonb ->> 'reason' <> ''
  GROUP BY 1, 2
) used WHERE place <= 3 ORDER BY action, place
""")


def reasons_used(triggers: Sequence[str], actor_id: int) -> Mapping[str, Sequence[str]]:
    """The last three reasons this person gave for each of these acts."""
    rows = db.session.execute(
        _REASONS, {"actions": [f"submission:{trigger}" for trigger in triggers], "actor": actor_id}
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.action.removeprefix("submission:"), []).append(row.reason)
    return found
