"""Fourteen ways in which somebody with every right in the database might alter the trail, each as well as he can.

Each takes the superuser's connection, triggers off, and a seeded source of chance, and returns the stream it altered.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from random import Random

from sqlalchemy import Connection, Row, text

from workflow.engine import audit
from workflow.proof import merkle, notes
from workflow.proof.notes import Checkpoint, SigningKey

Attack = Callable[[Connection, Random], str]


def ask(c: Connection, sql: str, **values: object) -> list[Row]:
    done = c.execute(text(sql), values)
    return list(done) if done.returns_rows else []


def events(c: Connection, stream: str) -> list[Row]:
    return ask(
        c,
        "SELECT id, seq, payload, prev_hash, hash FROM audit_event WHERE stream = :s ORDER BY seq",
        s=stream,
    )


def a_piece(c: Connection, chance: Random, *, least: int = 3) -> tuple[str, list[Row]]:
    """A piece with so many events, and its events."""
    streams = ask(c, "SELECT 'submission:' || id FROM submission WHERE version >= :n ORDER BY id", n=least)
    stream = chance.choice(streams)[0]
    return stream, events(c, stream)


def said_otherwise(payload: str, **changes: object) -> str:
    return audit.canonical({**json.loads(payload), **changes})


def hashed(before: bytes, payload: str) -> bytes:
    return hashlib.sha256(audit.MARK + before + payload.encode()).digest()


# --- without touching a hash ------------------------------------------------------------------------------------


def change_actor(c: Connection, chance: Random) -> str:
    return _changed(c, chance, actor=4711)


def change_time(c: Connection, chance: Random) -> str:
    return _changed(c, chance, at="2021-05-01T00:00:00.000000Z")


def _changed(c: Connection, chance: Random, **changes: object) -> str:
    stream, rows = a_piece(c, chance, least=1)
    row = chance.choice(rows)
    payload = said_otherwise(row.payload, **changes)
    ask(c, "UPDATE audit_event SET payload = :p WHERE id = :id", p=payload, id=row.id)
    return stream


def delete_middle(c: Connection, chance: Random) -> str:
    stream, rows = a_piece(c, chance)
    ask(c, "DELETE FROM audit_event WHERE id = :id", id=chance.choice(rows[1:-1]).id)
    return stream


def delete_last(c: Connection, chance: Random) -> str:
    stream, rows = a_piece(c, chance, least=1)
    ask(c, "DELETE FROM audit_event WHERE id = :id", id=rows[-1].id)
    return stream


def insert(c: Connection, chance: Random) -> str:
    """A forged event with a right hash of its own, between two others that are moved up."""
    stream, rows = a_piece(c, chance)
    place = chance.randrange(1, len(rows))
    before = rows[place - 1]
    for row in reversed(rows[place:]):
        ask(c, "UPDATE audit_event SET seq = seq + 1 WHERE id = :id", id=row.id)
    payload = said_otherwise(before.payload, seq=before.seq + 1)
    _add(c, stream, before.seq + 1, payload, before.hash)
    return stream


def _add(c: Connection, stream: str, seq: int, payload: str, before: bytes) -> None:
    # Not before the one it names, in the index of successors: that one is changed along.
    ask(
        c,
        "UPDATE audit_event SET prev_hash = sha256(prev_hash) WHERE stream = :s AND prev_hash = :b",
        s=stream,
        b=before,
    )
    ask(
        c,
        "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)"
        " VALUES (:s, :n, :p, gen_random_uuid(), :b, :h)",
        s=stream, n=seq, p=payload, b=before, h=hashed(before, payload),
    )  # fmt: skip


def move(c: Connection, chance: Random) -> str:
    """An event of one piece becomes the last one of another."""
    stream, rows = a_piece(c, chance)
    others = ask(
        c, "SELECT id, version FROM submission WHERE 'submission:' || id <> :s ORDER BY id", s=stream
    )
    other = chance.choice(others)
    ask(
        c,
        "UPDATE audit_event SET stream = 'submission:' || CAST(:o AS text), seq = :n WHERE id = :id",
        o=other.id, n=other.version + 1, id=chance.choice(rows[1:]).id,
    )  # fmt: skip
    return stream


def change_state(c: Connection, chance: Random) -> str:
    stream, rows = a_piece(c, chance, least=1)
    now = json.loads(rows[-1].payload)["to"]
    other = chance.choice([state for state in ("drafted", "submitted", "edited", "approved") if state != now])
    ask(c, "UPDATE submission SET state = :to WHERE 'submission:' || id = :s", to=other, s=stream)
    return stream


def drop_piece(c: Connection, chance: Random) -> str:
    stream, _ = a_piece(c, chance, least=1)
    ask(c, "DELETE FROM audit_event WHERE stream = :s", s=stream)
    ask(c, "DELETE FROM submission WHERE 'submission:' || id = :s", s=stream)
    ask(c, "DELETE FROM outbox WHERE starts_with(key, :s || ':')", s=stream)
    return stream


def drop_piece_and_leaves(c: Connection, chance: Random) -> str:
    stream = drop_piece(c, chance)
    ask(c, "DELETE FROM audit_leaf WHERE stream = :s", s=stream)
    return stream


# --- with every hash made anew ----------------------------------------------------------------------------------


def rewrite(c: Connection, chance: Random) -> str:
    """Another time in one event, and the whole chain after it hashed again, up to the head of the piece."""
    stream, rows = a_piece(c, chance, least=1)
    changed, before = chance.choice(rows).seq, audit.GENESIS
    for row in rows:
        payload = row.payload
        if row.seq == changed:
            payload = said_otherwise(payload, at="2021-05-01T00:00:00.000000Z")
        ask(
            c,
            "UPDATE audit_event SET payload = :p, prev_hash = :b, hash = :h WHERE id = :id",
            p=payload, b=before, h=(now := hashed(before, payload)), id=row.id,
        )  # fmt: skip
        before = now
    ask(c, "UPDATE submission SET head_hash = :h WHERE 'submission:' || id = :s", h=before, s=stream)
    return stream


def rewrite_with_leaves(c: Connection, chance: Random) -> str:
    stream = rewrite(c, chance)
    ask(
        c,
        "UPDATE audit_leaf l SET leaf = sha256('\\x00'::bytea || e.hash) FROM audit_event e"
        " WHERE e.stream = l.stream AND e.seq = l.seq AND l.stream = :s",
        s=stream,
    )
    rows = ask(c, "SELECT tree_index, leaf FROM audit_leaf ORDER BY tree_index")
    tree = merkle.Growing()
    above = [b"".join(tree.add(row.leaf)) for row in rows]
    ask(
        c,
        "UPDATE audit_leaf l SET above = made.above"
        " FROM unnest(CAST(:places AS bigint[]), CAST(:above AS bytea[])) AS made (place, above)"
        " WHERE l.tree_index = made.place AND l.above <> made.above",
        places=[row.tree_index for row in rows], above=above,
    )  # fmt: skip
    return stream


def rewrite_with_roots(c: Connection, chance: Random) -> str:
    """Down to the checkpoints, signed with a key of his own that takes the place of ours in the database."""
    return _signed_anew(c, chance, SigningKey.new("forum.example.edu.vn/nhat-ky"))


def _signed_anew(c: Connection, chance: Random, key: SigningKey) -> str:
    stream = rewrite_with_leaves(c, chance)
    leaves = [row.leaf for row in ask(c, "SELECT leaf FROM audit_leaf ORDER BY tree_index")]
    after = "-"
    for row in ask(c, "SELECT size, note FROM checkpoint ORDER BY size"):
        root = merkle.root(leaves[: row.size])
        when = f"time {notes.read(row.note).line('time')}"
        note = key.sign(Checkpoint(key.name, row.size, root, (when, f"after {after}")))
        after = notes.digest(note)
        ask(
            c,
            "UPDATE checkpoint SET root = :r, note = :n, key = :k WHERE size = :size",
            r=root, n=note, k=key.public.text(), size=row.size,
        )  # fmt: skip
    return stream


def truncate(c: Connection, chance: Random) -> str:
    """Everything after an earlier checkpoint is gone, as if it had never happened."""
    sizes = [row.size for row in ask(c, "SELECT size FROM checkpoint ORDER BY size")]
    size = chance.choice(sizes[:-1])
    for statement in (
        "DELETE FROM audit_event e USING audit_leaf l"
        " WHERE l.stream = e.stream AND l.seq = e.seq AND l.tree_index >= :size",
        "DELETE FROM audit_leaf WHERE tree_index >= :size",
        "DELETE FROM checkpoint WHERE size > :size",
        "DELETE FROM submission WHERE NOT EXISTS"
        " (SELECT FROM audit_event e WHERE e.stream = 'submission:' || submission.id)",
        "UPDATE submission s SET version = e.seq, head_hash = e.hash, state = e.payload::jsonb ->> 'to'"
        " FROM (SELECT DISTINCT ON (stream) * FROM audit_event ORDER BY stream, seq DESC) e"
        " WHERE e.stream = 'submission:' || s.id",
        "DELETE FROM audit_head h WHERE NOT EXISTS (SELECT FROM audit_event e WHERE e.stream = h.stream)",
        "UPDATE audit_head h SET seq = e.seq, hash = e.hash"
        " FROM (SELECT DISTINCT ON (stream) * FROM audit_event ORDER BY stream, seq DESC) e"
        " WHERE e.stream = h.stream",
        "DELETE FROM outbox o WHERE starts_with(o.key, 'submission:') AND NOT EXISTS (SELECT FROM audit_event e"
        " WHERE starts_with(o.key, e.stream || ':' || e.seq || ':'))",
    ):
        c.execute(
            text(statement.replace("submission:", "submission\\:")),
            {"size": size} if ":size" in statement else {},
        )
    return "anchor"


def with_stolen_key(key: SigningKey) -> Attack:
    def re_sign(c: Connection, chance: Random) -> str:
        return _signed_anew(c, chance, key)

    return re_sign


def all_with(key: SigningKey) -> Mapping[str, Attack]:
    """The fourteen by name; `key` is what the thief of the last one has."""
    return {
        "change actor": change_actor,
        "change time": change_time,
        "delete middle": delete_middle,
        "delete last": delete_last,
        "insert": insert,
        "move to another piece": move,
        "change current state": change_state,
        "drop a piece": drop_piece,
        "drop a piece with its leaves": drop_piece_and_leaves,
        "rewrite and rehash": rewrite,
        "rewrite, rehash, new leaves": rewrite_with_leaves,
        "rewrite, rehash, new leaves, new roots": rewrite_with_roots,
        "cut off the end with its seals": truncate,
        "rewrite and sign with the stolen key": with_stolen_key(key),
    }
