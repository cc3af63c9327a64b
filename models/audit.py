"""The audit trail: one table, a hash chain per stream, append only by trigger and by right (R11)."""

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId

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
        # Read by the audit screen: by person, by piece, by action; newest first.
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_submission", "submission_id", "id"),
        Index("ix_audit_event_action", "action", "id"),
    )


class AuditHead(Base):
    """The end of a stream that has no row of its own; locked while an event is added.

    Without the lock two commits fork the chain. Submissions keep their head in their own row.
    """

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
