"""Who approved what: decisions by person, unit, month and piece, and the sheet of one piece (R11). Keyset pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from models.base import db
from models.vocabulary import Role
from workflow import definitions
from workflow.queries import audit, paging

PAGE = 40

USUAL = ("approve", "publish")


def known() -> Sequence[str]:
    """Every move that people make in some definition: what somebody decides about a piece and answers for."""
    moves = (step for engine in definitions.engines().values() for step in engine.definition.moves)
    return list(dict.fromkeys(step.trigger for step in moves if step.roles - {Role.SYSTEM}))


@dataclass(frozen=True)
class AskedDecisions:
    """Filters; empty fields ask for nothing. Without an act: approvals and publications."""

    words: str = ""
    """Code or title of a piece."""
    act: str = ""
    actor: int | None = None
    """Who decided, or in whose place it was decided."""
    unit: str = ""
    month: str = ""
    """`2021-05`"""
    before: int | None = None
    after: int | None = None


# As the trail itself is read: each step is one look into an index that ends at the page's last row.
_BY_ACT = """
SELECT e.id FROM unnest(CAST(:actions AS text[])) AS act (name) CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.action = act.name {conditions} ORDER BY e.id {order} LIMIT {size}) AS e
"""
_BY_PERSON = """
SELECT e.id FROM (SELECT CAST(:actor AS bigint) AS id
  UNION SELECT to_account_id FROM delegation WHERE from_account_id = :actor) AS person
CROSS JOIN unnest(CAST(:actions AS text[])) AS act (name) CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.actor_id = person.id AND e.action = act.name {conditions}
  ORDER BY e.id {order} LIMIT {size}) AS e
"""
# A month has some thousand pieces of a dozen events each: piece by piece, never every approval there ever was.
_BY_PIECE = """
SELECT e.id FROM submission s CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.submission_id = s.id AND e.action = ANY(:actions) {conditions} OFFSET 0) AS e
WHERE {pieces}
"""

_CONDITIONS: Mapping[str, str] = {
    "actor": "(e.actor_id = :actor OR e.payload::jsonb ->> 'in_place_of' = CAST(:actor AS text))",
    "unit": "e.unit_id = (SELECT id FROM unit WHERE code = :unit)",
    "before": "e.id < :before",
    "after": "e.id > :after",
}
_PIECES: Mapping[str, str] = {
    "words": "s.id = ANY(:pieces)",
    "month": "s.period_id IN (SELECT id FROM period WHERE year || '-' || lpad(month::text, 2, '0') = :month)",
}

_COLUMNS = """
SELECT e.id, e.at, e.action, e.submission_id, s.code, s.workflow, s.workflow_version, r.title,
  r.number AS revision, u.short_name AS unit, p.year, p.month, a.full_name AS who, a.title AS seat,
  lender.full_name AS in_place_of, e.payload::jsonb ->> 'digest' AS digest,
  e.payload::jsonb ->> 'reason' AS reason, encode(e.hash, 'hex') AS hash
FROM picked JOIN audit_event e USING (id)
JOIN submission s ON s.id = e.submission_id
JOIN period p ON p.id = s.period_id
LEFT JOIN unit u ON u.id = e.unit_id
LEFT JOIN account a ON a.id = e.actor_id
LEFT JOIN account lender ON lender.id = (e.payload::jsonb ->> 'in_place_of')::bigint
LEFT JOIN LATERAL (SELECT r.number, r.title FROM revision r
  WHERE r.submission_id = s.id AND r.digest = e.payload::jsonb ->> 'digest' ORDER BY r.number DESC LIMIT 1) r ON true
