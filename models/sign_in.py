"""Who is signed in from where, and how often a wrong password was tried. Real time: nobody can turn these clocks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, words
from models.vocabulary import Ending


class DeviceSession(Base):
    """One browser that somebody signed in with. The browser holds a random token, this row its SHA-256.

    A row without `ending` still ends by itself: idle too long, or too old (`workflow/queries/sign_ins.py`).
    """

    __tablename__ = "device_session"

    id: Mapped[BigId]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str] = mapped_column(server_default="")
    """Browser and system in words, "Chrome, Windows"; empty when the browser does not say."""
    address: Mapped[str] = mapped_column(server_default="")
    """The network address seen last, sealed by `workflow/privacy.py`."""
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    """Of the last click, to the minute."""
    is_half: Mapped[bool] = mapped_column(server_default="false")
    """The password was right, the second step is still to be done: it opens nothing but that step."""
    factor_at: Mapped[datetime | None]
    """When the second step was done on this device."""
    challenge: Mapped[bytes | None]
    """What a passkey was asked to sign last; taken away by the answer."""
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(words(Ending))

    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="digest"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        # Read by the page of devices, and when all sessions of somebody end.
        Index("ix_device_session_account", "account_id"),
    )


class SignInTries(Base):
    """Wrong passwords in a row for one e-mail address, or from one network address.

    The key is a keyed digest: it tells neither, and counts for addresses without an account as for others.
    """

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    wait_until: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)
