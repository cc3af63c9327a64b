"""The audit screen in a real browser: it goes on by itself when asked by keyboard, and tells a check's steps."""

import pytest
from playwright.sync_api import expect

from tasks import timetable
from workflow import submissions
from workflow import timetable as by_hand
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import audit_check, seals

pytestmark = [pytest.mark.browser, pytest.mark.database]

PAGE = "/quan-tri/nhat-ky/"


def test_the_list_goes_on_by_itself_once_it_is_asked_to_from_the_keyboard(make, cast, window):
    piece = make.submission(state="submitted")
    page = window(cast.khang)
    page.goto(f"{PAGE}?bai={piece.id}")
    rows = page.locator("#trail tbody tr")
    before = rows.count()
    button = page.get_by_role("button", name="Theo dõi trực tiếp")
    expect(button).to_have_attribute("aria-pressed", "false")

    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    submissions.claim(piece.id, by=cast.son)

    expect(rows).to_have_count(before + 1, timeout=15_000)
    expect(rows.first).to_contain_text("Nhận biên tập")
    expect(page.locator("[data-live-says]")).to_have_text("1 mục mới.")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.complaints == []


def test_a_check_tells_its_steps_and_its_verdict_without_another_press(make, cast, window):
    make.submission(state="approved")
    page = window(cast.khang, width=390)
    page.goto(PAGE)

    page.get_by_role("button", name="Kiểm tra tính toàn vẹn").click()

    part = page.locator("#kiem-tra")
    expect(part).to_contain_text("đang chờ đến lượt")
    slot = seals.newest_look().slot
    by_hand.note_progress("audit_check", slot, {"steps": 4})
    expect(part).to_contain_text(f"4 trên {audit_check.STEPS} bước")
    expect(part.get_by_role("progressbar")).to_have_attribute("value", "4")
    with bookkeeping():
        timetable.run("audit_check", slot.isoformat())()
    expect(part).to_contain_text("Nhật ký nguyên vẹn")
    assert page.complaints == []
