"""Sealing the audit trail: every event that has no leaf yet gets one, and a signed checkpoint covers them all.

The one verb here writes as a database role of its own, in one transaction: a crash leaves neither half a tree nor
leaves without their checkpoint. Sealing costs what is new and a logarithm of what is old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from workflow import trail
from workflow.engine.audit import instant
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import apart, change
from workflow.proof import merkle, notes
from workflow.proof.keys import make_key, signing_key
from workflow.proof.notes import PublicKey
from workflow.queries import seals
from workflow.settings import settings

MOST = 50_000
"""Events a checkpoint; a trail that was never sealed takes several."""
SEALER = "sealer"
"""The bind of the database role that alone may add leaves and checkpoints."""


@dataclass(frozen=True)
class Sealed:
    """A checkpoint as it was just written."""

    size: int
    added: int
    note: str


def is_here() -> bool:
    """Does this process seal? Not where DATABASE_SEALER_URL is empty: there another one does."""
    return bool(settings().database_sealer_url)


def seal() -> list[Sealed]:
    """Seal whatever is new; the empty list when nothing is.

    Raises Invalid: `seal_key_missing`, `seal_key_exposed`, `sealed_elsewhere`.
    """
    if not is_here():
        raise Invalid(
            "sealed_elsewhere", N_("Tiến trình này không niêm phong nhật ký: thiếu DATABASE_SEALER_URL.")
        )
    return list(iter(_seal_next, None))


_LOCK = text("SELECT pg_advisory_xact_lock(20210501)")
_ONE_NOTES = text("SELECT pg_advisory_xact_lock(20210502)")
_NEWEST = text("SELECT size, note, settled_id FROM checkpoint ORDER BY size DESC LIMIT 1")
# Events without a leaf, never "later than the last one sealed": numbers are given before the commit, so a small one
# may appear after a large one. Below `settled` all are sealed and none can appear any more.
_NEW = text("""
SELECT e.id, e.stream, e.seq, e.hash, now() AS at,
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS all_ended_before,
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS none_begun_from
FROM audit_event e
WHERE e.id > :settled AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.stream = e.stream AND l.seq = e.seq)
ORDER BY e.id LIMIT :most
""")
# An older checkpoint saw every event up to its `newest_id` but those of changes still open then; a change has its
# transaction number before its events have theirs (it moves the head of the stream first). When all that was open
# then has ended now, nothing up to there can appear after now.
_SETTLED = text(
    "SELECT newest_id FROM checkpoint WHERE horizon <= :all_ended_before ORDER BY size DESC LIMIT 1"
)
_LEAVES = text("""
INSERT INTO audit_leaf (tree_index, stream, seq, leaf, above)
SELECT * FROM unnest(CAST(:places AS bigint[]), CAST(:streams AS text[]), CAST(:seqs AS bigint[]),
  CAST(:leaves AS bytea[]), CAST(:above AS bytea[]))
""")
_CHECKPOINT = text("""
INSERT INTO checkpoint (size, root, note, key, newest_id, horizon, settled_id)
VALUES (:size, :root, :note, :key, :newest_id, :horizon, :settled_id)
""")


def _seal_next() -> Sealed | None:
    with apart(SEALER) as connection:
        # Two sealers at once: the second waits here, and then sees what the first one wrote.
        connection.execute(_LOCK)
        last = connection.execute(_NEWEST).one_or_none()
        settled = last.settled_id if last else 0
        new = connection.execute(_NEW, {"settled": settled, "most": MOST}).all()
        if not new:
            return None
        key = signing_key(may_make=last is None)
        if _note_key(key.public):
            new = connection.execute(_NEW, {"settled": settled, "most": MOST}).all()
        tree = seals.grown(connection, last.size if last else 0)
        _add_leaves(connection, tree, new)
        note = key.sign(_said(key.name, tree, new[0].at, last.note if last else None))
        ended = new[0].all_ended_before
        connection.execute(
            _CHECKPOINT,
            {
                "size": tree.size,
                "root": tree.root(),
                "note": note,
                "key": key.public.text(),
                "newest_id": new[-1].id,
                "horizon": new[0].none_begun_from,
                "settled_id": connection.execute(_SETTLED, {"all_ended_before": ended}).scalar() or 0,
            },
        )
    return Sealed(tree.size, len(new), note)


def new_key() -> PublicKey:
    """A key in the place of one that was put away, on record at once. Raises FileExistsError."""
    key = make_key(known=seals.keys()).public
    _note_key(key)
    return key


def _note_key(key: PublicKey) -> bool:
    """Put on record with which key the trail is sealed from now on; False when it says so already.

    Asked at every seal: a key file may come into its place by other hands than ours.
    """
    with change() as session:
        session.execute(_ONE_NOTES)
        before = seals.noted_key()
        if before == key.text():
            return False
        trail.write("settings:seal", "key:take", by=None, key=key.name, before=before, after=key.text())
        return True


def _add_leaves(connection: Connection, tree: merkle.Growing, new: Sequence[Row[Any]]) -> None:
    begin = tree.size
    leaves = [merkle.leaf_hash(event.hash) for event in new]
    above = [b"".join(tree.add(leaf)) for leaf in leaves]
    connection.execute(
        _LEAVES,
        {
            "places": list(range(begin, tree.size)),
            "streams": [event.stream for event in new],
            "seqs": [event.seq for event in new],
            "leaves": leaves,
            "above": above,
        },
    )


def _said(origin: str, tree: merkle.Growing, at: datetime, before: str | None) -> notes.Checkpoint:
    after = notes.digest(before) if before else "-"
    return notes.Checkpoint(origin, tree.size, tree.root(), (f"time {instant(at)}", f"after {after}"))
