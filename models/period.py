"""Months, what is owed in them, and every exception with its reason (R5, R6)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, SaidAt
from models.directive import Directive


class Period(Base):
    """One month of one directive. Takes pieces from `opens_at`, on time before `deadline_at`, late before
    `closes_at` or until an editor closes it."""

    __tablename__ = "period"

    id: Mapped[BigId]
    year: Mapped[int]
    month: Mapped[int]
    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"))
    is_active: Mapped[bool] = mapped_column(server_default="true")
    quota: Mapped[int]
    opens_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    """On time means received before this instant; the instant itself is late."""
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    workflow: Mapped[str | None]
    """The workflow definition that new pieces of this month follow; None is the directive's."""
    codes_given: Mapped[int] = mapped_column(server_default="0")
    """How many submission codes this month has handed out; raised under the row's lock."""

    directive: Mapped[Directive] = relationship()

    __table_args__ = (
        Index("uq_period_month", "year", "month", unique=True, postgresql_where="is_active"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("opens_at < deadline_at AND deadline_at <= closes_at", name="order"),
        CheckConstraint("quota >= 0", name="quota"),
    )

    @property
    def follows(self) -> str:
        """The name of the definition that new pieces of this month follow."""
        return self.workflow or self.directive.workflow

    @property
    def code(self) -> str:
        return f"KY-{self.year}-{self.month:02d}"


class Extension(Base):
    """A later deadline for one unit, or for all of them when `unit_id` is empty."""

    __tablename__ = "extension"

    id: Mapped[BigId]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    deadline_at: Mapped[datetime]
    reason: Mapped[str]
    granted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[SaidAt]

    __table_args__ = (
        Index("ix_extension_period_unit", "period_id", "unit_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )


class Exemption(Base):
    """A month without quota, for one unit or for all of them (summer, Tết)."""

    __tablename__ = "exemption"

    id: Mapped[BigId]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str]
    granted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[SaidAt]

    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)


class Reminder(Base):
    """That a unit was reminded (or that an older reminder was passed over). Unique: a restart repeats none."""

    __tablename__ = "reminder"

    id: Mapped[BigId]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    occasion: Mapped[str]
    """`t7`, `t3`, `t0` (the last day) or `late`; of a deadline that was moved, with its last day: `t3/2021-06-09`;
    sent by hand, with the day it was sent: `t3@2021-05-16`."""
    is_skipped: Mapped[bool]
    """Slept over: a stronger reminder of the same day, or a newer one, went out instead."""
    created_at: Mapped[SaidAt]

    __table_args__ = (UniqueConstraint("unit_id", "period_id", "occasion"),)
