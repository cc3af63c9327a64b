"""Units, how they end and who follows them, their Communications Committees and the seats in them."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, CreatedAt, words
from models.people import Account
from models.vocabulary import CommitteeStatus, SeatKind, SuccessionKind


class Unit(Base):
    """An office that owes pieces. Known by its code: short names repeat ("Kỳ Anh" is three of them)."""

    __tablename__ = "unit"

    id: Mapped[BigId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    """With its kind, as people write it: `TX Kỳ Anh`, `H. Kỳ Anh`."""
    kind: Mapped[str]
    admin_unit: Mapped[str]
    admin_kind: Mapped[str]
    gso_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Codes, the main heir first; they may name units that are not loaded yet."""
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    note: Mapped[str] = mapped_column(server_default="")
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    created_at: Mapped[CreatedAt]

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="dates"),)


class Succession(Base):
    """One dated hand-over from a unit to another."""

    __tablename__ = "succession"

    id: Mapped[BigId]
    effective_on: Mapped[date]
    kind: Mapped[SuccessionKind] = mapped_column(words(SuccessionKind))
    from_code: Mapped[str]
    to_code: Mapped[str]
    is_primary_heir: Mapped[bool]
    """Marks the main predecessor of `to_code`, not the main heir of `from_code`."""
    legal_basis: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (UniqueConstraint("effective_on", "from_code", "to_code"),)


class Committee(Base):
    __tablename__ = "committee"

    id: Mapped[BigId]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    status: Mapped[CommitteeStatus] = mapped_column(words(CommitteeStatus), server_default="draft")
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[CreatedAt]

    unit: Mapped[Unit] = relationship()
    seats: Mapped[list["Seat"]] = relationship(
        back_populates="committee", order_by="(Seat.seat_kind, Seat.slot, Seat.valid_from)"
    )

    __table_args__ = (
        UniqueConstraint("id", "directive_id"),
        # One committee in force per unit, whatever a form or a race tries (R1).
        Index("uq_committee_in_force", "unit_id", unique=True, postgresql_where="valid_to IS NULL"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="dates"),
        CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed"),
    )


class Seat(Base):
    """One person's time on one seat. The seat must exist in the directive's composition."""

    __tablename__ = "seat"

    id: Mapped[BigId]
    committee_id: Mapped[int]
    directive_id: Mapped[int]
    seat_kind: Mapped[SeatKind] = mapped_column(words(SeatKind))
    slot: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    title: Mapped[str]
    workplace: Mapped[str]
    role_in_committee: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[CreatedAt]

    committee: Mapped[Committee] = relationship(back_populates="seats")
    account: Mapped[Account] = relationship()

    __table_args__ = (
        ForeignKeyConstraint(["committee_id", "directive_id"], ["committee.id", "committee.directive_id"]),
        ForeignKeyConstraint(
            ["directive_id", "seat_kind", "slot"],
            ["composition.directive_id", "composition.seat_kind", "composition.slot"],
        ),
        # A seat is taken once, and a person sits once in a committee, among those in force.
        Index(
            "uq_seat_slot",
            "committee_id",
            "seat_kind",
            "slot",
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
        Index(
            "uq_seat_person", "committee_id", "account_id", unique=True, postgresql_where="valid_to IS NULL"
        ),
        # Read by workflow/accounts.py for every request: the units a person sits for.
        Index("ix_seat_account", "account_id"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="dates"),
    )
