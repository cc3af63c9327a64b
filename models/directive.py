"""The directive: the department's rule, as a dated record (R1, R5, R6)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import func, literal_column

from models.base import Base, BigId, words
from models.vocabulary import SeatKind


class Directive(Base):
    __tablename__ = "directive"

    id: Mapped[BigId]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Half open: in force on day d when valid_from <= d < valid_to; None is open."""
    zone: Mapped[str] = mapped_column(server_default="Asia/Ho_Chi_Minh")
    deadline_day: Mapped[int]
    """A month stops taking pieces on time where this day begins, 00:00 in `zone`."""
    closing_day: Mapped[int]
    quota: Mapped[int]
    """Pieces a unit owes a month."""
    counting_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bound_unit_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reminder_days: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Days before the last day (the 19th) on which who still owes is reminded: 7, 3, 0."""
    workflow: Mapped[str] = mapped_column(server_default="monthly-submission")
    """Name of the workflow definition that new pieces follow."""

    composition: Mapped[list["Composition"]] = relationship(
        order_by="(Composition.seat_kind, Composition.slot)", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("deadline_day BETWEEN 1 AND 28", name="deadline_day"),
        CheckConstraint("closing_day BETWEEN deadline_day AND 28", name="closing_day"),
        CheckConstraint("quota >= 0", name="quota"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="dates"),
        ExcludeConstraint(
            (func.daterange(literal_column("valid_from"), literal_column("valid_to")), "&&"),
            name="one_directive_at_a_time",
        ),
    )


class Composition(Base):
    """One seat that a committee has. (leader,1) (specialist,1) (teacher,1..3) is the rule 1 + 1 + 3."""

    __tablename__ = "composition"

    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"), primary_key=True)
    seat_kind: Mapped[SeatKind] = mapped_column(words(SeatKind), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (CheckConstraint("slot >= 1", name="slot"),)
