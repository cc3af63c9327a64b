"""THE one statement: compare-and-set on the piece, its chained audit event, its outbox rows.

Everything that happens to a submission, move or act, goes through `record`; what a sweep does to thousands goes
through `record_all`. No other code writes `submission.state`, `version` or `head_hash`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from workflow.engine import audit, bell, click, driver
from workflow.engine.errors import CommandReused, Stale

CHANGEABLE = frozenset(
    {
        "unit_id", "period_id", "kind", "revision_id", "digest", "first_sent_at", "sent_late",
        "statement_by", "uncounted", "uncounted_reason", "excused_reason", "claimed_by", "claimed_at",
        "checklist_by", "set_aside_reason", "returned_reason", "scheduled_at", "discarded_at",
        "extended_until", "workflow_version",
    }
)  # fmt: skip
"""The columns a step may change besides the three that only this file writes."""


@dataclass(frozen=True)
class Effect:
    """One outbox row: what a worker does because of this event."""

    topic: str
    queue: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happening:
    """One thing that happens to one piece, ready to be written down.

    `head_hash` and `version` are those that were read; if the row has moved on since, nothing is written.
    """

    submission_id: int
    state: str
    target: str
    version: int
    head_hash: bytes
    action: str
    actor: int | None
    at: datetime
    changes: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Effect] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    command: str = field(default_factory=lambda: str(uuid.uuid4()))
    cause: str | None = None

    @property
    def stream(self) -> str:
        return f"submission:{self.submission_id}"

    @property
    def followed(self) -> str:
        """The click it came from; what comes from none is its own."""
        return self.cause or click.cause() or self.command

    def payload(self) -> str:
        return audit.canonical(
            {
                "action": self.action,
                "actor": self.actor,
                "at": self.at,
                "cause": self.followed,
                "from": self.state,
                "seq": self.version + 1,
                "stream": self.stream,
                "submission": self.submission_id,
                "to": self.target,
                **click.came_from(),
                **self.details,
            }
        )


_EFFECTS = """, effects AS (
          INSERT INTO outbox (key, topic, queue, payload, cause)
          SELECT %(stream)s || ':' || version || ':' || topic, topic, queue, payload, %(cause)s
          FROM moved, (VALUES {rows}) AS effect (topic, queue, payload)
        )"""


@lru_cache(maxsize=256)
def _statement(columns: tuple[str, ...], effects: int) -> str:
    """One text per set of changed columns and number of effects, prepared once; there are few of them."""
    stray = set(columns) - CHANGEABLE
    if stray:
        raise ValueError(f"not a changeable column: {sorted(stray)}")
    settings = "".join(f", {column} = %(c_{column})s" for column in columns)
    rows = ", ".join(f"(%(topic{n})s, %(queue{n})s, %(payload{n})s::jsonb)" for n in range(effects))
    return f"""
        WITH moved AS (
          UPDATE submission SET
            state = %(target)s,
            state_since = CASE WHEN state = %(target)s THEN state_since ELSE %(at)s END,
            version = version + 1,
            head_hash = sha256('\\x02'::bytea || head_hash || convert_to(%(payload)s, 'UTF8')){settings}
          WHERE id = %(id)s AND version = %(version)s AND state = %(state)s AND head_hash = %(prev)s
          RETURNING version, head_hash
        ), event AS (
          INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)
          SELECT %(stream)s, version, %(payload)s, %(command)s::uuid, %(prev)s, head_hash FROM moved
        ){_EFFECTS.format(rows=rows) if effects else ""}
        SELECT version FROM moved
        """  # noqa: S608  (column names come from CHANGEABLE)


def record(connection: Connection, happening: Happening) -> int:
    """Write one happening; returns the piece's new version.

    Raises Stale when the piece moved on since it was read, CommandReused when the command id was used for
    something else. The same command again is answered with the version it made, and writes nothing.
    """
    columns = tuple(sorted(happening.changes))
    effects = happening.effects
    values: dict[str, Any] = {
        "id": happening.submission_id,
        "state": happening.state,
        "target": happening.target,
        "version": happening.version,
        "prev": happening.head_hash,
        "payload": happening.payload(),
        "stream": happening.stream,
        "cause": happening.followed,
        "command": happening.command,
        "at": happening.at,
        **{f"c_{column}": happening.changes[column] for column in columns},
    }
    for number, effect in enumerate(effects):
        values[f"topic{number}"] = effect.topic
        values[f"queue{number}"] = effect.queue
        values[f"payload{number}"] = audit.canonical(
            {**effect.payload, "submission": happening.submission_id}
        )
    try:
        moved = driver.execute(connection, _statement(columns, len(effects)), values)
    except IntegrityError as error:
        if "uq_audit_event_command_id" in str(error.orig):
            raise CommandReused from error
        raise
    if not moved:
        raise Stale
    if effects:
        bell.pull()
    return int(moved[0].version)


CHOSEN = "s.id, s.version, s.head_hash, s.unit_id, s.version + 1 AS seq, 'submission:' || s.id AS stream"
"""The columns of `submission s` that a choice for `record_all` selects; `became_at` stands beside them."""


@lru_cache(maxsize=16)
def _all(choice: str) -> str:
    return f"""
    WITH picked AS ({choice}), written AS (
      SELECT picked.*, %(before)s::text
        || to_char(became_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || %(between)s::text || seq
        || ',"stream":"' || stream || '","submission":' || id || %(behind)s::text || unit_id || '}}' AS payload
      FROM picked
    ), moved AS (
      UPDATE submission s SET
        state = %(target)s, state_since = became_at, version = seq,
        head_hash = sha256('\\x02'::bytea || s.head_hash || convert_to(payload, 'UTF8'))
      FROM written WHERE s.id = written.id
        -- Known to the index: without it each batch of many would read the whole table.
        AND s.id >= (SELECT min(id) FROM picked) AND s.id <= (SELECT max(id) FROM picked)
      RETURNING s.id, s.version, s.head_hash, written.head_hash AS prev, stream, payload
    ), event AS (
      INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)
      SELECT stream, version, payload, gen_random_uuid(), prev, head_hash FROM moved
    ), effects AS (
      INSERT INTO outbox (key, topic, queue, payload, cause)
      SELECT stream || ':' || version || ':' || topic, topic, queue, jsonb_build_object('submission', id), %(cause)s
      FROM moved, unnest(%(topics)s::text[], %(queues)s::text[]) AS effect (topic, queue)
    )
    SELECT count(*) AS many, max(id) AS last FROM moved
    """  # noqa: S608  (the choice is a constant of its caller)


def record_all(
    connection: Connection,
    choice: str,
    values: Mapping[str, Any],
    *,
    target: str,
    action: str,
    at: datetime,
    cause: str,
    effects: Sequence[Effect] = (),
) -> tuple[int, int | None]:
    """Move all pieces that `choice` selects, in one statement; returns how many moved and the last one's id.

    For what only the clock does: no guard is asked here. `choice` is a SELECT of CHOSEN and of `became_at` (when it
    became true) of pieces in `%(state)s`, FOR UPDATE OF s SKIP LOCKED: what somebody else holds is passed over.
    """
    before, between, behind = _around(state=values["state"], target=target, action=action, at=at, cause=cause)
    told = {
        **values,
        "target": target,
        "cause": cause,
        "before": before,
        "between": between,
        "behind": behind,
        "topics": [effect.topic for effect in effects],
        "queues": [effect.queue for effect in effects],
    }
    [row] = driver.execute(connection, _all(choice), told)
    if effects:
        bell.pull()
    return row.many, row.last


def _around(*, state: str, target: str, action: str, at: datetime, cause: str) -> tuple[str, str, str]:
    """The canonical text of the events without what differs: when it became true, seq, stream, piece, unit."""
    first = audit.canonical({"action": action, "actor": None, "at": at})[:-1]
    middle = audit.canonical({"cause": cause, "from": state})[1:-1]
    last = audit.canonical({"to": target})[1:-1]
    return f'{first},"became_at":"', f'",{middle},"seq":', f',{last},"unit":'
