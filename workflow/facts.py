"""Loads the facts that the rules look at: one statement for the piece, the person and the moment.

Such a statement costs mostly by being made ready, part by part: what few people have is asked for apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from models.vocabulary import AttachmentKind, Consent, Role
from workflow.engine import driver
from workflow.engine.errors import NotFound
from workflow.queries.consents import ASKED_ABOUT, answer
from workflow.queries.heirs import at_work
from workflow.queries.months import OWES, counted
from workflow.rules.facts import Facts, Media, Month

_MEDIA = f"""ARRAY(SELECT row_to_json(m) FROM (
    SELECT a.id, ra.position, a.kind, {answer("a")} AS answer
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = r.id AND a.kind IN {ASKED_ABOUT} ORDER BY ra.position
  ) m) AS media"""  # noqa: S608  (a constant of the house)
_WORDS = f"""r.title <> '' AS has_title, octet_length(r.body) > 0 AS has_body,
  r.category_id IS NOT NULL AS has_category, {_MEDIA}"""

_SELECT = f"""
SELECT s.id, s.code, s.workflow, s.workflow_version, s.state, s.version, s.head_hash, s.digest, s.revision_id,
  s.unit_id, s.period_id, s.kind, s.first_sent_at, s.sent_late, s.uncounted, s.claimed_by, s.claimed_at,
  s.set_aside_reason, s.scheduled_at, s.discarded_at, s.created_by, today.now, today.recorded_at, today.day,
  u.code AS unit_code, u.valid_to AS unit_valid_to,
  (u.valid_to IS NULL OR today.day < u.valid_to) AND u.valid_from <= today.day AS unit_is_alive,
  {_WORDS},
  (SELECT json_object_agg(c.day, c.is_working) FROM calendar_day c
    WHERE c.day BETWEEN s.claimed_at::date AND s.claimed_at::date + 31) AS calendar,
  claimant.full_name AS claimant, hands.authors, hands.editors, hands.represented,
  hands.approval::jsonb ->> 'digest' AS approved_digest, hands.began_on,
  EXISTS (SELECT FROM delegation d WHERE d.to_account_id = %(actor)s) AS is_delegate,
  ARRAY(SELECT g.role FROM role_grant g
    WHERE g.account_id = %(actor)s AND me.active AND (g.unit_id IS NULL OR g.unit_id = home.id)
      AND g.valid_from <= today.day AND (g.valid_to IS NULL OR today.day < g.valid_to)) AS granted,
  ARRAY(SELECT seat.seat_kind FROM seat JOIN committee c ON c.id = seat.committee_id
    WHERE seat.account_id = %(actor)s AND me.active AND c.unit_id = home.id AND c.valid_to IS NULL
      AND seat.valid_from <= today.day AND (seat.valid_to IS NULL OR today.day < seat.valid_to)) AS seats
