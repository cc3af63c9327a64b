"""What stands on the public forum (R7)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId
from models.submission import Revision, Submission


class Publication(Base):
    """The public page of a piece: one for its whole life, showing one approved revision."""

    __tablename__ = "publication"

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    first_published_at: Mapped[datetime] = mapped_column()
    published_at: Mapped[datetime]
    correction_note: Mapped[str] = mapped_column(server_default="")
    retracted_at: Mapped[datetime | None]
    retraction_reason: Mapped[str] = mapped_column(server_default="")

    submission: Mapped[Submission] = relationship()
    revision: Mapped[Revision] = relationship()

    __table_args__ = (
        CheckConstraint("(retracted_at IS NULL) = (retraction_reason = '')", name="retraction"),
        # Read by the forum's front page, sections and feed.
        Index("ix_publication_newest", first_published_at.desc(), postgresql_where="retracted_at IS NULL"),
    )
