"""The audit trail as an inspector reads it: by keyset, never by page number, so that it is as quick at its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries.desk import holding

PAGE = 40
EXPORT_MOST = 50_000


@dataclass(frozen=True)
class AskedTrail:
    """Filters; empty fields ask for nothing."""

    words: str = ""
    """Name, address or code of a piece."""
    action: str = ""
    """An action, or a family such as `account:`."""
    actor: int | None = None
    submission: int | None = None
    unit: str = ""
    refused: bool = False
    since: str = ""
    """Canonical instants, `2021-05-19T17:00:00.000000Z`; compared as text, as they are stored."""
    until: str = ""
    before: int | None = None
    """Keyset: events with a smaller number."""
    after: int | None = None


_FROM = """
FROM audit_event e
LEFT JOIN account a ON a.id = e.actor_id
LEFT JOIN submission s ON s.id = e.submission_id
LEFT JOIN revision r ON r.id = s.revision_id
LEFT JOIN unit u ON u.id = e.unit_id
LEFT JOIN account about ON about.id = (e.payload::jsonb ->> 'account')::bigint
LEFT JOIN account lender ON lender.id = (e.payload::jsonb ->> 'in_place_of')::bigint
"""

_CONDITIONS: Mapping[str, str] = {
    "words": holding(
        "coalesce(a.full_name, '') || ' ' || coalesce(a.email, '') || ' ' || coalesce(s.code, '') || ' '"
        " || coalesce(r.title, '')"
    ),
    "action": "starts_with(e.action, :action)",
    "actor": "e.actor_id = :actor",
    "submission": "e.submission_id = :submission",
    "unit": "u.code = :unit",
    "refused": "strpos(e.action, 'refused/') > 0",
    "since": "e.at >= :since",
    "until": "e.at < :until",
    "before": "e.id < :before",
    "after": "e.id > :after",
}

_COLUMNS = """
SELECT e.id, e.stream, e.seq, e.action, e.at, e.actor_id, a.full_name AS who, a.title AS seat, e.submission_id,
  s.code, r.title AS subject, u.short_name AS unit, about.full_name AS about, lender.full_name AS in_place_of,
  e.payload::jsonb AS payload, encode(e.hash, 'hex') AS hash
"""


def _where(asked: AskedTrail) -> str:
    conditions = [sql for name, sql in _CONDITIONS.items() if getattr(asked, name)]
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def _values(asked: AskedTrail) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in _CONDITIONS}


@dataclass(frozen=True)
class Leaf:
    """One page of the trail, newest first; `older` and `newer` are keys for the next one, None at an end."""

    events: Sequence[Row[Any]]
    older: int | None
    newer: int | None


def trail(asked: AskedTrail) -> Leaf:
    """One page. `after` reads towards the newer end, so that "newer" is as exact as "older"."""
    upwards = asked.after is not None
    order = "ASC" if upwards else "DESC"
    query = text(f"{_COLUMNS} {_FROM} {_where(asked)} ORDER BY e.id {order} LIMIT :size")
    rows = list(db.session.execute(query, {**_values(asked), "size": PAGE + 1}))
    has_more, rows = len(rows) > PAGE, rows[:PAGE]
    if upwards:
        rows.reverse()
    if not rows:
        return Leaf([], None, None)
    is_first = asked.before is None and asked.after is None
    return Leaf(
        events=rows,
        older=rows[-1].id if (has_more or upwards) else None,
        newer=None if is_first or (upwards and not has_more) else rows[0].id,
    )


def export(asked: AskedTrail) -> Iterator[Row[Any]]:
    """The filtered trail, oldest first, EXPORT_MOST at most."""
    query = text(f"{_COLUMNS} {_FROM} {_where(asked)} ORDER BY e.id LIMIT :size")
    yield from db.session.execute(query, {**_values(asked), "size": EXPORT_MOST})


_EVERYTHING = text(f"""
{_COLUMNS}, e.payload AS written, encode(e.prev_hash, 'hex') AS prev_hash
{_FROM} WHERE e.id > :after ORDER BY e.id LIMIT :size
""")


def everything() -> Iterator[Row[Any]]:
    """The whole trail, oldest first, with its text as it was hashed; read in parts, so of any length."""
    after = 0
    while part := db.session.execute(_EVERYTHING, {"after": after, "size": EXPORT_MOST}).all():
        yield from part
        after = part[-1].id


_ONE = text(f"""
{_COLUMNS}, e.payload AS written, encode(e.prev_hash, 'hex') AS prev_hash, e.command_id, e.cause,
  a.email, s.digest AS present_digest
{_FROM} WHERE e.id = :id
""")

_NEIGHBOURS = text("""
SELECT id, seq, encode(hash, 'hex') AS hash FROM audit_event
WHERE stream = :stream AND seq BETWEEN :seq - 1 AND :seq + 1 ORDER BY seq
""")


def event(number: int) -> Row[Any] | None:
    """One event with its text as it was hashed."""
    return db.session.execute(_ONE, {"id": number}).one_or_none()


def neighbours(stream: str, seq: int) -> Sequence[Row[Any]]:
    """The event before, this one and the next in the same chain."""
    return db.session.execute(_NEIGHBOURS, {"stream": stream, "seq": seq}).all()


_ACTIONS = text("""
WITH RECURSIVE known AS (
  (SELECT action FROM audit_event ORDER BY action LIMIT 1)
  UNION ALL
  SELECT (SELECT e.action FROM audit_event e WHERE e.action > known.action ORDER BY e.action LIMIT 1)
  FROM known WHERE known.action IS NOT NULL
)
SELECT action FROM known WHERE action IS NOT NULL LIMIT 200
""")


def actions() -> Sequence[str]:
    """Every action on record. Hops along the index instead of reading every event."""
    return list(db.session.scalars(_ACTIONS))


_SINCE_TRAVEL = text("""
SELECT count(*) FILTER (WHERE action = 'submission:lapse') AS lapsed,
  count(*) FILTER (WHERE action = 'submission:create') AS created,
  count(*) FILTER (WHERE action = 'submission:submit') AS sent,
  count(*) FILTER (WHERE action = 'submission:publish') AS published,
  count(*) FILTER (WHERE action = 'period:close') AS closed,
  (SELECT count(*) FROM letter l WHERE l.written_at >= CAST(:since AS timestamptz)) AS letters
FROM audit_event WHERE id > :after
""")

_LAST_TRAVEL = text("""
SELECT id, payload::jsonb ->> 'before' AS before, payload::jsonb ->> 'after' AS after
FROM audit_event WHERE action = 'clock:travel' AND actor_id IS NOT NULL ORDER BY id DESC LIMIT 1
""")


def since_last_travel() -> Mapping[str, Any] | None:
    """What happened since somebody last turned the rehearsal clock; None when nobody did."""
    travel = db.session.execute(_LAST_TRAVEL).one_or_none()
    if travel is None:
        return None
    found = db.session.execute(_SINCE_TRAVEL, {"after": travel.id, "since": travel.before}).one()
    return {"from": travel.before, "to": travel.after, **found._mapping}
