"""What is still to be done, as rows: Redis only rings the bell."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, words
from models.vocabulary import LetterState, OutboxState


class OutboxMessage(Base):
    """One effect of one cause. Written in the transaction of its cause, done in the transaction of its effect.

    The times here are the database's own `now()`, never the rehearsal clock: leases must not jump.
    """

    __tablename__ = "outbox"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    """`<stream>:<seq>:<effect>`, or what makes the effect one of a kind; doubles are impossible."""
    topic: Mapped[str]
    queue: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[OutboxState] = mapped_column(words(OutboxState), server_default="new")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    queued_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    """The fence: a worker that froze past its lease finds another token and its `done` matches nothing."""
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        # Read by tasks/relay.py several times a second; partial, so it holds only unfinished rows.
        Index("ix_outbox_due", "next_at", postgresql_where="state IN ('new', 'queued', 'running')"),
        # Read by the queues screen.
        Index("ix_outbox_dead", "id", postgresql_where="state = 'dead'"),
    )


class Letter(Base):
    """One letter to one address, kept as it was sent. (kind, target, occasion) makes it one of a kind."""

    __tablename__ = "letter"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    """`<kind>|<target>|<occasion>`; its digest is the Message-ID, the same at every attempt."""
    kind: Mapped[str]
    to_address: Mapped[str]
    to_name: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(server_default="")
    """Piece or period, for the subject and `X-Toasoan-Code`."""
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    in_reply_to: Mapped[str] = mapped_column(server_default="")
    state: Mapped[LetterState] = mapped_column(words(LetterState), server_default="waiting")
    written_at: Mapped[datetime]
    """On the people's clock; what the letter itself says."""
    sent_at: Mapped[datetime | None]
    server: Mapped[str] = mapped_column(server_default="")
    error: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        Index("ix_letter_submission", "submission_id"),
        Index("ix_letter_state", "state", "id"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    )


class JobRun(Base):
    """One slot of one job of the timetable, claimed by its key: any number of clocks may run."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(Text, primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    """The moment it was due, on the people's clock."""
    is_skipped: Mapped[bool] = mapped_column(server_default="false")
    claimed_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    took_ms: Mapped[int | None]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who ran it by hand; such a slot stands beside the timetable and takes none of its places."""

    __table_args__ = (Index("ix_job_run_newest", "job", slot.desc()),)


class JobPause(Base):
    """A job that claims no slots until somebody lets it go on; then it catches up as its row says."""

    __tablename__ = "job_pause"

    job: Mapped[str] = mapped_column(Text, primary_key=True)
    reason: Mapped[str]
    paused_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    paused_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)
