"""A cell of the matrix: how one unit stands in one month, and the four acts, each with a reason (R6)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.period import Exemption, Extension, Period, Reminder
from models.submission import Submission
from workflow import deadlines, reminders, submissions
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def told_of(account):
    """What is on record as done by somebody, oldest first."""
    mine = select(AuditEvent.action).where(AuditEvent.actor_id == account.id)
    return db.session.scalars(mine.order_by(AuditEvent.id)).all()


@pytest.fixture
def may(make):
    with change():
        return deadlines.ensure_period(2021, 5).id


def cell(period, code="h-can-loc"):
    return f"/quan-tri/don-vi-thang/{period}/{code}/"


def test_the_cell_says_how_the_unit_stands_and_what_it_sent(make, cast, client, may):
    make.submission(state="submitted", title="Bếp ăn một chiều")

    page = client.as_(cast.son).get(cell(may)).text

    assert "H. Can Lộc, kỳ tháng 5/2021" in page.replace("\xa0", " ")
    assert "Còn thiếu" in page
    assert "Bếp ăn một chiều" in page
    places = ("/quan-tri/", f"/quan-tri/ky/{may}/", "/quan-tri/don-vi/h-can-loc/")
    assert [f'href="{cell(may)}"' in client.as_(cast.son).get(place).text for place in places] == [True] * 3


def test_an_editor_reminds_extends_and_exempts_with_a_reason(make, cast, client, may):
    desk = client.as_(cast.son)
    desk.read_token(cell(may))

    desk.send(f"{cell(may)}nhac", reason="Còn thiếu hai bài.")
    desk.send(f"{cell(may)}gia-han", reason="Mưa lũ.", last_day="2021-05-23")
    said = desk.get(cell(may)).text.replace("\xa0", " ")
    assert "Đã gia hạn cho H. Can Lộc đến hết ngày 23/05/2021." in said
    assert "trở lại bản nháp" not in said
    # No letter is for it: the unit's own first page says until when, and why.
    told = client.as_(cast.binh).get("/don-vi/").text.replace("\xa0", " ")
    assert "Sở gia hạn gửi tin, bài tháng 5/2021 đến hết Chủ nhật 23/05.</b><p>Lý do: Mưa lũ.</p>" in told
    assert "Sở gia hạn" not in client.as_(cast.nga).get("/don-vi/").text
    desk.send(f"{cell(may)}mien", reason="Trường đóng cửa.")

    assert told_of(cast.son)[-3:] == ["period:remind", "period:extend", "period:exempt"]
    assert db.session.scalars(select(Reminder.occasion)).all() == ["t2@2021-05-17"]
    assert db.session.scalars(select(Extension.unit_id)).all() == [cast.can_loc.id]
    assert db.session.scalars(select(Exemption.reason)).all() == ["Trường đóng cửa."]
    page = desk.get(cell(may)).text.replace("\xa0", " ")
    assert "Gia hạn đến hết Chủ nhật 23/05" in page
    assert "Nhắc 2 ngày trước hạn, gửi thêm ngày 17/05" in page
    assert "Miễn chỉ tiêu" in page


def test_a_reminder_bears_the_day_it_went_out(cast, client, may, clock_at):
    clock_at("2021-05-12 08:00")
    reminders.remind(date(2021, 5, 12))

    page = client.as_(cast.son).get(cell(may)).text

    assert "Nhắc 7 ngày trước hạn, ngày 12/05" in page


def test_a_reminder_of_a_moved_deadline_bears_the_new_day_too(cast, client, may, clock_at):
    until = clock_at("2021-05-25 00:00")
    clock_at("2021-05-17 08:00")
    deadlines.extend(db.session.get(Period, may), unit=cast.can_loc, until=until, reason="Lũ.", by=cast.son)
    reminders.remind(date(2021, 5, 17))

    page = client.as_(cast.son).get(cell(may)).text

    assert "Nhắc 7 ngày trước hạn (hạn mới 24/05), ngày 17/05" in page.replace("\xa0", " ")


def test_the_late_pieces_of_a_cell_are_excused_with_one_reason(make, cast, client, may, clock_at):
    late = [make.submission(), make.submission()]
    clock_at("2021-05-20 09:00")
    for piece in late:
        submissions.submit(piece.id, by=cast.binh)
    desk = client.as_(cast.son)
    desk.read_token(cell(may))
    assert "Áp dụng cho 2 bài gửi muộn" in desk.get(cell(may)).text

    desk.send(f"{cell(may)}mien-muon", reason="Mất điện cả huyện.")

    db.session.expire_all()
    assert [db.session.get_one(Submission, piece.id).excused_reason for piece in late] == 2 * [
        "Mất điện cả huyện."
    ]
    assert told_of(cast.son)[-2:] == 2 * ["submission:excuse"]
    page = desk.get(cell(may)).text
    assert "mien-muon" not in page
    assert "verdict-excused" in desk.get("/quan-tri/").text


def test_nothing_is_done_without_a_reason_and_it_says_so(make, cast, client, may):
    desk = client.as_(cast.son)
    desk.read_token(cell(may))

    for act in ("nhac", "gia-han", "mien", "mien-muon"):
        desk.send(f"{cell(may)}{act}", reason=" ", last_day="2021-05-23")

    assert db.session.scalars(select(Reminder.id)).all() == []
    assert db.session.scalars(select(Extension.id)).all() == []
    assert "Vui lòng ghi lý do." in desk.get(cell(may)).text


def test_who_only_reads_sees_no_acts_and_is_refused(cast, client, may):
    inspector = client.as_(cast.khang)

    assert "reason-box" not in inspector.get(cell(may)).text
    inspector.send(f"{cell(may)}mien", reason="Thử.")
    inspector.send(f"/quan-tri/don-vi-thang/{may}/nhac", reason="Thử.")

    assert db.session.scalars(select(Exemption.id)).all() == []
    assert db.session.scalars(select(Reminder.id)).all() == []


def test_a_month_or_a_unit_that_is_not_there_is_not_found(cast, client, may):
    son = client.as_(cast.son)

    assert son.get(cell(999)).status_code == 404
    assert son.get(cell(may, "khong-co")).status_code == 404
    assert son.get("/quan-tri/don-vi-thang/").status_code == 303


@pytest.mark.parametrize(
    ("at", "says"), [("2021-05-17 09:00", "Còn thiếu 2"), ("2021-05-20 09:00", "Chưa gửi")]
)
def test_r6_before_the_deadline_a_unit_has_missed_nothing(make, cast, client, clock_at, may, at, says):
    make.submission()
    clock_at(at)
    mai = client.as_(cast.mai)
    pages = [mai.get(place).text for place in (cell(may), "/quan-tri/don-vi/h-can-loc/")]

    assert [says in page for page in pages] == [True, True]
    verdict = re.compile(r'(?:sign-bad|keep)">(?:<svg.*?</svg>)?Chưa gửi<', re.S)
    assert [bool(verdict.search(page)) for page in pages] == [says == "Chưa gửi"] * 2
