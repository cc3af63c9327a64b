"""Accounts, the roles they hold from day to day, and delegations."""

from datetime import date, datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, CreatedAt, words
from models.vocabulary import Role


class Account(Base, UserMixin):
    """A person who can sign in. `UserMixin` adds behaviour for the sign-in library, no column."""

    __tablename__ = "account"

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column()
    full_name: Mapped[str]
    title: Mapped[str] = mapped_column(server_default="")
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    """Given name first, in the order of the Vietnamese alphabet."""
    password: Mapped[str | None]
    """Argon2id; None until the invitation is answered."""
    active: Mapped[bool] = mapped_column(server_default="true")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, server_default=func.gen_random_uuid().cast(Text))
    """The sign-in library's session key; a new value ends every session of this person."""
    language: Mapped[str] = mapped_column(server_default="vi")
    """Of her letters, and of her screens once she has chosen it herself."""
    language_chosen: Mapped[bool] = mapped_column(server_default="false")
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="account", foreign_keys="RoleGrant.account_id"
    )

    __table_args__ = (
        Index("uq_account_email", func.lower(email), unique=True),
        CheckConstraint("language IN ('vi', 'en')", name="language"),
    )

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]  # a role here has dates and a unit
        """What the sign-in library would go by: nothing. Rights are read with each click (workflow/rules)."""
        return []


class RoleGrant(Base):
    """One role held by one account, for a unit or for the department, from a day to a day."""

    __tablename__ = "role_grant"

    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])

    __table_args__ = (
        CheckConstraint("role <> 'system'", name="nobody_is_the_system"),
        CheckConstraint("(role IN ('contributor', 'committee')) = (unit_id IS NOT NULL)", name="scope"),
        Index(
            "uq_role_grant_in_force",
            "account_id",
            "role",
            func.coalesce(unit_id, 0),
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
    )


class Delegation(Base):
    """Somebody lends a role of her own to a colleague, in writing, from a day to a day.

    Never a way round four eyes (R10): who stands in for somebody is held to be that person as well.
    """

    __tablename__ = "delegation"

    id: Mapped[BigId]
    from_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    """The first day on which it holds no more. One that was ended before its first day never held, and ends before it
    begins; one that was ended on it may have held for hours."""
    reason: Mapped[str]

    __table_args__ = (
        CheckConstraint("from_account_id <> to_account_id", name="two_people"),
        CheckConstraint("role IN ('editor', 'approver', 'publisher')", name="lendable"),
        # Read with the facts of every move: whom does this person stand in for?
        Index("ix_delegation_to", "to_account_id"),
    )
