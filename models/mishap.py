"""Where the clock stumbled: one row among many that a job had to leave aside, so that the others could go on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Mishap(Base):
    """One thing at which a job fails again and again. Gone as soon as the job gets over it.

    The times are the database's own `now()`: when to try again must not jump with a rehearsal clock.
    """

    __tablename__ = "mishap"

    job: Mapped[str] = mapped_column(Text, primary_key=True)
    target: Mapped[str] = mapped_column(Text, primary_key=True)
    """`submission:42`, `unit:3`, `file:<SHA-256>`."""
    error: Mapped[str]
    times: Mapped[int] = mapped_column(server_default="1")
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("error <> ''", name="error"),)
