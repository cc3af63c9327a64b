"""How letters write days, hours, spans and numbers, in Vietnamese and in English.

Each function takes what the rest of the program holds (dates, aware instants in whatever zone, whole numbers)
and gives what a clerk would write. Instants are shown in Asia/Ho_Chi_Minh. The Vietnamese forms are those of
Decree 30/2020: days below 10 and the months 1 and 2 get a leading zero, small numbers are written `01`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeGuard, overload

from workflow.rules.zone import ZONE

SHORT_TITLE_CHARACTERS = 60

WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "news": "Tin",
        "article": "Bài",
        "video": "Video",
        "material": "Tư liệu",
        "leader": "lãnh đạo",
        "specialist": "chuyên viên",
        "teacher": "giáo viên hoặc cán bộ quản lý",
        "piece": "bài",
        "pictures": "ảnh của bài",
    },
    "en": {
        "news": "News",
        "article": "Article",
        "video": "Video",
        "material": "Material",
        "leader": "leader",
        "specialist": "specialist",
        "teacher": "teacher or school manager",
        "piece": "item",
        "pictures": "pictures of the item",
    },
}
"""The codes that letters spell out: kinds of piece, kinds of seat, and what was taken down."""

# fmt: off
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


@overload
def local(when: datetime) -> datetime: ...
@overload
def local(when: date) -> date: ...
def local(when: date) -> date:
    """A date as it is; an aware instant as people here see it. A naive one raises ValueError."""
    if not isinstance(when, datetime):
        return when
    if when.tzinfo is None:
        raise ValueError(f"{when!r} has no zone; letters are told aware instants only")
    return when.astimezone(ZONE)


def last_minute(deadline: datetime) -> datetime:
    """The last whole minute before a deadline, which itself is already too late. 20/5 00:00 → 19/5 23:59."""
    return deadline - timedelta(minutes=1)


def short(title: str) -> str:
    """A title cut at a word to fit the subject of a letter, with an ellipsis when anything was left out."""
    if len(title) <= SHORT_TITLE_CHARACTERS:
        return title
    cut = title[:SHORT_TITLE_CHARACTERS]
    at_a_word = cut.rpartition(" ")[0] or cut[:-1]
    return at_a_word.rstrip(" ,;:-–") + "…"


def capital(words: str) -> str:
    """The words as they begin a sentence: `huyện Kỳ Anh` → `Huyện Kỳ Anh`."""
    return words[:1].upper() + words[1:]


def whole(number: int) -> int:
    """The number, if a letter may say it: one below zero means that the caller counted wrong."""
    if number < 0:
        raise ValueError(f"a letter cannot say {number}")
    return number


# --- Vietnamese ---


def vi_count(number: int) -> str:
    """2 → `02`, 12 → `12`."""
    return f"{whole(number):02d}"


def vi_day(when: date) -> str:
    """`19/5/2021`, `05/02/2021`."""
    day = local(when)
    return f"{day.day:02d}/{vi_month(day)}"


def vi_month(when: date) -> str:
    """`5/2021`, `02/2021`."""
    day = local(when)
    return f"{day.month:02d}/{day.year}" if day.month <= 2 else f"{day.month}/{day.year}"


def vi_clock(when: datetime) -> str:
    """`23 giờ 59 phút`."""
    return f"{local(when):%H giờ %M phút}"


def vi_moment(when: datetime) -> str:
    """`23 giờ 59 phút ngày 19/5/2021`."""
    return f"{vi_clock(when)} ngày {vi_day(when)}"


def vi_until(when: date) -> str:
    """What stands after “trước”: `ngày 20/5/2021`, or with the hour when it is not midnight."""
    return vi_moment(when) if has_an_hour(when) else f"ngày {vi_day(when)}"


def vi_span(seconds: int) -> str:
    """`03 phút`, `02 giờ 05 phút`, `01 ngày 03 giờ`: the two largest parts, rounded down."""
    parts = [f"{amount:02d} {unit}" for amount, unit in parts_of(seconds, "ngày", "giờ", "phút")]
    return " ".join(parts) or "chưa đầy 01 phút"


# --- English ---


def en_count(number: int, noun: str | None = None, nouns: str = "") -> str:
    """`2`, and with a noun `1 item`, `2 items`; `nouns` is the plural that takes more than an s."""
    if noun is None:
        return str(whole(number))
    return f"{whole(number)} {noun}" if number == 1 else f"{whole(number)} {nouns or noun + 's'}"


def en_day(when: date) -> str:
    """`19 May 2021`."""
    return f"{local(when).day} {en_month(when)}"


def en_month(when: date) -> str:
    """`May 2021`. Not strftime's %B, which follows the locale of the server."""
    day = local(when)
    return f"{ENGLISH_MONTHS[day.month - 1]} {day.year}"


def en_clock(when: datetime) -> str:
    """`23:59`."""
    return f"{local(when):%H:%M}"


def en_moment(when: datetime) -> str:
    """`23:59 on 19 May 2021`."""
    return f"{en_clock(when)} on {en_day(when)}"


def en_until(when: date) -> str:
    """What stands after “before”: `20 May 2021`, or with the hour when it is not midnight."""
    return en_moment(when) if has_an_hour(when) else en_day(when)


def en_span(seconds: int) -> str:
    """`3 minutes`, `2 hours 5 minutes`: the two largest parts, rounded down."""
    parts = [en_count(amount, unit) for amount, unit in parts_of(seconds, "day", "hour", "minute")]
    return " ".join(parts) or "less than a minute"


def has_an_hour(when: date) -> TypeGuard[datetime]:
    """Whether it is an instant other than a midnight here."""
    return isinstance(when, datetime) and local(when).time() != time()


def parts_of(seconds: int, day: str, hour: str, minute: str) -> list[tuple[int, str]]:
    """The two largest parts of a span that are not nothing, largest first."""
    minutes = whole(seconds) // 60
    amounts = (minutes // 1440, day), (minutes // 60 % 24, hour), (minutes % 60, minute)
    return [(amount, unit) for amount, unit in amounts if amount][:2]


FORMS: Mapping[str, Mapping[str, Callable[..., object]]] = {
    language: {
        "last_minute": last_minute,
        "short": short,
        "capital": capital,
        "word": WORDS[language].__getitem__,
        "count": count,
        "day": day,
        "month": month,
        "moment": moment,
        "until": until,
        "span": span,
    }
    for language, count, day, month, moment, until, span in (
        ("vi", vi_count, vi_day, vi_month, vi_moment, vi_until, vi_span),
        ("en", en_count, en_day, en_month, en_moment, en_until, en_span),
    )
}
"""What the letters' templates may call, by language: `{{ received_at|moment }}`."""
