"""What people at work leave beside the pieces: remarks, filters they named, what they have open, what they typed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, words
from models.vocabulary import Audience, WrittenAs


class Comment(Base):
    """A remark about a piece. Said once: the program may add one and forget its words, never put others there."""

    __tablename__ = "comment"

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    side: Mapped[WrittenAs] = mapped_column(words(WrittenAs))
    audience: Mapped[Audience] = mapped_column(words(Audience))
    text: Mapped[str]
    """Empty when its writer was forgotten; its seal in the trail stays."""
    said_at: Mapped[datetime]

    __table_args__ = (
        # What a unit says, the department reads and the unit itself: it has nothing internal here.
        CheckConstraint("side = 'department' OR audience = 'unit'", name="heard"),
        # Read by the page of a piece, and by the queue for the newest word to or from the unit.
        Index("ix_comment_submission", "submission_id", "id"),
    )


class SavedFilter(Base):
    """A list as its address asked for it, under a name; shared ones are offered to everybody at the desk."""

    __tablename__ = "saved_filter"

    id: Mapped[BigId]
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    asked: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Names and values of the address, `{"ky": "2021-05", "muon": "1"}`."""
    is_shared: Mapped[bool] = mapped_column(server_default="false")
    saved_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint("name <> ''", name="name"),
    )


class OpenPiece(Base):
    """Who has a piece open at this moment, in real time; a row that was not renewed is old and says nothing."""

    __tablename__ = "open_piece"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    is_editing: Mapped[bool]
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class KeptText(Base):
    """What somebody typed into the editing form of a piece and has not saved."""

    __tablename__ = "kept_text"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The form by field name, `seen` among them: the digest of the text it was typed over."""
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
