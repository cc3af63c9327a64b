"""Dates, times and numbers as Vietnamese readers expect them on a screen. Pure: no clock, no web, no database.

Instants come in aware (any zone) and are shown in Asia/Ho_Chi_Minh; a `date` is shown as it is. A naive instant is
a ValueError, because nobody can know which day it belongs to. What must not be torn apart at a line end ("3 ngày",
"thứ Sáu 19/11") is held together by no-break spaces. Letters and official documents write dates their own way.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
KEEP = "\u00a0"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WEEK_DAYS = 7
MINUTE, HOUR, DAY = 60, 3600, 86400


def local(at: datetime) -> datetime:
    """The instant on the wall clock of Hà Tĩnh."""
    if at.tzinfo is None:
        raise ValueError(f"an instant without a zone: {at.isoformat()}")
    return at.astimezone(ZONE)


def local_day(when: date | datetime) -> date:
    return local(when).date() if isinstance(when, datetime) else when


def day(when: date | datetime) -> str:
    """19/11/2021"""
    return f"{local_day(when):%d/%m/%Y}"


def day_month(when: date | datetime) -> str:
    """19/11"""
    return f"{local_day(when):%d/%m}"


def month(when: date | datetime) -> str:
    """11/2021, as in "kỳ tháng 11/2021"."""
    here = local_day(when)
    return f"{here.month}/{here.year}"


def weekday(when: date | datetime) -> str:
    """thứ Sáu 19/11"""
    here = local_day(when)
    return f"{WEEKDAYS[here.weekday()].replace(' ', KEEP)}{KEEP}{here:%d/%m}"


def long_day(when: date | datetime) -> str:
    """thứ Tư, 17/11/2021"""
    here = local_day(when)
    return f"{WEEKDAYS[here.weekday()].replace(' ', KEEP)}, {here:%d/%m/%Y}"


def clock_time(at: datetime) -> str:
    """08:30"""
    return f"{local(at):%H:%M}"


def moment(at: datetime, now: datetime | None = None) -> str:
    """When something happened, as short as the reader's today allows.

    Same day: 07:52 hôm nay. Day before: 17:15 hôm qua. Same year: 16/11, 08:55.
    Another year, or no `now` given: 16/11/2020, 08:55.
    """
    here = local(at)
    today = local(now).date() if now else None
    # Cut from one text: a list says dozens of moments, and each format of its own costs as much again.
    said = here.isoformat()
    hour, day_of_year, year = said[11:16], f"{said[8:10]}/{said[5:7]}", said[:4]
    if today == here.date():
        return f"{hour}{KEEP}hôm{KEEP}nay"
    if today and today - here.date() == timedelta(days=1):
        return f"{hour}{KEEP}hôm{KEEP}qua"
    if today and today.year == here.year:
        return f"{day_of_year},{KEEP}{hour}"
    return f"{day_of_year}/{year},{KEEP}{hour}"


def last_day(deadline: datetime) -> date:
    """The last day that still counts: a deadline at 20/11 00:00 is "hết thứ Sáu 19/11"."""
    return (local(deadline) - timedelta(microseconds=1)).date()


def until(deadline: datetime) -> str:
    """hết thứ Sáu 19/11; a deadline within a day 17:00 thứ Sáu 19/11."""
    if local(deadline).time() == time.min:
        return f"hết {weekday(last_day(deadline))}"
    return f"{clock_time(deadline)} {weekday(deadline)}"


def day_input(when: date | datetime) -> str:
    """2021-11-19, as a form's field takes it."""
    return local_day(when).isoformat()


def days_left(deadline: datetime, now: datetime) -> int:
    """Days from today to the last day, as letters count (R5): 0 on the last day itself, negative after it."""
    return (last_day(deadline) - local(now).date()).days


def span(length: timedelta) -> str:
    """A length of time in words: 9 giờ 12 phút; 3 ngày from two days on; below a minute "chưa đầy 1 phút"."""
    seconds = int(length.total_seconds())
    if seconds < MINUTE:
        return f"chưa đầy 1{KEEP}phút"
    hours, minutes = divmod(seconds // MINUTE, 60)
    if seconds >= 2 * DAY:
        return f"{seconds // DAY}{KEEP}ngày"
    if not hours:
        return f"{minutes}{KEEP}phút"
    return f"{hours}{KEEP}giờ" + (f" {minutes}{KEEP}phút" if minutes else "")


def days_between(since: datetime, until: datetime) -> int:
    """As a calendar counts: from Monday evening to Wednesday morning 2."""
    return (local(until).date() - local(since).date()).days


def waited(since: datetime, until: datetime) -> str:
    """How long something lay: 9 giờ 12 phút; from a day on in days of the calendar, as everywhere: 3 ngày."""
    length = until - since
    return span(length) if length < timedelta(days=1) else f"{days_between(since, until)}{KEEP}ngày"


def time_left(deadline: datetime, now: datetime) -> str:
    """còn 2 ngày; on the last day còn 9 giờ 12 phút; afterwards quá hạn 2 ngày, quá hạn 5 giờ 3 phút."""
    if now >= deadline:
        return f"quá hạn {span(now - deadline)}"
    left = days_left(deadline, now)
    return f"còn {left}{KEEP}ngày" if left else f"còn {span(deadline - now)}"


def ago(at: datetime, now: datetime) -> str:
    """vừa xong; 12 phút trước; 3 giờ trước; hôm qua; 4 ngày trước; after a week the day itself."""
    seconds = (now - at).total_seconds()
    days = days_between(at, now)
    if seconds < MINUTE:
        return f"vừa{KEEP}xong"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}{KEEP}phút trước"
    if days == 0:
        return f"{int(seconds // HOUR)}{KEEP}giờ trước"
    if days == 1:
        return f"hôm{KEEP}qua"
    return f"{days}{KEEP}ngày trước" if days < WEEK_DAYS else day(at)


def number(value: float, decimals: int = 0) -> str:
    """4.812 and 1,2: a point between thousands, a comma before decimals."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def size(size_bytes: int) -> str:
    """640 B, 82 KB, 1,2 MB, 1,5 GB (thousands of 1,000, as phones show them)."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6)):
        if size_bytes >= scale:
            return f"{number(size_bytes / scale, 1)}{KEEP}{unit}"
    return f"{number(size_bytes / 1000)}{KEEP}KB" if size_bytes >= 1000 else f"{size_bytes}{KEEP}B"


def of(done: int, whole: int) -> str:
    """1 trên 2"""
    return f"{done}{KEEP}trên{KEEP}{whole}"


def sentence_start(text: str) -> str:
    """The first letter large, the rest untouched ("thứ Tư, ..." at the head of a line)."""
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """The last two words of a Vietnamese name, as people here are told apart: Nguyễn Thị Minh Châu -> MC."""
    return "".join(word[0] for word in name.split()[-2:]).upper()


def digest_groups(digest: str, groups: int = 3) -> str:
    """The first groups of four of a digest, without its "sha256:" head: 9f2c 41ab 7e03."""
    plain = digest.rpartition(":")[2]
    return KEEP.join(plain[i : i + 4] for i in range(0, groups * 4, 4))


def along(at: datetime, start: datetime, end: datetime) -> float:
    """Where an instant lies on a line from start to end, in per cent, held inside the line; two decimals."""
    share = (at - start) / (end - start) if end > start else 0.0
    return round(100 * min(max(share, 0.0), 1.0), 2)
