"""A submission: the narrow row that moves, and the revisions that hold its text and never change."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, BigId, CreatedAt, SaidAt, words
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.vocabulary import Channel, Kind, UncountReason, WrittenAs


class Category(Base):
    """A section of the forum (R7)."""

    __tablename__ = "category"

    id: Mapped[BigId]
    code: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    description_vi: Mapped[str]
    sort: Mapped[int]
    retired_at: Mapped[datetime | None]
    """No new text is put under it any more; what is published stays."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    """The section that shows its pieces; never one that was merged itself."""

    __table_args__ = (CheckConstraint("merged_into <> id", name="merged"),)


class Submission(Base):
    """Where a piece stands. Only `workflow/engine/moves.py` writes state, version and head_hash.

    `version` counts the events of the piece's audit stream and is what compare-and-set compares.
    """

    __tablename__ = "submission"

    id: Mapped[BigId]
    code: Mapped[str] = mapped_column(unique=True)
    import_id: Mapped[str | None] = mapped_column(unique=True)
    workflow: Mapped[str]
    workflow_version: Mapped[int]
    state: Mapped[str]
    state_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="0")
    head_hash: Mapped[bytes]

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    kind: Mapped[Kind] = mapped_column(words(Kind))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[CreatedAt]
    revision_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("revision.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    digest: Mapped[str]
    """Of the current revision: `sha256:` and 64 hex digits. What approve and publish must name."""

    first_sent_at: Mapped[datetime | None]
    """Receipt time of the first sending; a return keeps it, a withdrawal clears it."""
    sent_late: Mapped[bool] = mapped_column(server_default="false")
    statement_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    uncounted: Mapped[UncountReason | None] = mapped_column(words(UncountReason))
    uncounted_reason: Mapped[str] = mapped_column(server_default="")
    excused_reason: Mapped[str | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    claimed_at: Mapped[datetime | None]
    checklist_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_aside_reason: Mapped[str | None]
    returned_reason: Mapped[str | None]
    """Why it came back; cleared when it is sent again."""
    scheduled_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    extended_until: Mapped[datetime | None]
    """The later deadline that brought it back from late."""

    unit: Mapped[Unit] = relationship()
    period: Mapped[Period] = relationship()
    revision: Mapped["Revision"] = relationship(foreign_keys=[revision_id], post_update=True)
    claimant: Mapped[Account | None] = relationship(foreign_keys=[claimed_by])

    __table_args__ = (
        CheckConstraint("octet_length(head_hash) = 32", name="head_hash"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_at IS NULL)", name="claim"),
        CheckConstraint("NOT sent_late OR first_sent_at IS NOT NULL", name="sent_late"),
        # Read by the desk's queues: oldest first within a state.
        Index("ix_submission_state_since", "state", "state_since"),
        # Read by the month's report, the matrix and the deadline sweep.
        Index("ix_submission_period_unit", "period_id", "unit_id"),
        # Read by the portal's month.
        Index("ix_submission_unit", "unit_id"),
        # Read by the desk's list of what was sent late, state by state.
        Index("ix_submission_late", "state", "state_since", postgresql_where="sent_late"),
        # Read by the desk's tab of pieces set aside.
        Index("ix_submission_set_aside", "state_since", postgresql_where="set_aside_reason IS NOT NULL"),
        # Read every minute by tasks/publishing.py; holds only pieces that wait for their time.
        Index("ix_submission_scheduled", "scheduled_at", postgresql_where="scheduled_at IS NOT NULL"),
    )


class Revision(Base):
    """One version of a piece's text. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "revision"

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    number: Mapped[int]
    kind: Mapped[Kind] = mapped_column(words(Kind))
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    """Clean HTML of a short list of elements; `workflow/texts.py` says which."""
    author_line: Mapped[str]
    author_title: Mapped[str]
    school: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    canonical: Mapped[str]
    """The text that was hashed, as it was hashed."""
    digest: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_as: Mapped[WrittenAs] = mapped_column(words(WrittenAs))
    created_at: Mapped[SaidAt]
    found: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('public.vi_plain', title || ' ' || author_line || ' ' || school)", persisted=True
        ),
        deferred=True,
    )

    category: Mapped[Category | None] = relationship()
    pictures: Mapped[list["RevisionAttachment"]] = relationship(order_by="RevisionAttachment.position")

    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
        # Read by the desk's search.
        Index("ix_revision_found", "found", postgresql_using="gin"),
    )


class RevisionAttachment(Base):
    """Which files a revision shows, in which order, with which words."""

    __tablename__ = "revision_attachment"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    caption: Mapped[str]
    credit: Mapped[str] = mapped_column(server_default="")

    attachment: Mapped[Attachment] = relationship()

    __table_args__ = (UniqueConstraint("revision_id", "attachment_id"),)
