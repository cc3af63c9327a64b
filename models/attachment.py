"""Files of a piece, the copies the public may see, and the answers about children's consent (R3, R8)."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, SaidAt, words
from models.vocabulary import AttachmentKind, Consent


class Attachment(Base):
    """One file as it came. Its bytes lie in the storage under `blob` and are never shown to the public."""

    __tablename__ = "attachment"

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    blob: Mapped[str]
    """SHA-256 of the bytes, 64 hex digits; the storage's key."""
    name: Mapped[str]
    """As the sender named it; text only, never a path."""
    kind: Mapped[AttachmentKind] = mapped_column(words(AttachmentKind))
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    public_blob: Mapped[str | None]
    """The copy without EXIF, GPS or names, made by the media worker; None until it is made."""
    public_media_type: Mapped[str | None]
    public_refused: Mapped[str | None]
    """The code of why no copy can ever be made (`public_copies.REFUSALS`)."""
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("submission_id", "blob"),
        CheckConstraint("blob ~ '^[0-9a-f]{64}$'", name="blob"),
        CheckConstraint("(public_blob IS NULL) = (public_media_type IS NULL)", name="public_copy"),
        CheckConstraint("public_blob IS NULL OR public_refused IS NULL", name="refused_copy"),
        # Read by forum/pages.py for every picture.
        Index("ix_attachment_public_blob", "public_blob"),
    )


class ConsentAnswer(Base):
    """Who said what about the children in one file. The newest answer holds; none is ever changed."""

    __tablename__ = "consent_answer"

    id: Mapped[BigId]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    answer: Mapped[Consent] = mapped_column(words(Consent))
    note: Mapped[str] = mapped_column(server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[SaidAt]

    # Read by workflow/facts.py: the newest answer of each file.
    __table_args__ = (Index("ix_consent_answer_attachment", "attachment_id", "id"),)
