"""What letters are told: reads only, one statement each, facts and no words."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, select, text

from models.base import db
from models.outbox import Bounce
from models.vocabulary import SeatKind
from workflow.queries import months

Row = RowMapping


_PIECE = text(f"""
SELECT s.id, s.code, s.kind, s.unit_id, s.period_id, s.first_sent_at, s.sent_late, s.scheduled_at,
  s.uncounted IS NULL AS is_counted, u.name AS unit, u.admin_unit, p.year, p.month,
  'KY-' || p.year || '-' || lpad(p.month::text, 2, '0') AS period,
  {months.deadline("s.unit_id")} AS deadline_at,
  r.title, r.author_line, r.school, c.name_vi AS category_vi, c.name_en AS category_en, page.slug,
  (e.payload::jsonb ->> 'at')::timestamptz AS at, e.payload::jsonb ->> 'reason' AS reason,
  coalesce(e.payload::jsonb ->> 'digest', s.digest) AS digest,
  coalesce(e.payload::jsonb ->> 'became_at', e.payload::jsonb ->> 'at')::timestamptz AS became_at,
  actor.full_name AS actor, actor.title AS actor_title,
  (SELECT es.envelope_id FROM envelope_submission es JOIN envelope v ON v.id = es.envelope_id
    WHERE es.submission_id = s.id AND v.received_at = s.first_sent_at
      AND s.first_sent_at = (e.payload::jsonb ->> 'became_at')::timestamptz ORDER BY v.id LIMIT 1) AS envelope_id
FROM submission s
JOIN unit u ON u.id = s.unit_id
JOIN period p ON p.id = s.period_id
JOIN revision r ON r.id = s.revision_id
JOIN audit_event e ON e.stream = 'submission:' || s.id AND e.seq = :event
LEFT JOIN category c ON c.id = r.category_id
LEFT JOIN publication page ON page.submission_id = s.id
LEFT JOIN account actor ON actor.id = e.actor_id
WHERE s.id = :id
""")  # noqa: S608  (constants of the house)


def piece(submission_id: int, event: int) -> Row:
    """The piece as it stands and one event of its stream: when, why and by whom it happened.

    `envelope_id` is the mail that this very event sent it by, or None. Raises NoResultFound.
    """
    return db.session.execute(_PIECE, {"id": submission_id, "event": event}).mappings().one()


_STANDING = text(
    "SELECT CASE WHEN owed.is_bound THEN p.quota ELSE 0 END AS quota, sent.counted AS sent_count"
    f" {months.counted('u.id = :unit')} WHERE p.id = :period"
)


def standing(unit_id: int, period_id: int) -> Row:
    """`quota` (0 when the month is free of it) and `sent_count`, the counting pieces sent so far."""
    return db.session.execute(_STANDING, {"unit": unit_id, "period": period_id}).mappings().one()


_MONTH = text("""
SELECT u.name AS unit, u.admin_unit, p.year, p.month, p.deadline_at, p.closes_at,
  'KY-' || p.year || '-' || lpad(p.month::text, 2, '0') AS period
FROM unit u, period p WHERE u.id = :unit AND p.id = :period
""")


def month(unit_id: int, period_id: int) -> Row:
    return db.session.execute(_MONTH, {"unit": unit_id, "period": period_id}).mappings().one()


_REMINDED = text("""
SELECT NOT EXISTS (SELECT 1 FROM reminder r
  WHERE r.unit_id = :unit AND r.period_id = :period AND NOT r.is_skipped AND r.occasion <> :occasion)
""")


def is_first_reminder(unit_id: int, period_id: int, occasion: str) -> bool:
    """Whether the unit was not reminded of the month on any other occasion."""
    asked = {"unit": unit_id, "period": period_id, "occasion": occasion}
    return bool(db.session.execute(_REMINDED, asked).scalar_one())


_DRAFTS = text("""
SELECT s.code, r.title FROM submission s JOIN revision r ON r.id = s.revision_id
WHERE s.unit_id = :unit AND s.period_id = :period AND s.first_sent_at IS NULL AND s.discarded_at IS NULL
  AND s.set_aside_reason IS NULL AND r.title <> ''
