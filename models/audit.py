"""The audit trail: one table, a hash chain per stream, append only by trigger and by right (R11)."""

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt

PAYLOAD = "(payload::jsonb)"


def from_payload(key: str) -> Computed:
    """A column to filter by that cannot be altered apart from the hashed text."""
    return Computed(f"{PAYLOAD} ->> '{key}'", persisted=True)


class AuditEvent(Base):
    """One thing that somebody did, was refused, or that the clock did.

    `payload` is canonical JSON (sorted keys, NFC, no floats, UTC with microseconds as text), hashed as stored:
    hash = SHA-256(0x02 || prev_hash || payload). `stream` is `submission:42`, `committee:3`, `refusal:7`, ...
    """

    __tablename__ = "audit_event"

    id: Mapped[BigId]
    stream: Mapped[str]
    seq: Mapped[int]
    payload: Mapped[str]
    command_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), unique=True)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    action: Mapped[str] = mapped_column(Text, from_payload("action"))
    at: Mapped[str] = mapped_column(Text(collation="C"), from_payload("at"))
    """When it was recorded, `2021-05-19T17:00:00.000000Z`; `became_at` in the payload says when it became true."""
    actor_id: Mapped[int | None] = mapped_column(
        BigInteger, Computed(f"({PAYLOAD} ->> 'actor')::bigint", persisted=True)
    )
    submission_id: Mapped[int | None] = mapped_column(
        BigInteger, Computed(f"({PAYLOAD} ->> 'submission')::bigint", persisted=True)
    )
    unit_id: Mapped[int | None] = mapped_column(
        BigInteger, Computed(f"({PAYLOAD} ->> 'unit')::bigint", persisted=True)
    )
    cause: Mapped[str] = mapped_column(Text, from_payload("cause"))
    """One id for all that one click did."""

    __table_args__ = (
        # One successor per event: a fork of the chain is impossible, not just detectable.
        Index("uq_audit_event_stream_seq", "stream", "seq", unique=True),
        Index("uq_audit_event_stream_prev_hash", "stream", "prev_hash", unique=True),
        CheckConstraint("octet_length(prev_hash) = 32 AND octet_length(hash) = 32", name="hashes"),
        # Read by the audit screen, newest first: of a piece; of an action; of what a person or a unit did of a kind.
        # With the action in them the last two also answer "refused", in any mixture, at any depth; with the unit
        # beside it, a person's also what she did there.
        Index("ix_audit_event_submission", "submission_id", "id"),
        Index("ix_audit_event_action", "action", "id"),
        Index("ix_audit_event_actor", "actor_id", "action", "id", postgresql_include=["unit_id"]),
        Index("ix_audit_event_unit", "unit_id", "action", "id"),
    )


class AuditHead(Base):
    """The end of a stream that has no row of its own; locked while an event is added.

    Without the lock two commits fork the chain. Submissions keep their head in their own row.
    """

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditLeaf(Base):
    """The place of an event in the Merkle tree over the whole trail; append only, written by the sealer alone.

    `leaf` is SHA-256(0x00 || the event's hash). `above` holds the nodes this leaf fills, level 1 first, 32 bytes
    each: so the tree is stored whole, and a proof reads one row a level. No foreign key: a leaf must outlive an
    event that somebody removed, or the removal could not be told.
    """

    __tablename__ = "audit_leaf"

    tree_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[str]
    seq: Mapped[int]
    leaf: Mapped[bytes]
    above: Mapped[bytes]

    __table_args__ = (
        # One leaf per event; read by the sealer, which looks for events without one.
        Index("uq_audit_leaf_stream_seq", "stream", "seq", unique=True),
        CheckConstraint("octet_length(leaf) = 32 AND octet_length(above) % 32 = 0", name="hashes"),
    )


class Checkpoint(Base):
    """A signed root over the first `size` events, in the order of the tree; append only.

    `note` is what leaves the house, `key` the verifier key of who signed it. The last three columns are the
    sealer's own memory of how far no event can be missing any more, see `workflow/proof/sealing.py`.
    """

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    key: Mapped[str]
    at: Mapped[CreatedAt]
    newest_id: Mapped[int]
    horizon: Mapped[int]
    settled_id: Mapped[int]

    __table_args__ = (CheckConstraint("octet_length(root) = 32 AND size > 0", name="root"),)
