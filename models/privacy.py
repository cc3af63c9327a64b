"""Personal words that can be erased: the audit trail beside them holds digests only."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt


class SealedWord(Base):
    """A personal word that the trail names by digest only: digest = SHA-256(salt || value).

    Erasing salt and value leaves the chain as it was, and nobody can find the word again by trying: `forget` in
    `workflow/privacy.py`.
    """

    __tablename__ = "sealed_word"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    value: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Whom the word is about; None when nobody with an account."""
    created_at: Mapped[CreatedAt]
    forgotten_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        CheckConstraint(
            "(value IS NULL) = (forgotten_at IS NOT NULL) AND (salt IS NULL) = (value IS NULL)",
            name="forgotten",
        ),
        # Read when everything about a person is forgotten.
        Index("ix_sealed_word_account", "account_id"),
    )