ORDER BY s.id LIMIT 10
""")


def drafts(unit_id: int, period_id: int) -> Sequence[Row]:
    """The first ten pieces that wait in the unit's pool: code, title."""
    return db.session.execute(_DRAFTS, {"unit": unit_id, "period": period_id}).mappings().all()


_ENVELOPE = text("""
SELECT v.id, v.message_id, v.received_at, v.from_address, v.from_name, v.subject, v.problems, v.reason,
  a.id AS account_id, a.full_name, a.language
FROM envelope v LEFT JOIN account a ON a.id = v.sender_id WHERE v.id = :id
""")
_ENVELOPE_PIECES = text("""
SELECT s.id, s.code, s.kind, s.unit_id, s.period_id, s.first_sent_at, s.sent_late, r.title
FROM envelope_submission es JOIN submission s ON s.id = es.submission_id
JOIN revision r ON r.id = s.revision_id WHERE es.envelope_id = :id ORDER BY s.id
""")


def envelope(envelope_id: int) -> Row:
    """A mail: who wrote it (an account when known), when it came, what could not be read."""
    return db.session.execute(_ENVELOPE, {"id": envelope_id}).mappings().one()


def pieces_of(envelope_id: int) -> Sequence[Row]:
    return db.session.execute(_ENVELOPE_PIECES, {"id": envelope_id}).mappings().all()


_COMMITTEE = text("""
SELECT u.id AS unit_id, u.name AS unit, u.admin_unit, c.id, c.valid_from, c.confirmed_at
FROM unit u LEFT JOIN committee c ON c.unit_id = u.id AND c.valid_to IS NULL
WHERE c.id = :committee OR u.id = :unit
""")
_SEATS = text("""
SELECT o.seat_kind AS kind, count(*) AS required, count(s.id) AS seated
FROM composition o
LEFT JOIN seat s ON s.committee_id = :committee AND s.seat_kind = o.seat_kind AND s.slot = o.slot
  AND s.valid_to IS NULL
WHERE o.directive_id = coalesce(
  (SELECT directive_id FROM committee WHERE id = :committee),
  (SELECT id FROM directive WHERE valid_from <= :day AND (valid_to IS NULL OR :day < valid_to)))
GROUP BY o.seat_kind
""")


def committee(*, committee_id: int | None = None, unit_id: int | None = None) -> Row:
    """A unit and its committee in force, found by either; the committee's columns are None when there is none."""
    return db.session.execute(_COMMITTEE, {"committee": committee_id, "unit": unit_id}).mappings().one()


def seats(committee_id: int | None, day: date) -> list[Row]:
    """Seats by kind, leader first: `kind`, `required`, `seated`."""
    return _leader_first(db.session.execute(_SEATS, {"committee": committee_id, "day": day}).mappings().all())


def _leader_first(seats: Sequence[Row]) -> list[Row]:
    order = [kind.value for kind in SeatKind]
    return sorted(seats, key=lambda row: order.index(row["kind"]))


_PROPOSED = text("""
SELECT o.seat_kind AS kind, count(*) AS required,
  (SELECT count(*) FROM committee_proposal c, jsonb_array_elements(c.members) AS m
    WHERE c.id = :proposal AND m ->> 'seat_kind' = o.seat_kind) AS seated
FROM composition o JOIN directive d ON d.id = o.directive_id
WHERE d.valid_from <= :day AND (d.valid_to IS NULL OR :day < d.valid_to) GROUP BY o.seat_kind
""")


def proposed_seats(proposal_id: int, day: date) -> list[Row]:
    """Seats by kind as a list that came by mail fills them, leader first."""
    return _leader_first(
        db.session.execute(_PROPOSED, {"proposal": proposal_id, "day": day}).mappings().all()
    )