"""


def _named(asked: AskedDecisions) -> Sequence[int]:
    return audit.found(asked.words).pieces if asked.words else []


def _rows(
    connection: Connection, asked: AskedDecisions, named: Sequence[int], order: str, size: int
) -> Sequence[Row[Any]]:
    """`named`: the pieces that the words stand for."""
    conditions = "".join(f" AND {sql}" for name, sql in _CONDITIONS.items() if getattr(asked, name))
    pieces = " AND ".join(sql for name, sql in _PIECES.items() if getattr(asked, name))
    way = _BY_PIECE if pieces else _BY_PERSON if asked.actor else _BY_ACT
    ids = way.format(conditions=conditions, pieces=pieces, order=order, size=size)
    acts = (asked.act,) if asked.act in known() else USUAL
    values = {
        **{name: getattr(asked, name) for name in (*_CONDITIONS, "month")},
        "actions": [f"submission:{act}" for act in acts],
        "pieces": list(named),
    }
    query = text(f"""
        WITH picked AS MATERIALIZED (SELECT id FROM ({ids}) AS found ORDER BY id {order} LIMIT {size})
        {_COLUMNS} ORDER BY e.id {order}
    """)  # noqa: S608  (put together from constants of this file)
    return connection.execute(query, values).all()


def decisions(asked: AskedDecisions) -> paging.Leaf[int]:
    """One page, newest first."""
    connection, named = db.session.connection(), _named(asked)
    return paging.leaf(
        lambda order, size: _rows(connection, asked, named, order, size),
        key=paging.by_id,
        before=asked.before,
        after=asked.after,
        size=PAGE,
    )


def export(asked: AskedDecisions) -> Iterator[Row[Any]]:
    """All that the filters find, oldest first, of any length; it may be read on when the request is over."""
    named = _named(asked)
    return audit.in_parts(
        lambda connection, after: _rows(
            connection, replace(asked, before=None, after=after), named, "ASC", audit.PART
        ),
        db.engine,
    )


_DECIDERS = text("""
SELECT a.id, a.full_name FROM account a
WHERE EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = a.id AND g.unit_id IS NULL)
ORDER BY a.sort_key, a.id LIMIT 200
""")


def deciders() -> Sequence[tuple[int, str]]:
    """Everybody who ever held a role at the department."""
    return [(row.id, row.full_name) for row in db.session.execute(_DECIDERS)]


# --- the sheet of one piece -----------------------------------------------------------------------------------------

_STEPS = text("""
SELECT e.id, e.at, e.action, e.payload::jsonb AS payload, encode(e.hash, 'hex') AS hash,
  a.full_name AS who, a.title AS seat, coalesce(lender.full_name, home.short_name) AS in_place_of,
  r.id AS revision_id, r.number AS revision, e.payload::jsonb ->> 'digest' AS digest
FROM audit_event e
LEFT JOIN account a ON a.id = e.actor_id
LEFT JOIN account lender ON lender.id = (e.payload::jsonb ->> 'in_place_of')::bigint
LEFT JOIN unit home ON home.code = e.payload::jsonb ->> 'acting_for'
LEFT JOIN LATERAL (SELECT x.id, x.number FROM revision x
  WHERE x.submission_id = e.submission_id AND x.digest = e.payload::jsonb ->> 'digest'
  ORDER BY x.number DESC LIMIT 1) r ON true
WHERE e.submission_id = :piece AND (
  e.action IN ('submission:create', 'submission:write', 'submission:reclassify')
  OR e.payload::jsonb ->> 'from' <> e.payload::jsonb ->> 'to' OR strpos(e.action, 'refused/') > 0)
ORDER BY e.id LIMIT 300
""")


def steps(submission_id: int) -> Sequence[Row[Any]]:
    """What made the piece what it is, oldest first: texts, moves, and what was refused."""
    return db.session.execute(_STEPS, {"piece": submission_id}).all()


_TEXTS = text("""
SELECT r.id, r.number, r.title, r.summary, r.body, r.author_line, c.name_vi AS section, u.short_name AS unit,
  ARRAY(SELECT a.name || CASE WHEN ra.caption = '' THEN '' ELSE ': ' || ra.caption END
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = r.id ORDER BY ra.position) AS files
FROM revision r JOIN submission s ON s.id = r.submission_id JOIN unit u ON u.id = s.unit_id
LEFT JOIN category c ON c.id = r.category_id
WHERE r.id = ANY(:revisions)
""")


def texts(revision_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Revisions as an inspector compares them: words, section, files in their order."""
    return {row.id: row for row in db.session.execute(_TEXTS, {"revisions": list(revision_ids)})}
