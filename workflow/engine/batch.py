"""Many happenings in one statement: each piece's compare-and-set, chained event and outbox rows, as in `moves.py`.

What happens to one piece is decided before, by the same guards as for one; here it is only written down together.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from workflow.engine import audit, bell
from workflow.engine.moves import CHANGEABLE, Happening


def record_many(connection: Connection, happenings: Sequence[Happening]) -> dict[int, int]:
    """Write all happenings, none of them to the same piece; returns the new version of each piece that moved.

    A piece that is missing in the answer has moved on since it was read, and nothing was written for it.
    """
    written: dict[int, int] = {}
    for columns in sorted({tuple(sorted(one.changes)) for one in happenings}):
        rows = [_row(one) for one in happenings if tuple(sorted(one.changes)) == columns]
        answer = connection.execute(_statement(columns), {"rows": json.dumps(rows, ensure_ascii=False)})
        written.update((row.id, row.version) for row in answer)
    if any(one.effects for one in happenings):
        bell.pull()
    return written


def _row(one: Happening) -> Mapping[str, Any]:
    return {
        "id": one.submission_id,
        "state": one.state,
        "target": one.target,
        "version": one.version,
        "prev": f"\\x{one.head_hash.hex()}",
        "payload": one.payload(),
        "cause": one.followed,
        "command": one.command,
        "at": one.at.isoformat(),
        "changes": {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in one.changes.items()
        },
        "effects": [
            {
                "topic": effect.topic,
                "queue": effect.queue,
                "payload": audit.canonical({**effect.payload, "submission": one.submission_id}),
            }
            for effect in one.effects
        ],
    }


@lru_cache(maxsize=256)
def _statement(columns: tuple[str, ...]) -> TextClause:
    """One prepared text per set of changed columns; their types are those of the table."""
    stray = set(columns) - CHANGEABLE
    if stray:
        raise ValueError(f"not a changeable column: {sorted(stray)}")
    settings = "".join(f", {column} = (told).{column}" for column in columns)
    return text(
        f"""
        WITH asked AS (
          SELECT row.*, 'submission:' || row.id AS stream,
            json_populate_record(CAST(NULL AS submission), row.changes) AS told
          FROM json_to_recordset(CAST(:rows AS json)) AS row (
            id bigint, state text, target text, version bigint, prev bytea, payload text, command uuid,
            at timestamptz, changes json, effects json, cause text)
          ORDER BY row.id
        ), moved AS (
          UPDATE submission s SET
            state = asked.target,
            state_since = CASE WHEN s.state = asked.target THEN s.state_since ELSE asked.at END,
            version = s.version + 1,
            head_hash = sha256('\\x02'::bytea || s.head_hash || convert_to(asked.payload, 'UTF8')){settings}
          FROM asked
          WHERE s.id = asked.id AND s.version = asked.version AND s.state = asked.state AND s.head_hash = asked.prev
          RETURNING s.id, s.version, s.head_hash, asked.prev, asked.payload, asked.command, asked.stream,
            asked.effects, asked.cause
        ), event AS (
          INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)
          SELECT stream, version, payload, command, prev, head_hash FROM moved
        ), effects AS (
          INSERT INTO outbox (key, topic, queue, payload, cause)
          SELECT stream || ':' || version || ':' || effect.topic, effect.topic, effect.queue, effect.payload::jsonb,
            cause
          FROM moved, json_to_recordset(moved.effects) AS effect (topic text, queue text, payload text)
        )
        SELECT id, version FROM moved
        """  # noqa: S608  (column names come from CHANGEABLE)
    )
