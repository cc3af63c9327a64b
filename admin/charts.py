"""What the first page draws: columns, shares and rankings, as look/parts/charts.html takes them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_decimal, get_locale, gettext

from models.vocabulary import MonthStatus, Phase
from workflow.engine.errors import N_
from workflow.queries.standings import Standing
from workflow.rules.zone import local_day

UNSEEN_DAYS = 30
UNSEEN_SHOWN = 6

AXIS_MONTHS = (
    N_("T1"), N_("T2"), N_("T3"), N_("T4"), N_("T5"), N_("T6"),
    N_("T7"), N_("T8"), N_("T9"), N_("T10"), N_("T11"), N_("T12"),
)  # fmt: skip
"""As short as the head of a narrow column."""


def axis_month(number: int) -> str:
    """5 -> T5, May"""
    said: str = gettext(AXIS_MONTHS[number - 1])
    return said


def received(month: Any, figures: Mapping[str, Any], *, now: datetime) -> list[dict[str, Any]]:
    """One column a day from the opening to today, or to the closing when that has passed."""
    first = local_day(month.opens_at)
    last = local_day(min(now, month.closes_at))
    count = max((last - first).days + 1, 1)
    found: Mapping[str, int] = figures["days"]
    days: list[date] = [first + timedelta(days=offset) for offset in range(count)]
    return [
        {"label": f"{day:%d/%m}", "value": found.get(day.isoformat(), 0), "says": f"{day:%d/%m/%Y}"}
        for day in days
    ]


def places(month: Any, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How many pieces of the month stand in each phase."""
    return [
        {"state": phase.value, "count": figures["phases"].get(phase, 0),
         "url": url_for("desk_pieces.index", **{"trang-thai": phase.value, "ky": _code(month)})}
        for phase in Phase
    ]  # fmt: skip


def sections(month: Any, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How many pieces of the month each section has, by its name in the reader's language."""
    own = "name_en" if str(get_locale()) == "en" else "name"
    return [
        {
            "label": each[own] if each["code"] else gettext("Chưa chọn chuyên mục"),
            "value": each["value"],
            "url": url_for("desk_pieces.index", **{"muc": each["code"], "ky": _code(month)})
            if each["code"]
            else "",
        }
        for each in figures["sections"]
    ]


def on_time(opened: Sequence[Any], rows: Sequence[Standing], *, now: datetime) -> list[dict[str, Any]]:
    """Per month past its deadline: of a hundred units that were bound, how many met the quota in time."""
    drawn = []
    bound = Counter(row.period_id for row in rows if row.status is not MonthStatus.EXEMPT)
    in_time = Counter(row.period_id for row in rows if row.status is MonthStatus.ON_TIME)
    for month in opened:
        if now < month.deadline_at or not bound[month.id]:
            continue
        met = in_time[month.id]
        share = round(100 * met / bound[month.id])
        drawn.append({
            "label": axis_month(month.month),
            "value": share,
            "shows": f"{share}%",
            "says": gettext("Tháng %(month)s/%(year)s: %(met)s trên %(all)s đơn vị",
                            month=month.month, year=month.year, met=met, all=bound[month.id]),
        })  # fmt: skip
    return drawn


def pace(opened: Sequence[Any], found: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The median days from receipt to the public page, month by month."""
    return [_pace_of(month, found[month.id]) for month in opened if month.id in found]


def _pace_of(month: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    median = round(told["median"], 1)
    return {
        "label": axis_month(month.month),
        "value": median,
        "shows": format_decimal(median),
        "says": gettext("Tháng %(month)s/%(year)s, %(n)s bài đã đăng, lâu nhất %(longest)s ngày",
                        month=month.month, year=month.year, n=told["published"],
                        longest=format_decimal(round(told["longest"], 1))),
    }  # fmt: skip


def unseen(month: Any, rows: Sequence[Standing], *, now: datetime) -> list[dict[str, Any]]:
    """Units that owe something this month and have sent nothing for long, the longest first."""
    newest: dict[str, datetime] = {}
    for row in rows:
        if row.last_sent_at is not None:
            newest[row.code] = max(row.last_sent_at, newest.get(row.code, row.last_sent_at))
    today = [row for row in rows if row.period_id == month.id and row.status is not MonthStatus.EXEMPT]
    long = [row for row in today if row.code not in newest or (now - newest[row.code]).days >= UNSEEN_DAYS]
    long.sort(key=lambda row: (row.code in newest, newest.get(row.code, now)))
    return [
        {
            "name": row.short_name,
            "since": newest.get(row.code),
            "url": url_for("desk_unit_months.unit_month", period_id=month.id, code=row.code),
        }
        for row in long[:UNSEEN_SHOWN]
    ]


def _code(month: Any) -> str:
    return f"{month.year}-{month.month:02d}"
