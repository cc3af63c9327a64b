"""The letters that count, warn and hand over: who gets them, what they say, and that none goes without a cause."""

from datetime import date

import pytest
from passlib.totp import TOTP
from sqlalchemy import select

from models.attachment import Attachment
from models.base import db
from models.outbox import Letter
from models.vocabulary import Consent, SeatKind
from tests.factories import picture
from workflow import (
    accounts,
    calendar_days,
    code_apps,
    committees,
    deadlines,
    nudges,
    organisation,
    second_step,
    submissions,
    writing,
)
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


@pytest.fixture
def sent(work):
    """The letters of one kind after the post has gone, by address."""

    def letters(kind):
        work()
        return {one.to_address: one for one in db.session.scalars(select(Letter).where(Letter.kind == kind))}

    return letters


def to(letters):
    return sorted(address.partition("@")[0] for address in letters)


def picture_of(piece):
    return db.session.scalars(select(Attachment.id).where(Attachment.submission_id == piece.id)).one()


def test_r8_who_sent_a_piece_is_asked_for_the_consent_it_lacks(make, cast, sent, put, broker):
    new = [
        writing.NewFile("giao-an.pdf", b"%PDF-1.7\n" + bytes(64)),
        writing.NewFile("anh.jpg", picture(), "Ảnh 1. Bé tưới rau.", consent=Consent.UNKNOWN),
        writing.NewFile("vuon-rau.jpg", picture("navy"), "Ảnh 2.", consent=Consent.UNKNOWN),
    ]
    piece = make.submission(state="submitted", new=new)
    put("letter:missing_consent", "consent:1", submission=piece.id, on="2021-05-17")

    letters = sent("missing_consent")

    assert to(letters) == ["binh"]
    text = letters["binh@example.edu.vn"].text
    assert "có 02 ảnh, video chưa có xác nhận đồng ý" in text
    assert "- Ảnh 2. Bé tưới rau.\n- Ảnh 3. vuon-rau.jpg\n" in text
    assert "trước ngày 19/5/2021" in text


def test_r8_a_piece_whose_pictures_are_answered_by_now_asks_for_nothing(make, sent, put, broker):
    piece = make.submission(state="submitted", with_picture=True)
    put("letter:missing_consent", "consent:1", submission=piece.id, on="2021-05-17")

    assert sent("missing_consent") == {}


def test_r8_a_consent_taken_back_from_a_public_page_calls_the_department(make, cast, sent, broker):
    piece = make.submission(state="published", with_picture=True)
    writing.answer(piece.id, picture_of(piece), Consent.NO, by=cast.binh, note="Mẹ cháu gọi điện.")

    letters = sent("consent_withdrawn")

    assert to(letters) == ["binh", "ha", "lan", "ly", "minh", "son"]
    said = letters["minh@example.edu.vn"]
    assert said.subject.startswith("[Khẩn] Yêu cầu gỡ hình ảnh trẻ - Bếp ăn một chiều số 1 - phản hồi trước ")
    assert "lúc 08 giờ 30 phút ngày 17/5/2021" in said.text
    assert "trước 08 giờ 30 phút ngày 19/5/2021 (02 ngày làm việc" in said.text
    assert f"/quan-tri/bai/{piece.id}/" in said.text
    assert f"/don-vi/bai/{piece.code}" in letters["lan@example.edu.vn"].text


def test_r8_a_consent_taken_back_before_publication_is_a_guard_and_no_alarm(make, cast, sent, broker):
    piece = make.submission(state="submitted", with_picture=True)
    writing.answer(piece.id, picture_of(piece), Consent.NO, by=cast.binh)

    assert sent("consent_withdrawn") == {}


def test_r6_the_leader_is_told_what_is_missing_and_for_how_many_months(
    make, cast, sent, put, clock_at, broker
):
    leader = accounts.add("truong.phong@example.edu.vn", full_name="Nguyễn Thị Mai", by=None)
    committees.seat(
        committees.in_force(cast.can_loc), leader, SeatKind.LEADER, by=None, since=date(2021, 4, 1)
    )
    with change():
        deadlines.ensure_period(2021, 4)
        may = deadlines.ensure_period(2021, 5)
    late = make.submission()
    clock_at("2021-05-21 09:00")
    submissions.submit(late.id, by=cast.binh)
    clock_at("2021-05-25 08:00")
    put("letter:quota_shortfall", "short:1", unit=cast.can_loc.id, period=may.id)

    letters = sent("quota_shortfall")

    assert to(letters) == ["ly", "minh", "truong.phong"]
    text = letters["truong.phong@example.edu.vn"].text
    assert "- Đã gửi đúng hạn: 00; gửi muộn: 01; không tính (trùng lặp, tư liệu): 00\n- Còn thiếu: 01" in text
    assert "- Số tháng liên tiếp chưa đạt: 02" in text


