"""An approver without a mouse: from the sign-in to the approval, the place of the focus always to be seen."""

import pytest
from playwright.sync_api import Page, expect

from models.base import db
from models.submission import Submission
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.database]

FAR = 90
"""A page on which one presses Tab more often is not made for the keyboard."""

FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
  return {says: (e.getAttribute('aria-label') || e.innerText || e.value || '').trim(),
          seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && e.checkVisibility()}; }"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the element that says `words` has the focus; each stop on the way can be seen."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        assert stop["seen"], f"the focus is nowhere to be seen: {stop}"
        if words in stop["says"]:
            return
    raise AssertionError(f"{words} was not reached")


def test_an_approver_finds_reads_and_approves_by_keyboard_alone(make, cast, window):
    piece = make.submission(state="edited", title="Vườn rau của bé")
    page = window()
    page.goto("/vao/dang-nhap")
    # The first field has the focus at once.
    page.keyboard.type(cast.minh.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/quan-tri/")

    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["says"] == "Đến nội dung chính"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    tab_to(page, "Vườn rau của bé")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/quan-tri/bai/{piece.id}/")
    tab_to(page, "Phê duyệt")
    page.keyboard.press("Enter")

    expect(page.locator(".flashes")).to_contain_text("Đã phê duyệt.")
    db.session.expire_all()
    assert db.session.get_one(Submission, piece.id).state == "approved"
    assert page.complaints == []


def test_a_reason_box_opens_shuts_and_gives_the_focus_back(make, cast, window):
    piece = make.submission(state="edited")
    page = window(cast.minh)
    page.goto(f"/quan-tri/bai/{piece.id}/")

    tab_to(page, "Trả lại biên tập")
    page.keyboard.press("Enter")
    expect(page.locator("#reason-send_back")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#reason-send_back")).to_be_hidden()
    assert "Trả lại biên tập" in page.evaluate(FOCUSED)["says"]


def test_on_a_phone_the_menu_holds_the_focus_until_escape(make, cast, window):
    page = window(cast.son, width=390)

    page.keyboard.press("Tab")
    tab_to(page, "Mở danh mục")
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('#menu').contains(document.activeElement)")
    page.keyboard.press("Escape")

    expect(page.locator("#menu")).to_be_hidden()
    assert page.evaluate(FOCUSED)["says"] == "Mở danh mục"
