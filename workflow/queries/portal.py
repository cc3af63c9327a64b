"""What a unit's people read: their month, their pieces, their letters. Reads only, every list bounded.

Who may see a piece is one condition, VISIBLE: the committee of its unit (or of the main heir of a unit that has
ended) sees all of the unit's, a contributor what she wrote herself. What is not visible does not exist (404).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import WITH_UNIT, Phase
from workflow import definitions
from workflow.queries import months
from workflow.queries.consents import ASKED_ABOUT, is_unclear
from workflow.queries.heirs import at_work

SHOWN = 20
"""Pieces in each part of the month's page."""

VISIBLE = """
(EXISTS (SELECT 1 FROM seat JOIN committee c ON c.id = seat.committee_id
   WHERE seat.account_id = :me AND c.unit_id IN (s.unit_id, home.id) AND c.valid_to IS NULL
     AND seat.valid_from <= :today AND (seat.valid_to IS NULL OR :today < seat.valid_to))
 OR EXISTS (SELECT 1 FROM role_grant g
   WHERE g.account_id = :me AND g.unit_id IN (s.unit_id, home.id)
     AND g.valid_from <= :today AND (g.valid_to IS NULL OR :today < g.valid_to)
     AND (g.role = 'committee' OR g.role = 'contributor' AND (s.created_by = :me OR EXISTS (
       SELECT 1 FROM audit_event e WHERE e.submission_id = s.id AND e.actor_id = :me
         AND e.payload::jsonb ->> 'side' = 'unit')))))
"""

_FIND = text(f"""
SELECT s.id, s.unit_id FROM submission s
JOIN unit u ON u.id = s.unit_id
CROSS JOIN LATERAL (SELECT {at_work("u", "CAST(:today AS date)")} AS id) home
WHERE s.code = :code AND {VISIBLE}
""")  # noqa: S608  (put together from constants of this file)


def find(code: str, *, me: int, today: date) -> Row[Any] | None:
    """The piece's id and unit when this person may see it, else None."""
    return db.session.execute(_FIND, {"code": code, "me": me, "today": today}).one_or_none()


_FILE = text(f"""
SELECT a.blob, a.media_type, a.name, a.kind, a.submission_id, a.public_blob, a.public_media_type FROM attachment a
JOIN submission s ON s.id = a.submission_id
JOIN unit u ON u.id = s.unit_id
CROSS JOIN LATERAL (SELECT {at_work("u", "CAST(:today AS date)")} AS id) home
WHERE a.id = :attachment AND (:sees_all OR {VISIBLE})
""")  # noqa: S608


def file(attachment_id: int, *, me: int, sees_all: bool, today: date) -> Row[Any] | None:
    """A file as it came and its copy without a camera's words, when this person may see it.

    `sees_all` is for who may read every piece at the department.
    """
    values = {"attachment": attachment_id, "me": me, "sees_all": sees_all, "today": today}
    return db.session.execute(_FILE, values).one_or_none()


# --- the month ----------------------------------------------------------------------------------------------------

_MONTHS = text(f"""
SELECT p.id, p.year, p.month, p.opens_at, p.closes_at, due.deadline_at, due.is_extended,
  CASE WHEN owed.is_bound THEN p.quota ELSE 0 END AS quota, sent.counted AS sent
{months.counted("u.id = :unit")}
WHERE p.is_active AND p.closed_at IS NULL AND p.opens_at <= :now AND :now < p.closes_at
ORDER BY p.deadline_at
""")


def running_month(unit_id: int, *, now: datetime) -> Row[Any] | None:
    """The month the unit works for: the first one that still wants something, else the newest that is open.

    Between a deadline and its closing two months are open; the old one is shown while pieces are missing in it.
    `quota` is 0 when the unit owes nothing. None when no month is open.
    """
    months = db.session.execute(_MONTHS, {"unit": unit_id, "now": now}).all()
    wanting = (month for month in months if now < month.deadline_at or month.sent < month.quota)
    return next(wanting, months[-1] if months else None)


_EXTENSION = text("""
SELECT deadline_at, reason FROM extension
WHERE period_id = :period AND (unit_id = :unit OR unit_id IS NULL) ORDER BY deadline_at DESC, id DESC LIMIT 1
""")


def extension(period_id: int, unit_id: int) -> Row[Any] | None:
    """The latest deadline the unit was given for a month, and why; None when it has the month's own."""
    return db.session.execute(_EXTENSION, {"period": period_id, "unit": unit_id}).one_or_none()