def test_a_unit_that_has_met_its_quota_meanwhile_gets_no_shortfall(make, cast, sent, put, broker):
    for _ in range(2):
        piece = make.submission(state="submitted")
    put("letter:quota_shortfall", "short:1", unit=cast.can_loc.id, period=piece.period_id)

    assert sent("quota_shortfall") == {}


def test_the_specialists_monday_letter_counts_the_week_and_what_waits(
    make, cast, sent, put, clock_at, broker
):
    make.submission(state="published")
    make.submission(state="edited")
    make.submission(state="submitted", with_picture=True, consent=Consent.UNKNOWN)
    clock_at("2021-05-24 07:30")
    put("letter:weekly_digest", "week:1", on="2021-05-24")

    letters = sent("weekly_digest")

    assert to(letters) == ["ha", "ly", "minh", "son"]
    said = letters["son@example.edu.vn"]
    assert said.subject == "[Tổng hợp] Tuần 20: 3 nhận, 1 chờ biên tập, 1 chờ duyệt"
    assert "- Nhận mới: 03 (tin 03, bài 00, video 00); đăng: 01\n" in said.text
    assert "biên tập 01 (lâu nhất 07 ngày), phê duyệt 01, bổ sung xác nhận hình ảnh 01" in said.text
    assert "- Kỳ 5/2021: 01/03 đơn vị đủ chỉ tiêu\n- Đơn vị chưa gửi: TX Kỳ Anh, H. Kỳ Anh\n" in said.text
    assert "Địa chỉ thư không gửi được" not in said.text


def test_a_week_without_a_working_day_is_told_in_the_next_letter_with_the_week_before_it(
    make, cast, sent, clock_at, broker
):
    for day in range(24, 29):
        calendar_days.mark(date(2021, 5, day), is_working=False, reason="Nghỉ bù.", by=cast.son)
    make.submission(state="published")
    written = [nudges.write_weekly_digest(date(2021, 5, day))["sent"] for day in range(24, 31)]
    clock_at("2021-05-31 07:30")
    nudges.write_weekly_digest(date(2021, 5, 31))

    said = sent("weekly_digest")["son@example.edu.vn"]

    assert written == [0] * 7
    assert said.subject == "[Tổng hợp] Tuần 20–21: 1 nhận, 0 chờ biên tập, 0 chờ duyệt"
    assert "Từ 17/5/2021 đến 30/5/2021:\n- Nhận mới: 01 (tin 01, bài 00, video 00); đăng: 01\n" in said.text


def test_r12_a_unit_that_ends_tells_its_committee_and_those_that_take_over(cast, sent, clock_at, broker):
    clock_at("2021-05-17 08:30")
    unit = cast.can_loc
    ended = organisation.UnitDescription(
        code=unit.code, name=unit.name, kind=unit.kind, valid_from=unit.valid_from, admin_unit=unit.admin_unit,
        admin_kind=unit.admin_kind, valid_to=date(2021, 7, 1), successor_codes=[cast.town_ky_anh.code],
    )  # fmt: skip
    organisation.save_unit(ended, by=cast.mai)
    organisation.save_unit(ended, by=cast.mai)

    letters = sent("unit_succession")

    assert to(letters) == ["binh", "nga"]
    said = letters["nga@example.edu.vn"]
    assert said.subject.startswith("[Hệ thống] Huyện Can Lộc kết thúc hoạt động từ 01/7/2021 - ")
    assert f"được gửi theo đơn vị tiếp nhận: {cast.town_ky_anh.name}." in said.text
    assert "lập danh sách mới trước ngày 08/7/2021" in said.text


def test_letters_about_a_piece_stand_in_its_thread_also_those_that_name_it_inside(make, sent, broker):
    piece = make.submission(state="edited")

    assert {letter.code for letter in sent("awaiting_approval").values()} == {piece.code}


def test_whoever_adds_removes_or_resets_a_second_step_its_person_hears_of_it_at_once(cast, work, broker):
    for account in (cast.binh, cast.son):
        phone = TOTP.from_uri(code_apps.propose(account))
        code_apps.confirm(account, phone.generate().token)
    code_apps.remove(cast.binh)
    second_step.start_over(cast.son, by=cast.mai)

    work()

    letters = db.session.scalars(select(Letter).where(Letter.kind == "second_step").order_by(Letter.id)).all()
    assert sorted((one.to_address, one.subject) for one in letters) == [
        ("binh@example.edu.vn", "[Hệ thống] Đã bỏ một cách xác thực hai bước"),
        ("binh@example.edu.vn", "[Hệ thống] Đã thêm một cách xác thực hai bước"),
        ("son@example.edu.vn", "[Hệ thống] Đã thêm một cách xác thực hai bước"),
        ("son@example.edu.vn", "[Hệ thống] Đã đặt lại xác thực hai bước"),
    ]
    assert {one.state for one in letters} == {"sent"}
    assert all("Nếu không phải đồng chí" in one.text for one in letters)
