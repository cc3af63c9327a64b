"""Does the trail still say what was sealed, here and outside? Leaves, nodes, roots, signatures, copies. Reads only.

Each question gives (stream, seq, kind); for a checkpoint the stream is `checkpoint` and the seq its size, for a
copy from outside `anchor` and its size.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from workflow.proof import merkle, notes
from workflow.proof.notes import NoteRefused, PublicKey
from workflow.queries.chain_check import Found

# Event and leaf one to one. An event without a leaf is new, unless it lies among what was settled or is followed by
# a sealed one of its stream.
_LEAVES = text("""
SELECT coalesce(e.stream, l.stream) AS stream, coalesce(e.seq, l.seq) AS seq, CASE
    WHEN e.stream IS NULL THEN 'sealed_and_removed' WHEN l.stream IS NULL THEN 'slipped_in'
    ELSE 'rewritten' END AS kind
FROM audit_event e FULL JOIN audit_leaf l ON l.stream = e.stream AND l.seq = e.seq
WHERE e.stream IS NULL OR l.leaf <> sha256('\\x00'::bytea || e.hash)
  OR l.stream IS NULL AND (e.id <= :settled
    OR EXISTS (SELECT FROM audit_leaf later WHERE later.stream = e.stream AND later.seq > e.seq))
ORDER BY 1, 2 LIMIT :most
""")
_CHECKPOINTS = text("SELECT size, root, note, key, settled_id FROM checkpoint ORDER BY size")
# A thousand leaves a row: as many rows would cost more than their hashes.
_TREE = text("""
SELECT count(*) AS leaves, max(tree_index) AS newest,
  string_agg(leaf || above, ''::bytea ORDER BY tree_index) AS hashes
FROM audit_leaf GROUP BY tree_index / :chunk ORDER BY tree_index / :chunk
""")
CHUNK = 4096


def seals(
    connection: Connection,
    *,
    keys: Sequence[PublicKey],
    anchors: Sequence[str],
    most: int,
    told: Callable[[], None],
) -> Iterator[Found]:
    """Everything that is wrong between the events, their tree, its checkpoints and the copies outside.

    `keys` are the public keys believed; without any, those that the checkpoints name are.
    """
    checkpoints = connection.execute(_CHECKPOINTS).all()
    settled = checkpoints[-1].settled_id if checkpoints else 0
    found = connection.execute(_LEAVES, {"settled": settled, "most": most})
    yield from (tuple(row) for row in found)
    told()
    keys = keys or _named(checkpoints)
    copies = [_anchor(anchor, keys) for anchor in anchors]
    yield from (problem for _, problem in copies if problem)
    outside = [checkpoint for checkpoint, _ in copies if checkpoint]
    roots, damages = _grown(connection, {row.size for row in checkpoints} | {one.size for one in outside})
    yield from damages
    told()
    is_told = bool(damages)
    yield from _signed(checkpoints, roots, keys, is_told=is_told)
    for one in outside:
        if one.size in roots:
            if one.root != roots[one.size]:
                yield "anchor", one.size, "anchor_differs"
        elif not is_told:
            yield "anchor", one.size, "anchor_longer"
    told()


def _named(checkpoints: Sequence[Row[Any]]) -> list[PublicKey]:
    return [PublicKey.read(key) for key in {row.key for row in checkpoints}]


def _anchor(note: str, keys: Sequence[PublicKey]) -> tuple[notes.Checkpoint | None, Found | None]:
    try:
        return notes.checked(note, keys), None
    except NoteRefused as refused:
        size = notes.read(note).size if refused.code != "malformed" else 0
        return None, ("anchor", size, "anchor_foreign" if refused.code == "unknown_key" else "anchor_forged")


def _grown(connection: Connection, sizes: set[int]) -> tuple[dict[int, bytes], list[Found]]:
    """The roots at `sizes`, recomputed from the leaves; and the first place where the tree is not what it must be.

    Everything after that place would differ as well and says nothing more.
    """
    tree = merkle.Growing()
    roots: dict[int, bytes] = {}
    stops = sorted(sizes)
    with connection.execute(_TREE, {"chunk": CHUNK}, execution_options={"yield_per": 1}) as parts:
        for part in parts:
            if part.newest != tree.size + part.leaves - 1:
                return roots, [_displaced(connection)]
            begin, end = 0, tree.size + part.leaves
            for stop in (*stops[bisect_right(stops, tree.size) : bisect_left(stops, end)], end):
                begin = tree.retrace(part.hashes, begin, stop)
                if begin < 0:
                    return roots, [_at(connection, tree.size)]
                if stop in sizes:
                    roots[stop] = tree.root()
            if begin != len(part.hashes):
                return roots, [_at(connection, tree.size - 1)]
    return roots, []


_AT = text("SELECT stream, seq FROM audit_leaf WHERE tree_index = :place")
_DISPLACED = text("""
SELECT stream, seq FROM (
  SELECT stream, seq, tree_index, row_number() OVER (ORDER BY tree_index) - 1 AS place FROM audit_leaf
) AS l WHERE tree_index <> place ORDER BY tree_index LIMIT 1
""")


def _at(connection: Connection, place: int) -> Found:
    stream, seq = connection.execute(_AT, {"place": place}).one()
    return stream, seq, "node_changed"


def _displaced(connection: Connection) -> Found:
    stream, seq = connection.execute(_DISPLACED).one()
    return stream, seq, "leaf_displaced"


def _signed(
    checkpoints: Sequence[Row[Any]], roots: dict[int, bytes], keys: Sequence[PublicKey], *, is_told: bool
) -> Iterator[Found]:
    """Each checkpoint: does its note hold for the tree, is it signed, does it name the one before it?

    Of the roots that differ only the first is told: what changed lies between it and the checkpoint before.
    `is_told`: the tree is damaged, roots beyond that place are not known.
    """
    before, has_differed = "-", False
    for row in checkpoints:
        kind = _unsigned(row, keys)
        if kind:
            yield "checkpoint", row.size, kind
            if kind == "note_unreadable":
                continue
        said = notes.read(row.note)
        if said.line("after") != before:
            yield "checkpoint", row.size, "checkpoint_unchained"
        before = notes.digest(row.note)
        if (said.size, said.root) != (row.size, row.root):
            yield "checkpoint", row.size, "note_differs"
        elif row.size not in roots:
            if not is_told:
                yield "checkpoint", row.size, "leaves_cut_off"
        elif row.root != roots[row.size] and not has_differed:
            has_differed = True
            yield "checkpoint", row.size, "root_differs"


def _unsigned(row: Row[Any], keys: Sequence[PublicKey]) -> str:
    try:
        notes.checked(row.note, keys)
    except NoteRefused as refused:
        return {"malformed": "note_unreadable", "unknown_key": "unknown_key", "forged": "forged"}[
            refused.code
        ]
    return ""
