"""The forms of look/words.py that read otherwise in English. The same names, arguments and rules; still our zone."""

from datetime import date, datetime, time, timedelta

from look import words
from look.words import DAY, HOUR, KEEP, MINUTE, WEEK_DAYS, days_between, days_left, local, local_day

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT = 3


def day(when: date | datetime) -> str:
    """19 Nov 2021"""
    return f"{day_month(when)}{KEEP}{local_day(when).year}"


def day_month(when: date | datetime) -> str:
    """19 Nov"""
    here = local_day(when)
    return f"{here.day}{KEEP}{MONTHS[here.month - 1][:SHORT]}"


def month(when: date | datetime) -> str:
    """November 2021"""
    here = local_day(when)
    return f"{MONTHS[here.month - 1]} {here.year}"


def weekday(when: date | datetime) -> str:
    """Fri 19 Nov"""
    return f"{WEEKDAYS[local_day(when).weekday()][:SHORT]}{KEEP}{day_month(when)}"


def long_day(when: date | datetime) -> str:
    """Wednesday, 17 November 2021"""
    here = local_day(when)
    return f"{WEEKDAYS[here.weekday()]}, {here.day}{KEEP}{month(when)}"


def moment(at: datetime, now: datetime | None = None) -> str:
    """07:52 today; 17:15 yesterday; 16 Nov, 08:55; another year, or no `now`: 16 Nov 2020, 08:55."""
    here = local(at)
    today = local(now).date() if now else None
    if today == here.date():
        return f"{here:%H:%M}{KEEP}today"
    if today and today - here.date() == timedelta(days=1):
        return f"{here:%H:%M}{KEEP}yesterday"
    named = day_month(at) if today and today.year == here.year else day(at)
    return f"{named},{KEEP}{here:%H:%M}"


def until(deadline: datetime) -> str:
    """the end of Fri 19 Nov; 17:00 on Fri 19 Nov"""
    if local(deadline).time() == time.min:
        return f"the end of {weekday(words.last_day(deadline))}"
    return f"{words.clock_time(deadline)} on {weekday(deadline)}"


def span(length: timedelta) -> str:
    """9 hours 12 minutes; 3 days from two days on; below a minute "less than a minute"."""
    seconds = int(length.total_seconds())
    if seconds < MINUTE:
        return f"less than a{KEEP}minute"
    hours, minutes = divmod(seconds // MINUTE, 60)
    if seconds >= 2 * DAY:
        return counted(seconds // DAY, "day")
    parts = [counted(amount, name) for amount, name in ((hours, "hour"), (minutes, "minute")) if amount]
    return " ".join(parts)


def counted(amount: int, name: str) -> str:
    return f"{amount}{KEEP}{name}" if amount == 1 else f"{amount}{KEEP}{name}s"


def waited(since: datetime, until: datetime) -> str:
    """9 hours 12 minutes; from a day on in days of the calendar: 3 days."""
    length = until - since
    return span(length) if length < timedelta(days=1) else counted(days_between(since, until), "day")


def time_left(deadline: datetime, now: datetime) -> str:
    """2 days left; on the last day 9 hours 12 minutes left; afterwards overdue by 2 days."""
    if now >= deadline:
        return f"overdue by {span(now - deadline)}"
    left = days_left(deadline, now)
    return f"{counted(left, 'day') if left else span(deadline - now)} left"


def ago(at: datetime, now: datetime) -> str:
    """just now; 12 minutes ago; 3 hours ago; yesterday; 4 days ago; after a week the day itself."""
    seconds = (now - at).total_seconds()
    days = (local(now).date() - local(at).date()).days
    if seconds < MINUTE:
        return f"just{KEEP}now"
    if seconds < HOUR:
        return f"{counted(int(seconds // MINUTE), 'minute')} ago"
    if days == 0:
        return f"{counted(int(seconds // HOUR), 'hour')} ago"
    if days == 1:
        return "yesterday"
    return f"{counted(days, 'day')} ago" if days < WEEK_DAYS else day(at)


def number(value: float, decimals: int = 0) -> str:
    """4,812 and 1.2"""
    return f"{value:,.{decimals}f}"


def size(size_bytes: int) -> str:
    """640 B, 82 KB, 1.2 MB, 1.5 GB (thousands of 1,000)."""
    return words.size(size_bytes).replace(",", ".")


def of(done: int, whole: int) -> str:
    """1 of 2"""
    return f"{done}{KEEP}of{KEEP}{whole}"
