"""Announcements: published for a while, shown where their readers come in, withdrawn, never rewritten, on record."""

import json

import pytest
from sqlalchemy import select

from models.announcement import Announcement
from models.audit import AuditEvent
from models.base import db

pytestmark = pytest.mark.database

PAGE = "/quan-tri/thong-bao/"
SAID = {
    "title": "Hệ thống nghỉ bảo trì",
    "body": "Từ 22 giờ đến 23 giờ.\r\n\r\nBài đang soạn được giữ nguyên.",
    "readers": "everyone",
    "since": "2021-05-17T08:00",
    "until": "2021-05-18T23:59",
}


@pytest.fixture
def son(cast, client, clock_at):
    clock_at("2021-05-17 08:30")
    visitor = client.as_(cast.son)
    visitor.read_token(PAGE)
    return visitor


def acts() -> list[tuple[str, str]]:
    db.session.rollback()
    found = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action.like("announcement:%")).order_by(AuditEvent.id)
    )
    return [(event.action, json.loads(event.payload)["title"]) for event in found]


def test_it_is_shown_to_unit_and_department_until_it_is_over(son, cast, client, clock_at):
    assert son.send(f"{PAGE}dang", **SAID).status_code == 303

    for visitor, page in ((son, "/quan-tri/"), (client.as_(cast.lan), "/don-vi/")):
        shown = visitor.get(page).text
        assert "Hệ thống nghỉ bảo trì" in shown
        assert "<p>Bài đang soạn được giữ nguyên.</p>" in shown
    assert "Đang hiện" in son.get(PAGE).text
    clock_at("2021-05-18 23:59")
    assert "Hệ thống nghỉ bảo trì" not in son.get("/quan-tri/").text
    assert "Đã hết hạn" in son.get(PAGE).text
    assert acts() == [("announcement:publish", "Hệ thống nghỉ bảo trì")]


@pytest.mark.parametrize(("readers", "sees"), [("units", "lan"), ("department", "son")])
def test_only_its_readers_see_it(son, cast, client, readers, sees):
    son.send(f"{PAGE}dang", **{**SAID, "readers": readers})

    pages = {"son": son.get("/quan-tri/").text, "lan": client.as_(cast.lan).get("/don-vi/").text}

    assert [who for who, page in pages.items() if SAID["title"] in page] == [sees]


def test_one_that_was_wrong_is_withdrawn_once_and_stays_on_record(son):
    son.send(f"{PAGE}dang", **SAID)
    made = db.session.scalars(select(Announcement)).one()

    for _ in range(2):
        son.send(f"{PAGE}{made.id}/rut")

    assert SAID["title"] not in son.get("/quan-tri/").text
    assert "Đã rút" in son.get(PAGE).text
    assert acts() == [("announcement:publish", SAID["title"]), ("announcement:withdraw", SAID["title"])]
    assert son.send(f"{PAGE}999/rut").status_code == 303


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "Vui lòng nhập tiêu đề."),
        ({"body": "x" * 2001}, "nội dung không quá 2000 ký tự"),
        ({"readers": "public"}, "Vui lòng chọn người đọc."),
        ({"until": "2021-05-17T07:00"}, "Ngày kết thúc phải sau ngày bắt đầu."),
        ({"since": "2021-05-16T07:00", "until": "2021-05-16T09:00"}, "hết hạn trước khi đăng"),
        ({"since": "hôm nay"}, ""),
    ],
)
def test_what_is_missing_or_crossed_is_told_and_nothing_is_shown(son, wrong, says):
    answer = son.send(f"{PAGE}dang", **{**SAID, **wrong})

    assert answer.status_code == 303
    assert says in son.get(PAGE).text
    assert db.session.scalars(select(Announcement)).all() == []


def test_who_may_not_write_reads_only(son, cast, client):
    khang = client.as_(cast.khang)

    assert 'action="/quan-tri/thong-bao/dang"' not in khang.get(PAGE).text
    khang.send(f"{PAGE}dang", **SAID)

    assert db.session.scalars(select(Announcement)).all() == []


def test_its_words_are_shown_as_words(son):
    son.send(f"{PAGE}dang", **{**SAID, "title": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in son.get("/quan-tri/").text
