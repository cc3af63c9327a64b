"""Exceptions to the calendar of working days: a day is worked on or not, whatever the public holidays say (R5)."""

from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from models.calendar_day import CalendarDay
from models.people import Account
from workflow import accounts, clock, trail
from workflow.engine.errors import N_, Invalid
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules import workdays
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require


@patient
def mark(day: date, *, is_working: bool, reason: str, by: Account) -> None:
    """Write down that a day is worked on, or is not. Reminders and claims that hang on it move by themselves.

    Raises Invalid(`reason_required`, `day_passed`, `day_is_so`).
    """
    reason = _asked(reason, by)
    with change() as session:
        _still_to_come(day)
        before = session.get(CalendarDay, day, with_for_update=True)
        if is_working == (before.is_working if before else workdays.usually(day)):
            raise Invalid("day_is_so", N_("Ngày này vốn đã như vậy."), field="day")
        values = {
            "is_working": is_working,
            "reason": reason,
            "marked_by": by.id,
            "marked_at": clock.now(),
        }
        row = insert(CalendarDay).values(day=day, **values)
        session.execute(row.on_conflict_do_update(index_elements=["day"], set_=values))
        _told("calendar:mark", day, by, is_working=is_working, reason=reason)


@patient
def unmark(day: date, *, reason: str, by: Account) -> None:
    """Take an exception back: the week and the public holidays decide again.

    Raises Invalid(`reason_required`, `day_passed`, `day_not_marked`).
    """
    reason = _asked(reason, by)
    with change() as session:
        _still_to_come(day)
        gone = delete(CalendarDay).where(CalendarDay.day == day).returning(CalendarDay.is_working)
        was = session.execute(gone).scalar()
        if was is None:
            raise Invalid("day_not_marked", N_("Ngày này không có trong bảng ngoại lệ."), field="day")
        _told("calendar:unmark", day, by, is_working=not was, reason=reason)


def _asked(reason: str, by: Account) -> str:
    require(accounts.roles_of(by), "periods.write")
    return reason_given(reason)


def _still_to_come(day: date) -> None:
    if day < clock.today():
        raise Invalid("day_passed", N_("Ngày này đã qua."), field="day")


def _told(action: str, day: date, by: Account, **more: Any) -> None:
    trail.write(f"calendar:{day.year}", action, by=by, day=str(day), **more)
