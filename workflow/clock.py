"""What time it is for people, and in a rehearsal what time they want it to be.

`now()` is for receipts, deadlines, reminders and what people read. Leases, retries and sessions use the
database's bare `now()`: they must not jump when somebody turns the rehearsal clock.
"""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.house import RehearsalClock
from models.people import Account
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid, NotRehearsing
from workflow.engine.unit_of_work import change
from workflow.rules import zone
from workflow.settings import settings

ZONE = zone.ZONE


def now() -> datetime:
    """People's time, from the database: its clock plus the rehearsal offset. UTC, aware."""
    moment: datetime = db.session.execute(text("SELECT people_now()")).scalar_one()
    return moment


def today() -> date:
    return zone.local_day(now())


def rehearsal() -> RehearsalClock | None:
    """The set clock, or None when people's time is the real one."""
    return db.session.scalars(select(RehearsalClock)).one_or_none()


def travel(to: datetime, *, by: Account | None) -> None:
    """Set people's clock to `to` for all processes at once; it runs on from there.

    Forward only: what has lapsed or been sent on this clock is on record at its time. Raises NotRehearsing
    outside the demo, Invalid(`clock_backwards`).
    """
    with change() as session:
        before, real = now(), _set(to)
        audit.write(
            session.connection(),
            "settings:clock",
            "clock:travel",
            actor=by.id if by else None,
            # At the hour it was set to, between its neighbours; the server's own stands beside it.
            at=to,
            command=str(uuid.uuid4()),
            before=before,
            after=to,
            server_time=real,
        )


def step(to: datetime) -> None:
    """Set people's clock while a rehearsal is being laid down, scene by scene; no event of its own.

    Forward only, once it has been set. Raises as `travel`.
    """
    with change():
        _set(to)


def _set(to: datetime) -> datetime:
    """Move the clock; returns the database's own time."""
    if not settings().is_demo:
        raise NotRehearsing
    if rehearsal() is not None and to < now():
        raise Invalid("clock_backwards", N_("Đồng hồ diễn tập chỉ đi tới, không lùi lại."))
    real: datetime = db.session.execute(text("SELECT now()")).scalar_one()
    ahead: timedelta = to - real
    db.session.execute(
        insert(RehearsalClock)
        .values(is_only=True, ahead=ahead, set_at=real)
        .on_conflict_do_update(index_elements=["is_only"], set_={"ahead": ahead, "set_at": real})
    )
    return real
