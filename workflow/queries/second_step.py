"""Reads about the second step at sign-in: what somebody has set up for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select

from models.base import db
from models.second_step import CodeApp, Passkey, RecoveryCode


def is_set_up(account_id: int) -> bool:
    """Has somebody an app or a key? Codes on paper alone are none: they stand in for what was lost."""
    app = exists(
        select(CodeApp.account_id).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None))
    )
    key = exists(select(Passkey.id).where(Passkey.account_id == account_id))
    return bool(db.session.scalar(select(or_(app, key))))


@dataclass(frozen=True)
class Means:
    """What somebody can take the second step with."""

    app: CodeApp | None
    """None also while its first code is still to be typed."""
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.app is not None)


def means(account_id: int) -> Means:
    app = db.session.scalars(
        select(CodeApp).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None))
    ).one_or_none()
    passkeys = db.session.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id).limit(50)
    ).all()
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return Means(app, passkeys, db.session.scalar(left) or 0)
