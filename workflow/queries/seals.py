"""The stored Merkle tree and its checkpoints: what proofs are made of, and what the doors show of it. Reads only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from models.base import db
from workflow.proof import merkle

_NODES = text("SELECT tree_index, leaf || above AS hashes FROM audit_leaf WHERE tree_index = ANY (:places)")


def stored(connection: Connection, wanted: Sequence[merkle.Node]) -> dict[merkle.Node, bytes]:
    """The hashes of full nodes. Raises LookupError for one that is not there."""
    places = [merkle.kept_at(node) for node in wanted]
    rows = {row.tree_index: row.hashes for row in connection.execute(_NODES, {"places": places})}
    found = {
        node: bytes(rows.get(place, b"")[32 * node[0] : 32 * node[0] + 32])
        for node, place in zip(wanted, places, strict=True)
    }
    if lost := [node for node, value in found.items() if len(value) != 32]:
        raise LookupError(f"the tree lacks {lost}")
    return found


def grown(connection: Connection, size: int) -> merkle.Growing:
    """The right edge of the stored tree at `size`."""
    edge = merkle.edge(size)
    found = stored(connection, edge)
    return merkle.Growing(size, [found[node] for node in edge])


_SEALED = text("""
SELECT e.id, e.stream, e.seq, e.payload, e.prev_hash, e.hash, l.tree_index FROM audit_event e
LEFT JOIN audit_leaf l ON l.stream = e.stream AND l.seq = e.seq WHERE e.id = :id
""")


def sealed_event(number: int) -> Row[Any] | None:
    """An event with its place in the tree; `tree_index` is None while it is not sealed."""
    return db.session.execute(_SEALED, {"id": number}).one_or_none()


# Seals bear the server's own time, as their notes say; among what people read it stands on people's clock.
_AT = "at + (people_now() - now()) AS"
_NEWEST = text(f"SELECT size, root, note, key, {_AT} at FROM checkpoint ORDER BY size DESC LIMIT 1")  # noqa: S608  (a constant)
_OF_SIZE = text("SELECT size, root, note, key, at FROM checkpoint WHERE size = :size")


def newest() -> Row[Any] | None:
    """The newest checkpoint."""
    return db.session.execute(_NEWEST).one_or_none()


def of_size(size: int) -> Row[Any] | None:
    return db.session.execute(_OF_SIZE, {"size": size}).one_or_none()


_KEYS = text("SELECT key FROM checkpoint GROUP BY key ORDER BY min(size)")


def keys() -> list[str]:
    """Every public key that a checkpoint names, oldest first."""
    return list(db.session.scalars(_KEYS))


_NOTED_KEY = text(
    "SELECT payload::jsonb ->> 'after' FROM audit_event WHERE action = 'key:take' ORDER BY id DESC LIMIT 1"
)


def noted_key() -> str | None:
    """The public key that the trail says it is sealed with from then on."""
    return db.session.execute(_NOTED_KEY).scalar()


_LOOKS = """
SELECT DISTINCT ON ({apart}) j.slot, j.claimed_at, j.done_at, j.outcome, a.full_name AS asked_by,
  j.done_at IS NULL AND j.claimed_at > now() - interval '30 minutes' AS is_under_way
FROM job_run j LEFT JOIN account a ON a.id = j.asked_by WHERE j.job = 'audit_check' ORDER BY {apart}, j.slot DESC
"""
_NEWEST_LOOK = text(_LOOKS.format(apart="j.job"))
_NEWEST_LOOKS = text(_LOOKS.format(apart="j.done_at IS NULL"))


def newest_look() -> Row[Any] | None:
    """The newest run of the check, ended or not; one that has not come back after half an hour is given up."""
    return db.session.execute(_NEWEST_LOOK).one_or_none()


_STANDING = text(f"""
SELECT sealed.*, look.* FROM (VALUES (true)) AS page (is_one)
LEFT JOIN (SELECT size AS sealed, {_AT} sealed_at FROM checkpoint ORDER BY size DESC LIMIT 1) AS sealed ON is_one
LEFT JOIN ({_LOOKS.format(apart="j.job")}) AS look ON is_one
""")  # noqa: S608  (constants of this file)


def standing() -> Row[Any]:
    """The newest seal (`sealed`, `sealed_at`) and the newest run of the check; empty where there is none."""
    return db.session.execute(_STANDING).one()


def newest_looks() -> tuple[Row[Any] | None, bool]:
    """The newest run of the check that has come back, and whether one is under way."""
    rows = db.session.execute(_NEWEST_LOOKS).all()
    return next((row for row in rows if row.done_at), None), any(row.is_under_way for row in rows)
