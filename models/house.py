"""What the house knows of itself: the rehearsal clock and the settings kept in the database."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Interval
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RehearsalClock(Base):
    """One row at most: how far the people's clock is from the database's. In production there is none.

    `people_now()` in the database adds it, so all processes agree without asking each other.
    """

    __tablename__ = "rehearsal_clock"

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    ahead: Mapped[timedelta] = mapped_column(Interval)
    set_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("is_only", name="only"),)


class HouseFact(Base):
    """A named fact about this installation, such as its mode."""

    __tablename__ = "house_fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
