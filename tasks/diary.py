"""A deadline as a file for the reader's calendar (RFC 5545): the last day, and a bell at eight that morning. Pure.

One deadline of one unit keeps its UID, so that a letter about a moved deadline moves the entry instead of adding one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tasks.figures import FORMS, last_minute, local

WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "summary": "Hạn gửi tin, bài tháng {month}",
        "says": "{unit}: gửi {quota} tin, bài, chậm nhất {moment}. Gửi bài tại: {link}",
    },
    "en": {
        "summary": "Items for {month} are due",
        "says": "{unit}: send {quota} items, at the latest {moment}. Send at: {link}",
    },
}
LINE_BYTES = 75


@dataclass(frozen=True, kw_only=True)
class Deadline:
    uid: str
    """One of a kind for the unit and the month, with the domain of the house."""
    month: datetime
    unit: str
    quota: int
    deadline_at: datetime
    """The first instant that is late."""
    link: str
    written_at: datetime
    """Aware; the newer file of one UID wins."""


def entry(deadline: Deadline, language: str) -> str:
    """The whole file, its lines ended and folded as the standard wants."""
    last = local(last_minute(deadline.deadline_at))
    forms, words = FORMS[language], WORDS[language]
    told = {
        "month": forms["month"](deadline.month),
        "unit": deadline.unit,
        "quota": forms["count"](deadline.quota),
        "moment": forms["moment"](last),
        "link": deadline.link,
    }
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Toa Soan//han gui//VI",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{deadline.uid}",
        f"SEQUENCE:{int(deadline.written_at.timestamp()) // 60}",
        f"DTSTAMP:{deadline.written_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{last:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(words['summary'].format(**told))}",
        f"DESCRIPTION:{escaped(words['says'].format(**told))}",
        f"URL:{deadline.link}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:PT8H",
        f"DESCRIPTION:{escaped(words['summary'].format(**told))}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(folded(line) for line in lines)


def escaped(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 bytes a line, never within a letter; the next begins with a space."""
    rows, row = [], ""
    for letter in line:
        if len((row + letter).encode()) > LINE_BYTES:
            rows.append(row)
            row = " "
        row += letter
    return "\r\n".join([*rows, row]) + "\r\n"
