"""Moving many pieces from one version of a definition to another, in one statement for each batch.

Like `moves.py` for what it writes: the piece's row, its chained audit event, nothing for the outbox. A piece stays
where it is on its road and goes on waiting since when it waited; only the names and the rules change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from workflow.engine import audit, click


@dataclass(frozen=True)
class Order:
    source: tuple[str, int]
    """(name, version) that the pieces follow now."""
    target: tuple[str, int]
    states: Mapping[str, str]
    """Old state -> new state; pieces in any other state are left alone."""
    actor: int | None
    at: datetime
    reason: str
    cause: str


_COUNTS = text(
    "SELECT state, count(*) AS n FROM submission WHERE workflow = :name AND workflow_version = :version GROUP BY 1"
)


def counts(connection: Connection, name: str, version: int) -> dict[str, int]:
    """How many pieces of a version stand in each state."""
    return {row.state: row.n for row in connection.execute(_COUNTS, {"name": name, "version": version})}


# The payload is the canonical JSON of `audit.canonical`: its keys in order, its texts as the parameters bring them.
_BATCH = text("""
    WITH picked AS (
      SELECT s.id, s.version, s.head_hash, s.state, s.unit_id, way.target,
             s.version + 1 AS seq, 'submission:' || s.id AS stream
      FROM submission s
      JOIN unnest(CAST(:old AS text[]), CAST(:new AS text[])) AS way (old, target) ON way.old = s.state
      WHERE s.workflow = :from_name AND s.workflow_version = :from_version
      ORDER BY s.id LIMIT :size
      FOR UPDATE OF s
    ), written AS (
      SELECT picked.*, format(
        '{"action":"submission:migrate","actor":%s,%s"after":%s,"at":"%s","before":%s,"cause":"%s","from":%s,'
        || '"reason":%s,"seq":%s,"stream":"%s","submission":%s,"to":%s,"unit":%s}',
        CAST(:actor AS text), CAST(:address AS text), CAST(:after AS text), CAST(:at AS text), CAST(:before AS text),
        CAST(:cause AS text),
        to_json(state), CAST(:reason AS text), seq, stream, id, to_json(target), unit_id
      ) AS payload
      FROM picked
    ), moved AS (
      UPDATE submission s SET
        state = target, workflow = :to_name, workflow_version = :to_version, version = s.version + 1,
        head_hash = sha256('\\x02'::bytea || s.head_hash || convert_to(payload, 'UTF8'))
      FROM written WHERE s.id = written.id
      RETURNING s.id, s.version, s.head_hash, written.head_hash AS prev, stream, payload
    ), event AS (
      INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)
      SELECT stream, version, payload, gen_random_uuid(), prev, head_hash FROM moved
    )
    SELECT count(*) FROM moved
""")


def migrate_batch(connection: Connection, order: Order, *, size: int) -> int:
    """Move up to `size` pieces; returns how many. Waits for who holds one of them, and passes over what she moved."""
    values = {
        "old": list(order.states),
        "new": list(order.states.values()),
        "from_name": order.source[0],
        "from_version": order.source[1],
        "to_name": order.target[0],
        "to_version": order.target[1],
        "actor": json.dumps(order.actor),
        "address": "".join(f'"{name}":{_quoted(said)},' for name, said in click.came_from().items()),
        "before": _version(order.source),
        "after": _version(order.target),
        "at": audit.instant(order.at),
        "reason": _quoted(order.reason),
        "cause": order.cause,
        "size": size,
    }
    return int(connection.execute(_BATCH, values).scalar_one())


def _version(version: tuple[str, int]) -> str:
    return audit.canonical({"version": version[1], "workflow": version[0]})


def _quoted(words: str) -> str:
    return audit.canonical({"": words}).removeprefix('{"":').removesuffix("}")
