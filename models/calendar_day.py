"""The exceptions to the calendar of working days, each with its reason: a Tết swap, a day off after a storm."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CalendarDay(Base):
    """A day that is worked on, or is not, whatever the week and the public holidays say."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    reason: Mapped[str]
    marked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    marked_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)
