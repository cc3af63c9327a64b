"""The buttons of a piece in a real browser: refused, asking for a reason, asking once more; and the clock's bar."""

import pytest
from playwright.sync_api import expect

from models.base import db
from models.submission import Submission
from models.vocabulary import Consent

pytestmark = [pytest.mark.browser, pytest.mark.database]


def now_of(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_r10_a_refused_press_is_taken_and_the_reasons_get_the_focus(make, cast, window, audited):
    piece = make.submission(state="edited", with_picture=True, consent=Consent.UNKNOWN)
    page = window(cast.minh)
    page.goto(f"/quan-tri/bai/{piece.id}/")

    page.get_by_role("button", name="Phê duyệt").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#reasons-approve")).to_be_focused()
    expect(page.locator("#reasons-approve")).to_contain_text("chưa có xác nhận đồng ý")
    assert audited(cast.minh) == ["submission:refused/consent_missing"]
    assert page.complaints == []


def test_a_reason_is_asked_in_place_and_kept_for_the_next_time(make, cast, window):
    first, second = make.submission(state="edited"), make.submission(state="edited")
    page = window(cast.minh)

    page.goto(f"/quan-tri/bai/{first.id}/")
    page.locator("summary", has_text="Trả lại biên tập").click()
    page.locator("#reason-send_back").fill("Thiếu chú thích ảnh.")
    page.locator("form.reason-box").get_by_role("button", name="Trả lại biên tập").click()
    expect(page.locator(".flashes")).to_contain_text("Đã trả lại biên tập")

    page.goto(f"/quan-tri/bai/{second.id}/")
    page.locator("summary", has_text="Trả lại biên tập").click()
    page.get_by_role("button", name="Thiếu chú thích ảnh.").click()
    expect(page.locator("#reason-send_back")).to_have_value("Thiếu chú thích ảnh.")


def test_what_cannot_be_undone_is_asked_first(make, cast, window):
    piece = make.submission(state="approved")
    page = window(cast.phuong)
    page.goto(f"/quan-tri/bai/{piece.id}/")

    page.get_by_role("button", name="Đăng", exact=True).click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Đăng bài này lên Diễn đàn")
    question.get_by_role("button", name="Hủy thao tác").click()
    assert now_of(piece).state == "approved"
    page.get_by_role("button", name="Đăng", exact=True).click()
    question.get_by_role("button", name="Đăng", exact=True).click()

    expect(page.locator(".flashes")).to_contain_text("Đã đăng lên Diễn đàn.")
    assert now_of(piece).state == "published"


def test_the_clock_is_turned_from_the_bar_and_drafts_lapse(make, cast, window):
    draft = make.submission()
    page = window(cast.son)

    page.get_by_role("button", name="Tới 00:01 ngày 20/05").click()

    expect(page.get_by_text("1 bản nháp quá hạn")).to_be_visible()
    expect(page.get_by_text("đã chuyển sang Quá hạn")).to_have_count(0)  # once is enough
    expect(page.locator(".rehearsal")).to_contain_text("00:01")
    assert now_of(draft).state == "late"
