"""When a month begins, when it ends, and to which month a piece is booked (R5, R6). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.vocabulary import MonthStatus
from workflow.rules.facts import Facts


@dataclass(frozen=True)
class Bounds:
    """The three instants of a month, UTC."""

    opens_at: datetime
    deadline_at: datetime
    closes_at: datetime


def bounds(year: int, month: int, *, deadline_day: int, closing_day: int, zone: str) -> Bounds:
    """The instants at which a month opens, stops taking pieces on time, and closes.

    "Before the 20th" ends where the 20th begins: 20th, 00:00 in `zone`.
    (2021, 5, 20, 25, Asia/Ho_Chi_Minh) -> deadline 2021-05-19T17:00:00+00:00. Always UTC, always aware.
    Opens where the month before stopped being on time. Source: docs/directive.md R5, R6.
    """
    return Bounds(
        opens_at=_day_begins(*month_before(year, month), deadline_day, zone),
        deadline_at=_day_begins(year, month, deadline_day, zone),
        closes_at=_day_begins(year, month, closing_day, zone),
    )


def _day_begins(year: int, month: int, day: int, zone: str) -> datetime:
    return datetime(year, month, day, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def month_before(year: int, month: int) -> tuple[int, int]:
    return (year - 1, 12) if month == 1 else (year, month - 1)


def month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def last_day(deadline_at: datetime, zone: str) -> date:
    """The day people call the last one: 19 for a deadline on the 20th at 00:00."""
    return (deadline_at.astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)).date()


def days_left(now: datetime, deadline_at: datetime, zone: str) -> int:
    """Whole days from today to the last day; 0 on the last day itself, negative after it."""
    return (last_day(deadline_at, zone) - now.astimezone(ZoneInfo(zone)).date()).days


@dataclass(frozen=True)
class Booking:
    """The month a first sending is counted in, and whether it came late for it."""

    period_id: int
    is_late: bool


def booking(facts: Facts) -> Booking | None:
    """Where a first sending at `facts.now` belongs; None when no period takes it.

    Before the unit's deadline: its own month, on time. After it: its own month, late, if that is open and the
    unit is short; otherwise the next month, on time there.
    """
    own, following = facts.month, facts.next_month
    if own is not None and facts.now < own.deadline_at and not own.is_closed:
        return Booking(own.period_id, is_late=False)
    if own is not None and own.is_open_at(facts.now) and own.is_short:
        return Booking(own.period_id, is_late=True)
    if following is not None and following.is_open_at(facts.now):
        return Booking(following.period_id, is_late=False)
    return None


def month_status(*, quota: int, is_bound: bool, on_time: int, late: int) -> MonthStatus:
    """A unit's standing in a month (R6), from its counting pieces.

    `is_bound` is False when the month is free of quota for the unit or the unit was not alive at the deadline.
    """
    if not is_bound or quota == 0:
        return MonthStatus.EXEMPT
    if on_time >= quota:
        return MonthStatus.ON_TIME
    if on_time + late >= quota:
        return MonthStatus.LATE
    return MonthStatus.SHORT if on_time + late else MonthStatus.SILENT