_SEATED = text("""
SELECT a.full_name AS name, s.title, s.workplace FROM seat s JOIN account a ON a.id = s.account_id
WHERE s.committee_id = :committee AND s.valid_to IS NULL
ORDER BY CASE s.seat_kind WHEN 'leader' THEN 1 WHEN 'specialist' THEN 2 ELSE 3 END, s.slot
""")


def seated(committee_id: int) -> Sequence[Row]:
    """The members in the order of the official list: name, title, workplace."""
    return db.session.execute(_SEATED, {"committee": committee_id}).mappings().all()


_GAPS = text("""
SELECT a.full_name AS name, a.email AS address, b.came_at AS lost_since, NOT a.active AS is_shut
FROM seat s JOIN account a ON a.id = s.account_id
LEFT JOIN bounce b ON b.address = lower(a.email) AND b.cleared_at IS NULL
WHERE s.committee_id = :committee AND s.valid_to IS NULL AND (b.id IS NOT NULL OR NOT a.active)
ORDER BY CASE s.seat_kind WHEN 'leader' THEN 1 WHEN 'specialist' THEN 2 ELSE 3 END, s.slot
""")
_PROPOSED_GAPS = text("""
SELECT m ->> 'full_name' AS name, m ->> 'email' AS address, b.came_at AS lost_since, false AS is_shut
FROM committee_proposal c CROSS JOIN jsonb_array_elements(c.members) WITH ORDINALITY AS list (m, place)
JOIN bounce b ON b.address = lower(m ->> 'email') AND b.cleared_at IS NULL
WHERE c.id = :proposal ORDER BY place
""")


def gaps(committee_id: int | None) -> Sequence[Row]:
    """Who sits and cannot serve: name, address, `lost_since` (letters to it come back), `is_shut` (her account)."""
    return db.session.execute(_GAPS, {"committee": committee_id}).mappings().all()


def proposed_gaps(proposal_id: int) -> Sequence[Row]:
    """The same of a list that came by mail: addresses on it that are known to be lost."""
    return db.session.execute(_PROPOSED_GAPS, {"proposal": proposal_id}).mappings().all()


_BOUNCE = text("""
SELECT b.address, b.says, l.subject, l.to_name, l.written_at, home.*
FROM bounce b JOIN letter l ON l.id = b.letter_id
LEFT JOIN LATERAL (
  SELECT u.id AS unit_id, u.code AS unit_code, u.name AS unit, u.admin_unit
  FROM account a JOIN seat s ON s.account_id = a.id AND s.valid_to IS NULL
  JOIN committee c ON c.id = s.committee_id AND c.valid_to IS NULL JOIN unit u ON u.id = c.unit_id
  WHERE lower(a.email) = b.address ORDER BY u.id LIMIT 1
) AS home ON true
WHERE b.id = :id
""")


def lost(address: str) -> Bounce | None:
    """The mark on an address that cannot be reached; None when it can."""
    in_force = select(Bounce).where(Bounce.address == address.lower(), Bounce.cleared_at.is_(None))
    return db.session.scalars(in_force).one_or_none()


def bounce(bounce_id: int) -> Row:
    """A letter that came back, and the unit on whose committee the address sits; its columns None for others."""
    return db.session.execute(_BOUNCE, {"id": bounce_id}).mappings().one()


_DELEGATION = text("""
SELECT d.id, d.from_account_id, d.to_account_id, d.role, d.valid_from,
  coalesce((e.payload::jsonb ->> 'until')::date, d.valid_to) AS valid_to,
  lender.full_name AS lender, delegate.full_name AS delegate,
  e.action = 'delegation:end' AS is_ended, e.payload::jsonb ->> 'reason' AS why
FROM delegation d
JOIN account lender ON lender.id = d.from_account_id
JOIN account delegate ON delegate.id = d.to_account_id
JOIN audit_event e ON e.stream = 'delegation:' || d.id AND e.seq = :event
WHERE d.id = :id
""")


def delegation(delegation_id: int, event: int) -> Row:
    """A delegation and the event that gave or ended it."""
    return db.session.execute(_DELEGATION, {"id": delegation_id, "event": event}).mappings().one()
