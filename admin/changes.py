"""What an event of the trail put in the place of what, name by name, as people say it."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from workflow import clock
from workflow.engine.errors import N_
from workflow.wording import CONSENTS, KINDS, LANGUAGES, PACES, SEATS, UNIT_KINDS

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

NAMES = {
    "answer": N_("Trả lời"), "kind": N_("Thể loại"), "unit": N_("Đơn vị"), "period": N_("Kỳ"), "code": N_("Mã bài"),
    "section": N_("Chuyên mục"), "pace": N_("Cách nhận thư"),
    "unit.code": N_("Mã"), "unit.name": N_("Tên đầy đủ"), "unit.kind": N_("Loại"), "short_name": N_("Tên ngắn"),
    "admin_unit": N_("Địa bàn"), "admin_kind": N_("Cấp hành chính"), "gso_code": N_("Mã thống kê"),
    "valid_from": N_("Từ ngày"), "valid_to": N_("Đến ngày"), "successor_codes": N_("Đơn vị kế thừa"),
    "aliases": N_("Tên gọi khác"), "note": N_("Ghi chú"), "sort_key": N_("Khóa sắp xếp"),
    "category.code": N_("Mã chuyên mục"), "name_vi": N_("Tên tiếng Việt"), "name_en": N_("Tên tiếng Anh"),
    "description_vi": N_("Mô tả"), "sort": N_("Thứ tự"),
    "directive.code": N_("Mã văn bản"), "directive.title": N_("Tên văn bản"), "quota": N_("Chỉ tiêu"),
    "deadline_day": N_("Hạn gửi: trước ngày"), "closing_day": N_("Chốt kỳ: ngày"),
    "counting_kinds": N_("Thể loại được tính"), "reminder_days": N_("Nhắc trước ngày cuối (số ngày)"),
    "seats": N_("Cơ cấu"),
    "title": N_("Chức vụ"), "workplace": N_("Nơi công tác"), "role_in_committee": N_("Vai trò trong Ban"),
    "phone": N_("Điện thoại"),
}  # fmt: skip
"""What a page calls a thing that an event changed; with its noun in front where the same word means two things."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "answer": CONSENTS, "kind": {**KINDS, **UNIT_KINDS}, "counting_kinds": KINDS, "pace": PACES, "seats": SEATS,
    "language": LANGUAGES,
}  # fmt: skip
"""Codes that have words, by what they say."""


def changed(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, before, after) of each thing that an event changed."""
    before, after = payload.get("before"), payload.get("after")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return []
    noun = str(payload.get("action", "")).partition(":")[0]
    return [
        (gettext(NAMES.get(f"{noun}.{name}") or NAMES.get(name, name)), *(_said(name, each) for each in pair))
        for name, value in after.items()
        if (pair := (before.get(name), value))[0] != value
    ]


def said(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same for the page of one event, that of an act without names too."""
    if named := changed(payload):
        return [{"name": name, "before": was, "after": now} for name, was, now in named]
    before, after = payload.get("before"), payload.get("after")
    if after is None or isinstance(after, Mapping):
        return []
    what = str(payload.get("action", "")).partition(":")[2]
    pair = {"before": before and _one(what, before), "after": _one(what, after)}
    return [{"name": gettext("Trước, sau"), **pair}]


def _said(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return gettext("chưa có câu trả lời") if name == "answer" else gettext("chưa có")
    if isinstance(value, Mapping):
        return ", ".join(f"{_one(name, each)}: {_one(name, many)}" for each, many in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_one(name, each) for each in value)
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    words = WORDS.get(name, {})
    if isinstance(value, str):
        if value in words:
            return str(gettext(words[value]))
        # What people typed may look like a day and be none.
        with suppress(ValueError, OverflowError):
            if INSTANT.fullmatch(value):
                return instant(value)
            if DAY.fullmatch(value):
                return f"{date.fromisoformat(value):%d/%m/%Y}"
    return str(value)


def instant(written: str) -> str:
    """As the trail writes it -> 00:01:00, 20/05/2021."""
    return f"{datetime.fromisoformat(written).astimezone(clock.ZONE):%H:%M:%S, %d/%m/%Y}"
