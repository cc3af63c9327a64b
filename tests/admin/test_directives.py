"""A new directive: dated, from a day to come, with its reason; what is open keeps the one it began with."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.directive import Directive
from workflow import clock, committees, organisation
from workflow.engine.unit_of_work import change
from workflow.months import ensure_period

pytestmark = pytest.mark.database

PAGE = "/quan-tri/van-ban/"
RULE = {
    "code": "2021-sua-doi", "title": "Hướng dẫn sửa đổi (tháng 8/2021)", "valid_from": "2021-09-01",
    "deadline_day": "22", "closing_day": "27", "quota": "3", "counting_kinds": ["news", "article", "video"],
    "reminder_days": "5, 1, 0", "leader": "1", "specialist": "2", "teacher": "2",
    "reason": "Thực hiện kết luận giao ban",
}  # fmt: skip


@pytest.fixture
def mai(cast, client, clock_at):
    clock_at("2021-05-17 08:30")
    visitor = client.as_(cast.mai)
    visitor.read_token(f"{PAGE}moi")
    return visitor


def test_from_its_day_on_months_and_committees_follow_it_and_the_older_ones_do_not(mai, cast):
    with change():
        may = ensure_period(2021, 5)

    assert mai.send(f"{PAGE}moi", **RULE).headers["Location"] == PAGE

    old, new = db.session.scalars(select(Directive).order_by(Directive.valid_from)).all()
    assert (old.valid_to, new.valid_from, new.valid_to) == (date(2021, 9, 1), date(2021, 9, 1), None)
    with change():
        october = ensure_period(2021, 10)
        unit = organisation.by_code("h-ky-anh")
        committee = committees.found(unit, since=date(2021, 9, 2), by=None)
    assert (may.directive_id, may.quota) == (old.id, 2)
    assert (october.directive_id, october.quota, f"{october.deadline_at.astimezone(clock.ZONE):%d/%m}") == (
        new.id, 3, "22/10",
    )  # fmt: skip
    assert committee.directive_id == new.id
    assert [(seat.seat_kind, seat.slot) for seat in new.composition] == [
        ("leader", 1), ("specialist", 1), ("specialist", 2), ("teacher", 1), ("teacher", 2),
    ]  # fmt: skip
    assert "Hướng dẫn sửa đổi" in mai.get(PAGE).text


def test_it_is_on_record_with_its_reason_and_what_it_changed(mai, cast):
    mai.send(f"{PAGE}moi", **RULE)

    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "directive:lay_down")).one()
    told = json.loads(event.payload)
    assert (event.actor_id, told["reason"]) == (cast.mai.id, RULE["reason"])
    assert (told["before"]["quota"], told["after"]["quota"]) == (2, 3)
    assert (told["before"]["deadline_day"], told["after"]["deadline_day"]) == (20, 22)


def test_the_form_begins_as_the_newest_rule_stands(mai):
    page = mai.get(f"{PAGE}moi").text

    typed = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))
    assert [typed[name] for name in ("deadline_day", "closing_day", "quota", "reminder_days", "teacher")] == [
        "20", "25", "2", "7, 3, 0", "3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": " "}, "Vui lòng ghi lý do."),
        ({"code": ""}, "Vui lòng nhập mã văn bản."),
        ({"code": "2021-truyen-thong-gdmn"}, "Mã văn bản này đã có."),
        ({"valid_from": "2021-05-17"}, "Ngày hiệu lực phải sau 17/05/2021."),
        ({"valid_from": "2021-06-01"}, "Kỳ tháng 6/2021 đã mở theo văn bản cũ."),
        ({"deadline_day": "29"}, "ngày 1 đến 28"),
        ({"closing_day": "21"}, "ngày chốt không trước hạn gửi"),
        ({"quota": "-1"}, "Chỉ tiêu từ 0 đến 50"),
        ({"quota": "hai"}, "Số nguyên không hợp lệ."),
        ({"counting_kinds": []}, "ít nhất một thể loại"),
        ({"reminder_days": "7; 3"}, "cách nhau bằng dấu phẩy"),
        ({"reminder_days": "25"}, "Ngày nhắc là số ngày trước ngày cuối"),
        ({"leader": "0", "specialist": "0", "teacher": "0"}, "ít nhất một thành viên"),
        ({"teacher": "10"}, "Số thành viên mỗi vị trí từ 0 đến 9."),
    ],
)
def test_what_does_not_hold_together_is_told_and_changes_nothing(mai, wrong, says):
    with change():
        ensure_period(2021, 6)

    answer = mai.send(f"{PAGE}moi", **{**RULE, **wrong})

    assert answer.status_code == 422
    assert says in answer.text
    db.session.expire_all()
    assert [rule.valid_to for rule in db.session.scalars(select(Directive))] == [None]


def test_only_an_administrator_may(cast, client):
    son = client.as_(cast.son)

    assert son.get(f"{PAGE}moi").status_code == 403
    assert son.send(f"{PAGE}moi", **RULE).status_code == 403
    assert "Văn bản quy định mới" not in son.get(PAGE).text
