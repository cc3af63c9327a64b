"""What people prove themselves with beside a password: links by mail, an app's codes, passkeys, recovery codes.

Nothing here opens a door to who reads it: digests, public keys, and a secret sealed with a key that is not in the
database. The times are real: nobody can turn these clocks.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, words
from models.vocabulary import Purpose


class OneTimeLink(Base):
    """A link that was written to somebody: to sign in, or to choose a password. Good once, until `expires_at`."""

    __tablename__ = "one_time_link"

    id: Mapped[BigId]
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None: asked for with an address that has no account. The row is made all the same, and opens nothing."""
    nonce: Mapped[bytes]
    """The token is an HMAC of this under the house's key: the row alone does not tell it, nor the key alone."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="digest"),
        # Read when all links of somebody end.
        Index("ix_one_time_link_account", "account_id"),
    )


class CodeApp(Base):
    """An app that shows a new code of six digits every half minute (TOTP). Not in use until a code confirmed it."""

    __tablename__ = "code_app"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    """Sealed by `workflow/code_apps.py`."""
    last_step: Mapped[int | None]
    """The half minute of the code used last: neither it nor an older one is taken again."""
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[datetime | None]


class Passkey(Base):
    """The public half of a key that somebody's phone, computer or token holds (WebAuthn)."""

    __tablename__ = "passkey"

    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    """As the key counted last; one that counts backwards is a copy."""
    name: Mapped[str]
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]

    # Read with every sign-in of somebody who has one.
    __table_args__ = (Index("ix_passkey_account", "account_id"),)


class RecoveryCode(Base):
    """The SHA-256 of a code on paper, for who has lost phone and key. Each opens once."""

    __tablename__ = "recovery_code"

    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[bytes]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(code_hash) = 32", name="digest"),
        # Read by account, and no code is given twice.
        UniqueConstraint("account_id", "code_hash"),
    )
