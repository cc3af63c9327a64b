"""What the department has to say to everybody for a while: shown on the first pages, from a moment to a moment."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, words
from models.vocabulary import Readers


class Announcement(Base):
    """One announcement. Its words do not change: one that was wrong is withdrawn, and another is published."""

    __tablename__ = "announcement"

    id: Mapped[BigId]
    title: Mapped[str]
    body: Mapped[str]
    """Plain text; an empty line begins a paragraph."""
    readers: Mapped[Readers] = mapped_column(words(Readers))
    shown_from: Mapped[datetime]
    shown_until: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("shown_from < shown_until", name="dates"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        # Read by the first page of console and portal: what is not over yet.
        Index("ix_announcement_shown", "shown_until", postgresql_where="withdrawn_at IS NULL"),
    )
