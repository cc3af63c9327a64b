"""What is still to be done, as rows: Redis only rings the bell."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, Text, Uuid, false, func
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, words
from models.vocabulary import LetterState, OutboxState, Pace


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
    cause: Mapped[str | None] = mapped_column(Text)
    """The click it came from, as its event names it: what the workers do because of it bears the same id."""
    state: Mapped[OutboxState] = mapped_column(words(OutboxState), server_default="new")
    attempts: Mapped[int] = mapped_column(server_default="0")
    is_suspect: Mapped[bool] = mapped_column(server_default=false())
    """Its last try ended without a word, and its lease ran out: the worker died or froze, or a time limit struck.
    This row may be the cause, or only have been near."""
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    queued_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    """The fence: a worker that froze past its lease finds another token and its `done` matches nothing."""
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]
    retried_at: Mapped[datetime | None]
    """When somebody last gave it to the workers again after it was dead: it waits since then."""

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
    zalo: Mapped[str] = mapped_column(server_default="")
    """The short form to copy into a chat; empty for most kinds."""
    calendar: Mapped[str] = mapped_column(server_default="")
    """The deadline as an iCalendar file, attached to the first reminder."""
    in_reply_to: Mapped[str] = mapped_column(server_default="")
    message_id: Mapped[str] = mapped_column(server_default="")
    """As it travelled, noted before the server is asked: a bounce names it."""
    raw: Mapped[str] = mapped_column(server_default="")
    """SHA-256 of the bytes that were handed to the server, kept in the storage."""
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    """The daily digest a held letter went out with."""
    state: Mapped[LetterState] = mapped_column(words(LetterState), server_default="waiting")
    written_at: Mapped[datetime]
    """On the people's clock; what the letter itself says."""
    sent_at: Mapped[datetime | None]
    server: Mapped[str] = mapped_column(server_default="")
    error: Mapped[str] = mapped_column(server_default="")
    found: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('public.vi_plain', translate(subject || ' ' || to_name || ' ' || to_address || ' ' || code,"
            " '@._+-/:&=?#~%<>;', repeat(' ', 16)))",
            persisted=True,
        ),
        deferred=True,
    )
    """What parts words only becomes a space: each part of an address or a code is a word to be found by."""

    __table_args__ = (
        Index("ix_letter_submission", "submission_id"),
        # Read by the search of letters.
        Index("ix_letter_found", "found", postgresql_using="gin"),
        Index("ix_letter_state", "state", "id"),
        # Read when a bounce comes in.
        Index("ix_letter_message_id", "message_id", postgresql_where="message_id <> ''"),
        # Read by the daily digest.
        Index("ix_letter_held", "account_id", "id", postgresql_where="state = 'held'"),
        CheckConstraint(
            "CASE state WHEN 'sent' THEN sent_at IS NOT NULL WHEN 'bounced' THEN true ELSE sent_at IS NULL END",
            name="sent",
        ),
    )


class LetterWish(Base):
    """How a person wants the letters on one subject that are not her duty; without a row: at once."""

    __tablename__ = "letter_wish"

    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """A key of SUBJECTS in `workflow/rules/wishes.py`."""
    pace: Mapped[Pace] = mapped_column(words(Pace))


class Bounce(Base):
    """An address that could not be reached, until it is cleared; the letter it came back for."""

    __tablename__ = "bounce"

    id: Mapped[BigId]
    address: Mapped[str]
    """In lower case."""
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"))
    """The report that came by mail; None when the server refused the address at once."""
    says: Mapped[str]
    """What the machine said, for whoever mends the address."""
    came_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None when a verified mail from the address cleared it."""

    __table_args__ = (
        # One mark an address; read for everybody a letter might go to.
        Index("uq_bounce_in_force", "address", unique=True, postgresql_where="cleared_at IS NULL"),
        CheckConstraint("address = lower(address)", name="address"),
        CheckConstraint("cleared_by IS NULL OR cleared_at IS NOT NULL", name="cleared"),
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
