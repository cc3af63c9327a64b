"""Every mail that ever came, once, with what became of it (R4)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, CreatedAt, words
from models.people import Account
from models.submission import Submission
from models.vocabulary import Verdict


class Envelope(Base):
    """A mail, kept raw in the storage under its digest before anything reads it."""

    __tablename__ = "envelope"

    id: Mapped[BigId]
    sha256: Mapped[str] = mapped_column(unique=True)
    """Of the raw bytes; the key that recognises a second copy. A Message-ID is only a hint."""
    message_id: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[datetime]
    """Ours: the own server's time, never the sender's `Date:`."""
    from_address: Mapped[str] = mapped_column(server_default="")
    from_name: Mapped[str] = mapped_column(server_default="")
    subject: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[Verdict] = mapped_column(words(Verdict), server_default="new")
    reason: Mapped[str] = mapped_column(server_default="")
    """Stable code: why it waits or was ignored."""
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default="[]")
    """What could not be read: `[{"code", "file", "says"}]`."""
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    handled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    sender: Mapped[Account | None] = relationship(foreign_keys=[sender_id])
    submissions: Mapped[list[Submission]] = relationship(secondary="envelope_submission")

    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        # Read by the mail tray.
        Index("ix_envelope_tray", "received_at", postgresql_where="verdict = 'tray'"),
        Index("ix_envelope_message_id", "message_id"),
    )


class EnvelopeSubmission(Base):
    __tablename__ = "envelope_submission"

    envelope_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("envelope.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("submission.id"), primary_key=True)


class CommitteeProposal(Base):
    """A member list that came by mail and waits for the department to take it over or dismiss it."""

    __tablename__ = "committee_proposal"

    id: Mapped[BigId]
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    blob: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str]
    members: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    """As read from the file: `[{"full_name", "title", "workplace", "seat_kind", "phone", "email"}]`."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[CreatedAt]