FROM (
  SELECT recorded_at, coalesce(%(at)s::timestamptz, recorded_at) AS now,
    (coalesce(%(at)s::timestamptz, recorded_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
  FROM (SELECT people_now() AS recorded_at OFFSET 0) clock OFFSET 0
) today, submission s
JOIN unit u ON u.id = s.unit_id
-- When a unit has ended, its main heir's committee works on what comes back to it; its own people only read.
CROSS JOIN LATERAL (SELECT {at_work("u", "today.day")} AS id) home
JOIN revision r ON r.id = s.revision_id
-- Who had a hand in it. Canonical text is searched instead of parsed: inside a value its quotes are escaped.
CROSS JOIN LATERAL (
  SELECT array_agg(e.actor_id) FILTER (WHERE strpos(e.payload, ',"side":"unit"') > 0) AS authors,
    array_agg(e.actor_id) FILTER (WHERE strpos(e.payload, ',"side":"department"') > 0) AS editors,
    -- Who acts in somebody's place acts for both of them.
    array_agg((e.payload::jsonb ->> 'in_place_of')::bigint) FILTER (WHERE
      strpos(e.payload, ',"side":"department"') > 0 AND strpos(e.payload, ',"in_place_of":') > 0) AS represented,
    (array_agg(e.payload ORDER BY e.id DESC) FILTER (WHERE e.action = 'submission:approve'))[1] AS approval,
    min(left(e.at, 10)::date) FILTER (WHERE e.seq = 1) AS began_on
  FROM audit_event e WHERE e.submission_id = s.id
) hands
LEFT JOIN account me ON me.id = %(actor)s
LEFT JOIN account claimant ON claimant.id = s.claimed_by
"""  # noqa: S608  (constants of the house)
_FACTS = f"{_SELECT} WHERE s.id = %(id)s"
_FACTS_OF_MANY = f"{_SELECT} WHERE s.id = ANY(%(ids)s) ORDER BY s.id"

# Few are anybody's delegate: asked only for those who ever were.
_LENDERS = """
SELECT d.from_account_id AS id, d.role, d.valid_to,
  me.active AND lender.active AND %(day)s::date < d.valid_to AND EXISTS (SELECT 1 FROM role_grant g
    WHERE g.account_id = d.from_account_id AND g.role = d.role AND g.valid_from <= %(day)s::date
      AND (g.valid_to IS NULL OR %(day)s::date < g.valid_to)) AS counts
FROM delegation d JOIN account me ON me.id = d.to_account_id JOIN account lender ON lender.id = d.from_account_id
WHERE d.to_account_id = %(actor)s AND d.valid_from <= %(day)s::date AND d.valid_from <= d.valid_to
ORDER BY d.from_account_id
"""

_MONTHS = text(f"""
SELECT p.id, 'KY-' || p.year || '-' || lpad(p.month::text, 2, '0') AS code, p.closes_at, due.deadline_at,
  -- Closing ends the wait for late pieces; it does not take back the time a unit was given.
  coalesce(p.closed_at <= :now, false)
    AND NOT (due.is_extended AND due.deadline_at > greatest(:now, p.deadline_at)) AS is_closed,
  {OWES} AS is_short
{counted("u.id = :unit")}
WHERE p.is_active AND (p.id = :period OR (p.opens_at <= :now AND p.deadline_at > :now))
ORDER BY p.deadline_at
""")


def gather(
    connection: Connection, submission_id: int, *, actor: int | None, at: datetime | None = None
) -> Facts:
    """The facts about one piece for one person at one moment (`at`, else people's now).

    `actor=None` is the system. Raises NotFound.
    """
    found = _seen(connection, _FACTS, {"id": submission_id, "actor": actor, "at": at})
    if not found:
        raise NotFound
    return found[0]


def gather_many(
    connection: Connection, submission_ids: Sequence[int], *, actor: int | None, at: datetime | None = None
) -> list[Facts]:
    """As `gather`, for many pieces in one statement, by id; those that do not exist are left out."""
    return _seen(connection, _FACTS_OF_MANY, {"ids": list(submission_ids), "actor": actor, "at": at})


def _seen(connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Facts]:
    rows, actor = driver.execute(connection, statement, values), values["actor"]
    lenders = []
    if rows and rows[0].is_delegate:
        lenders = driver.execute(connection, _LENDERS, {"actor": actor, "day": rows[0].day})
    return [_facts(connection, row, actor, lenders) for row in rows]


def _facts(connection: Connection, row: Any, actor: int | None, lenders: Sequence[Any]) -> Facts:
    months = _months(connection, row) if row.first_sent_at is None else (None, None)
    roles = frozenset(row.granted) | ({Role.COMMITTEE} if row.seats else frozenset())
    lent: dict[str, int] = {}
    # Since the piece began, not only today: ending a delegation in time does not make another pair of eyes.
    lenders = [one for one in lenders if row.began_on is None or one.valid_to >= row.began_on]
    for lender in lenders:
        if lender.counts and lender.role not in roles:
            lent.setdefault(lender.role, lender.id)
    roles |= lent.keys()
    return Facts(
        submission_id=row.id,
        code=row.code,
        workflow=row.workflow,
        workflow_version=row.workflow_version,
        state=row.state,
        version=row.version,
        head_hash=bytes(row.head_hash),
        digest=row.digest,
        approved_digest=row.approved_digest,
        revision_id=row.revision_id,
        unit_id=row.unit_id,
        unit_code=row.unit_code,
        unit_ends=None
        if row.unit_is_alive
        else f"{row.unit_valid_to:%d/%m/%Y}"
        if row.unit_valid_to
        else "?",
        kind=row.kind,
        has_title=row.has_title,
        has_body=row.has_body,
        has_category=row.has_category,
        month=months[0],
        next_month=months[1],
        first_sent_at=row.first_sent_at,
        sent_late=row.sent_late,
        is_counted=row.uncounted is None,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        claimant=row.claimant or "",
        set_aside=row.set_aside_reason is not None,
        scheduled_at=row.scheduled_at,
        discarded_at=row.discarded_at,
        created_by=row.created_by,
        media=tuple(_media(entry) for entry in row.media),
        authors=frozenset(row.authors or ()) - {None},
        editors=frozenset([*(row.editors or ()), *(row.represented or ())]) - {None},
        stands_in_for=frozenset(lender.id for lender in lenders),
        lent=tuple(lent.items()),
        seats=frozenset(row.seats),
        actor=actor,
        roles=frozenset({Role.SYSTEM}) if actor is None else roles,
        now=row.now,
        recorded_at=row.recorded_at,
        calendar={date.fromisoformat(day): works for day, works in (row.calendar or {}).items()},
    )


_NEXT_WORDS = text(f"SELECT {_WORDS} FROM revision r WHERE r.id = :revision")  # noqa: S608  (a constant)


def with_words_of(connection: Connection, known: Facts, revision_id: int) -> Facts:
    """The facts as they will be when the piece shows another of its revisions."""
    row = connection.execute(_NEXT_WORDS, {"revision": revision_id}).one()
    return replace(
        known,
        revision_id=revision_id,
        has_title=row.has_title,
        has_body=row.has_body,
        has_category=row.has_category,
        media=tuple(_media(entry) for entry in row.media),
    )


def _media(entry: dict[str, Any]) -> Media:
    answer = entry["answer"]
    return Media(
        entry["id"],
        entry["position"],
        AttachmentKind(entry["kind"]),
        None if answer is None else Consent(answer),
    )


def _months(connection: Connection, row: Any) -> tuple[Month | None, Month | None]:
    """The piece's own month and the one that takes pieces now, as its unit meets them."""
    found = connection.execute(_MONTHS, {"unit": row.unit_id, "period": row.period_id, "now": row.now}).all()
    months = {
        entry.id: Month(
            entry.id, entry.code, entry.deadline_at, entry.closes_at, entry.is_closed, entry.is_short
        )
        for entry in found
    }
    own = months.pop(row.period_id, None)
    return own, next(iter(months.values()), None)