_PIECES = text(f"""
WITH today AS (SELECT (people_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day),
mine AS (
  SELECT s.*, page.slug, page.first_published_at, page.retracted_at, page.retraction_reason,
    CASE WHEN s.discarded_at IS NOT NULL THEN 'discarded'
         WHEN s.state = ANY(:with_unit) THEN 'pool'
         WHEN s.state = ANY(:public) THEN 'published' ELSE 'sent' END AS place,
    coalesce(page.first_published_at, s.state_since) AS since
  FROM submission s
  LEFT JOIN publication page ON page.submission_id = s.id
  WHERE s.unit_id IN (SELECT u.id FROM unit u, today WHERE u.id = :unit
    OR u.valid_to <= today.day AND {at_work("u", "today.day")} = :unit)
    AND (s.discarded_at IS NULL OR s.discarded_at > :discarded_after)
    AND (:everyone OR s.created_by = :me OR EXISTS (SELECT 1 FROM audit_event e
      WHERE e.submission_id = s.id AND e.actor_id = :me AND e.payload::jsonb ->> 'side' = 'unit'))
),
newest AS (SELECT mine.*, row_number() OVER (PARTITION BY place ORDER BY since DESC, id DESC) AS nth FROM mine)
SELECT s.*, r.title, r.author_line, r.school, editor.full_name AS claimant, writer.full_name AS writer,
  files.pictures, files.waiting, files.cover
FROM newest s
JOIN revision r ON r.id = s.revision_id
LEFT JOIN account editor ON editor.id = s.claimed_by
LEFT JOIN account writer ON writer.id = s.created_by
LEFT JOIN LATERAL (
  SELECT count(*) AS pictures, count(*) FILTER (WHERE {is_unclear("a")}) AS waiting,
    (array_agg(a.public_blob ORDER BY ra.position) FILTER (WHERE a.kind = 'picture'))[1] AS cover
  FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id AND a.kind IN {ASKED_ABOUT}
  WHERE ra.revision_id = s.revision_id
) files ON true
WHERE s.nth <= :size
ORDER BY s.place, s.nth
""")  # noqa: S608  (a constant of the house)


def pieces(unit_id: int, *, me: int, everyone: bool, discarded_after: datetime) -> dict[str, list[Row[Any]]]:
    """The unit's newest pieces by place: `pool` (drafts), `sent` (under way), `published`, `discarded`.

    `everyone`: all of the unit's, for its committee; else only what `me` wrote. One statement.
    """
    found: dict[str, list[Row[Any]]] = {"pool": [], "sent": [], "published": [], "discarded": []}
    values = {
        "unit": unit_id,
        "me": me,
        "everyone": everyone,
        "discarded_after": discarded_after,
        "size": SHOWN,
        "with_unit": definitions.states_in(*WITH_UNIT),
        "public": definitions.states_in(Phase.PUBLIC),
    }
    for row in db.session.execute(_PIECES, values):
        found[row.place].append(row)
    return found


# --- one piece ----------------------------------------------------------------------------------------------------

_REVISIONS = text("""
SELECT r.id, r.number, r.title, r.summary, r.body, r.author_line, r.school, r.written_as,
  w.full_name AS writer
FROM revision r LEFT JOIN account w ON w.id = r.written_by
WHERE r.submission_id = :piece ORDER BY r.number DESC LIMIT :size
""")


def revisions(submission_id: int, *, size: int = 12) -> Sequence[Row[Any]]:
    """The newest revisions of a piece, newest first."""
    return db.session.execute(_REVISIONS, {"piece": submission_id, "size": size}).all()


_SECTIONS = text("SELECT code, name_vi, name_en FROM category WHERE retired_at IS NULL ORDER BY sort, code")


def sections() -> Sequence[Row[Any]]:
    return db.session.execute(_SECTIONS).all()


# --- letters ------------------------------------------------------------------------------------------------------

_LETTER = text("""
SELECT l.id, l.kind, l.code, l.subject, l.text, l.zalo, l.written_at, l.state, l.to_name, l.submission_id,
  s.code AS piece
FROM letter l LEFT JOIN submission s ON s.id = l.submission_id
WHERE (l.account_id = :me OR (:everyone AND l.unit_id = :unit))
  AND l.id = :id
""")


# What went to several people for one reason (the last part of a letter's key) is one notice; one's own copy is shown.
_NOTICES = text("""
WITH newest AS (
  SELECT id, kind, subject, written_at, to_name, account_id, submission_id,
    regexp_replace(key, '^.*[|]', '') AS occasion
  FROM letter WHERE account_id = :me OR (:everyone AND unit_id = :unit) ORDER BY id DESC LIMIT 8 * :size
)
SELECT coalesce(max(id) FILTER (WHERE account_id = :me), max(id)) AS id, subject, max(written_at) AS written_at,
  array_agg(DISTINCT to_name) AS names
FROM newest GROUP BY kind, subject, submission_id, occasion
ORDER BY max(id) DESC LIMIT :size
""")


def notices(unit_id: int, *, me: int, everyone: bool, size: int = 40) -> Sequence[Row[Any]]:
    """Letters to this person and, for the committee, to the unit; newest first, one line for what went to many."""
    values = {"unit": unit_id, "me": me, "everyone": everyone, "size": size}
    return db.session.execute(_NOTICES, values).all()


def letter(letter_id: int, unit_id: int, *, me: int, everyone: bool) -> Row[Any] | None:
    values = {"unit": unit_id, "me": me, "everyone": everyone, "id": letter_id}
    return db.session.execute(_LETTER, values).one_or_none()
