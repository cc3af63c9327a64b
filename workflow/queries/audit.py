"""The audit trail as an inspector reads it: by keyset, never by page number, so that it is as quick at its end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from models.base import db
from workflow.queries import paging
from workflow.queries.desk import holding
from workflow.queries.piece_words import showing

PAGE = 40
PART = 2_000
"""Rows read at once for a file, which may be of any length."""
MOST_PEOPLE, MOST_PIECES = 20, 500
"""What words may stand for; somebody who finds more is asked for more words."""


@dataclass(frozen=True)
class AskedTrail:
    """Filters; empty fields ask for nothing."""

    words: str = ""
    """Name or address of a person; code of a piece, words of its title, author and school."""
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


# --- which events ---------------------------------------------------------------------------------------------------

# The first event at or after an instant, by halving the numbers: they grow with time but for what was committed out
# of turn. Twenty steps at a million events; an index on the time would cost every event that is written.
_FIRST_AT = text("""
WITH RECURSIVE halved AS (
  SELECT place, instant, (SELECT min(id) FROM audit_event) AS low, (SELECT max(id) + 1 FROM audit_event) AS high
  FROM unnest(CAST(:instants AS text[])) WITH ORDINALITY AS wanted (instant, place)
  UNION ALL
  SELECT place, instant, CASE WHEN probe.at < instant THEN probe.id + 1 ELSE low END,
    CASE WHEN probe.at < instant THEN high ELSE (low + high) / 2 END
  FROM halved CROSS JOIN LATERAL (
    SELECT id, at FROM audit_event WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) AS probe
  WHERE low < high
)
SELECT low FROM halved WHERE low >= high ORDER BY place
""")
OUT_OF_TURN = timedelta(hours=2)
"""No transaction is open for longer: what has a later number was not written so much earlier."""

# Each filter is answered action by action, newest first: every step is one look into an index, which ends at the
# page's last row however rare the action is and however long the trail.
_KNOWN = """
known AS (
  (SELECT action FROM audit_event ORDER BY action LIMIT 1)
  UNION ALL
  SELECT (SELECT e.action FROM audit_event e WHERE e.action > known.action ORDER BY e.action LIMIT 1)
  FROM known WHERE known.action IS NOT NULL
)
"""
_ACTION_ASKED = """CASE WHEN :action = '' THEN true WHEN right(:action, 1) = ':' THEN starts_with({action}, :action)
  ELSE {action} = :action END AND (NOT :refused OR strpos({action}, 'refused/') > 0)"""
_BY_ACTION = f"""
SELECT e.id FROM known CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.action = known.action {{conditions}} ORDER BY e.id {{order}} LIMIT {{size}}
) AS e WHERE {_ACTION_ASKED.format(action="known.action")}
"""  # noqa: S608  (constants of this file)
_BY_PERSON = f"""
SELECT e.id FROM unnest(CAST(:people AS bigint[])) AS person (id) CROSS JOIN known CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.actor_id = person.id AND e.action = known.action {{conditions}}
  ORDER BY e.id {{order}} LIMIT {{size}}
) AS e WHERE {_ACTION_ASKED.format(action="known.action")}
"""  # noqa: S608  (constants of this file)
_BY_PIECE = f"""
SELECT e.id FROM unnest(CAST(:pieces AS bigint[])) AS piece (id) CROSS JOIN LATERAL (
  SELECT e.id FROM audit_event e WHERE e.submission_id = piece.id
    AND {_ACTION_ASKED.format(action="e.action")} {{conditions}}
  ORDER BY e.id {{order}} LIMIT {{size}}
) AS e
"""  # noqa: S608
_ALL = "SELECT e.id FROM audit_event e WHERE true {conditions} ORDER BY e.id {order} LIMIT {size}"

_CONDITIONS: Mapping[str, str] = {
    "actor": "e.actor_id = :actor",
    "unit": "e.unit_id = (SELECT id FROM unit WHERE code = :unit)",
    "since": "e.at >= :since AND e.id >= :since_id",
    "until": "e.at < :until AND e.id < :until_id",
    "words": "(e.actor_id = ANY(:people_named) OR e.submission_id = ANY(:pieces_named))",
    "before": "e.id < :before",
    "after": "e.id > :after",
}

_SHOWN = """
SELECT e.id, e.stream, e.action, e.at, e.submission_id, a.full_name AS who, a.title AS seat, s.code,
  r.title AS subject, s.workflow, s.workflow_version,
  (SELECT short_name FROM unit WHERE id = e.unit_id) AS unit,
  (SELECT full_name FROM account WHERE id = (e.payload::jsonb ->> 'account')::bigint) AS about,
  e.payload::jsonb ->> 'trigger' AS trigger, e.payload::jsonb ->> 'period' AS period
