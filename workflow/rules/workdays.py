"""Working days in Vietnam: Monday to Friday without public holidays, as the house counts them. Pure.

Days made free or busy by a special decree are not known here; such a month gets an extension with its reason.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


@lru_cache(maxsize=32)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def on_or_before(day: date) -> date:
    """The day itself when it is a working day, else the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def on_or_after(day: date) -> date:
    """The day itself when it is a working day, else the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def later(day: date, count: int) -> date:
    """The working day `count` working days after `day`: Friday 14/5/2021 and 3 is Wednesday 19/5."""
    for _ in range(count):
        day = on_or_after(day + timedelta(days=1))
    return day


def earlier(day: date, count: int) -> date:
    """The working day `count` working days before `day`: Monday 17/5/2021 and 3 is Wednesday 12/5."""
    for _ in range(count):
        day = on_or_before(day - timedelta(days=1))
    return day


def moment_later(moment: datetime, count: int, zone: str) -> datetime:
    """The same hour of the day in `zone`, `count` working days later."""
    local = moment.astimezone(ZoneInfo(zone))
    return local + (later(local.date(), count) - local.date())