"""
"""What a line of a list says."""
_COLUMNS = f"""
{_SHOWN}, e.seq, e.actor_id,
  (SELECT full_name FROM account WHERE id = (e.payload::jsonb ->> 'in_place_of')::bigint) AS in_place_of,
  e.payload::jsonb AS payload, e.payload AS written, encode(e.prev_hash, 'hex') AS prev_hash,
  encode(e.hash, 'hex') AS hash
"""  # noqa: S608  (constants of this file)
_BESIDE = """
LEFT JOIN account a ON a.id = e.actor_id
LEFT JOIN submission s ON s.id = e.submission_id
LEFT JOIN revision r ON r.id = s.revision_id
"""

_ASKED = "(nullif(plainto_tsquery('public.vi_plain', :words)::text, '') || ':*')::tsquery"
_NAMED = text(f"""
SELECT ARRAY(SELECT a.id FROM account a WHERE {holding("a.full_name || ' ' || a.email")} ORDER BY a.id LIMIT :people)
  AS people,
  ARRAY(SELECT id FROM submission WHERE code = upper(:words)) || ARRAY({showing(_ASKED)} LIMIT :pieces) AS pieces
""")  # noqa: S608


@dataclass(frozen=True)
class Found:
    """Whom and what the words of a search stand for. Too many pieces are none: the search must be narrower."""

    people: Sequence[int]
    pieces: Sequence[int]
    is_too_wide: bool = False


def found(words: str) -> Found:
    """Read before the page, so that a seldom word costs no look at every event."""
    named = db.session.execute(
        _NAMED, {"words": words, "people": MOST_PEOPLE + 1, "pieces": MOST_PIECES + 1}
    ).one()
    return Found(
        named.people[:MOST_PEOPLE],
        named.pieces if len(named.pieces) <= MOST_PIECES else [],
        len(named.people) > MOST_PEOPLE or len(named.pieces) > MOST_PIECES,
    )


class Reading:
    """One question to the trail, put for as many pages as are wanted."""

    def __init__(self, asked: AskedTrail) -> None:
        self._asked = asked
        named = found(asked.words) if asked.words else Found([], [])
        self.is_too_wide = named.is_too_wide
        self._values = {
            **{
                name: getattr(asked, name)
                for name in ("action", "actor", "unit", "refused", "since", "until")
            },
            "people_named": named.people,
            "pieces_named": named.pieces,
            "people": named.people if asked.words else [asked.actor],
            "pieces": named.pieces if asked.submission is None else [asked.submission],
            **_between(asked.since, asked.until),
        }

    def leaf(self) -> paging.Leaf[int]:
        before, after = self._asked.before, self._asked.after
        connection = db.session.connection()
        return paging.leaf(
            lambda order, size: self.rows(connection, order, size, before=before, after=after),
            key=paging.by_id,
            before=before,
            after=after,
            size=PAGE,
        )

    def rows(
        self, connection: Connection, order: str, size: int, *, columns: str = _SHOWN, **keys: int | None
    ) -> Sequence[Row[Any]]:
        """So many events in this order; `keys` are `before` and `after`."""
        query = text(f"""
            WITH RECURSIVE {_KNOWN}, picked AS MATERIALIZED (
              SELECT DISTINCT id FROM ({self._ids(order, size, keys)}) AS found ORDER BY id {order} LIMIT {size}
            )
            {columns} FROM picked JOIN audit_event e USING (id) {_BESIDE} ORDER BY e.id {order}
        """)  # noqa: S608  (put together from constants of this file)
        return connection.execute(query, {**self._values, **keys}).all()

    def _ids(self, order: str, size: int, keys: Mapping[str, int | None]) -> str:
        asked = self._asked
        wanted = {
            **{name: getattr(asked, name) for name in ("actor", "unit", "since", "until")},
            "words": asked.words and asked.submission is not None,
            **keys,
        }
        conditions = "".join(f" AND {sql}" for name, sql in _CONDITIONS.items() if wanted[name])
        ways = (ids.format(conditions=conditions, order=order, size=size) for ids in self._ways())
        return " UNION ALL ".join(f"({way})" for way in ways)

    def _ways(self) -> Sequence[str]:
        """Through which indexes the events are found; words stand for people and for pieces."""
        asked = self._asked
        if asked.submission is not None:
            return (_BY_PIECE,)
        if asked.words:
            return (_BY_PERSON, _BY_PIECE)
        if asked.actor is not None:
            return (_BY_PERSON,)
        return (_BY_ACTION,) if asked.action or asked.refused or asked.unit else (_ALL,)


def _between(since: str, until: str) -> dict[str, int]:
    """About the numbers of the first event at two instants, on the safe side; nothing for an empty one."""
    turns = {"since_id": (since, -OUT_OF_TURN), "until_id": (until, OUT_OF_TURN)}
    wanted = {
        name: f"{(datetime.fromisoformat(at) + turn).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        for name, (at, turn) in turns.items()
        if at
    }
    if not wanted:
        return {}
    numbers = db.session.scalars(_FIRST_AT, {"instants": list(wanted.values())}).all()
    return dict(zip(wanted, [number or 0 for number in numbers] or [0, 0], strict=False))


def trail(asked: AskedTrail) -> paging.Leaf[int]:
    """One page, newest first."""
    return Reading(asked).leaf()


def export(asked: AskedTrail) -> Iterator[Row[Any]]:
    """All that the filters find, oldest first, of any length: read in parts from one snapshot of its own.

    It may be read on when the request is over.
    """
    reading = Reading(asked)
    return in_parts(
        lambda connection, after: reading.rows(
            connection, "ASC", PART, columns=_COLUMNS, before=None, after=after
        ),
        db.engine,
    )


def in_parts(read: Callable[[Connection, int], Sequence[Row[Any]]], engine: Engine) -> Iterator[Row[Any]]:
    """All that `read` finds part by part, each after the last id of the one before, in one snapshot."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        after = 0
        while part := read(connection, after):
            yield from part
            after = part[-1].id


# --- one event ------------------------------------------------------------------------------------------------------

_ONE = text(f"""
{_COLUMNS}, e.command_id, e.cause, a.email, s.digest AS present_digest
FROM audit_event e {_BESIDE} WHERE e.id = :id
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


# Hops along an index instead of reading every event. One statement for all that the screen offers.
_CHOICES = text(f"""
WITH RECURSIVE {_KNOWN}
SELECT ARRAY(SELECT action FROM known WHERE action IS NOT NULL LIMIT 300) AS actions,
  ARRAY(SELECT ARRAY[a.id::text, a.full_name] FROM account a
    WHERE a.id = :actor OR EXISTS (SELECT FROM role_grant g WHERE g.account_id = a.id AND g.unit_id IS NULL)
    ORDER BY a.sort_key, a.id LIMIT 200) AS people,
  ARRAY(SELECT ARRAY[code, short_name] FROM unit ORDER BY valid_to IS NOT NULL, sort_key LIMIT 300) AS units,
  ARRAY(SELECT to_char(month, 'YYYY-MM') FROM generate_series(date_trunc('month',
      greatest((SELECT min(at) FROM (SELECT at FROM audit_event ORDER BY id LIMIT 100) AS first)::timestamptz,
        people_now() - interval '5 years') AT TIME ZONE 'Asia/Ho_Chi_Minh'),
    people_now() AT TIME ZONE 'Asia/Ho_Chi_Minh', interval '1 month') AS month ORDER BY month DESC) AS months
""")  # noqa: S608


def choices(actor: int | None) -> Row[Any]:
    """What the filters offer: actions on record, people of the department (and `actor`), units, months."""
    return db.session.execute(_CHOICES, {"actor": actor}).one()
