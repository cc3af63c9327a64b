"""The clothes on a real body: nothing the policy forbids, no sideways scrolling, and the acts of look.js."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.look import gallery
from tests.windows import sideways

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery.dressed(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A window that keeps what the console complained about in `page.complaints`."""
    context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 900})
    window = context.new_page()
    window.complaints = []
    window.on("console", lambda m: window.complaints.append(m.text) if m.type == "error" else None)
    window.on("pageerror", lambda error: window.complaints.append(str(error)))
    yield window
    context.close()


def test_no_page_scrolls_sideways_or_breaks_its_policy(page):
    too_wide = {
        name: found for name in gallery.PAGES if (found := sideways(page, f"/{name}", (320, 390, 683, 1366)))
    }

    assert too_wide == {}
    assert page.complaints == []


@pytest.mark.parametrize(("door", "least"), [("portal", 44), ("write", 44), ("home", 24), ("desk", 24)])
def test_what_is_pressed_on_a_phone_is_large_enough(page, door, least):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/{door}")

    small = page.evaluate(
        """least => [...document.querySelectorAll('main a, main button, nav a, .portal-bar button')]
             .filter(e => e.checkVisibility() && !e.closest('p, .trix-button-row, .trix-dialogs'))
             .filter(e => e.matches('.btn, nav a') && e.getBoundingClientRect().height < least)
             .map(e => e.outerHTML.slice(0, 80))""",
        least,
    )

    assert small == []


def test_a_refused_press_goes_out_and_ends_at_its_reasons(page):
    page.goto("/piece")

    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Phê duyệt", exact=True).click(force=True)

    assert "seen=sha256" in sent.value.post_data
    page.wait_for_url("**/piece#reasons-approve")
    assert page.evaluate("document.activeElement.id") == "reasons-approve"


def test_a_reason_opens_in_place_and_an_old_one_is_one_press_away(page):
    page.goto("/piece")

    page.locator("summary", has_text="Trả lại đơn vị").click()
    assert page.evaluate("document.activeElement.id") == "reason-return"
    page.get_by_role("button", name="Cần bổ sung ảnh.").click()
    page.get_by_role("button", name="Cần ghi rõ nguồn.").click()

    assert page.input_value("#reason-return") == "Cần bổ sung ảnh. Cần ghi rõ nguồn."


def test_a_return_without_a_reason_is_not_sent(page):
    page.goto("/piece")
    page.locator("summary", has_text="Trả lại đơn vị").click()

    page.locator("details[open] button.btn-primary").click()

    assert (
        page.evaluate("document.querySelector('#reason-return').validationMessage") == "Vui lòng ghi lý do."
    )
    assert page.url.endswith("/piece")


def test_a_question_is_asked_before_and_no_is_the_first_answer(page):
    page.goto("/components")
    button = page.locator("form[data-confirm] button")

    button.click()
    assert page.locator("dialog[open] p").inner_text() == "Đăng bài này ngay bây giờ?"
    page.keyboard.press("Enter")
    assert page.url.endswith("/components")

    button.click()
    page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_url("**/piece")


def test_night_is_kept_for_the_next_page(page):
    page.goto("/dashboard")
    day = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.locator(".top-me summary").click()
    page.get_by_role("button", name="Tối").click()
    at_once = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/desk")

    assert at_once != day
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == at_once


def test_chosen_rows_open_the_bulk_bar(page):
    page.goto("/desk")
    assert page.locator("[data-bulk]").is_hidden()

    page.locator("input[name=chosen]").nth(0).check()
    page.locator("input[name=chosen]").nth(1).check()

    assert page.locator("[data-bulk-says]").inner_text() == "Đã chọn 2 bài"


def test_the_menu_of_a_phone_opens_and_escape_gives_the_focus_back(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/dashboard")

    page.locator("[data-menu]").click()
    assert page.locator("#menu").is_visible()
    page.keyboard.press("Escape")

    assert page.locator("#menu").is_hidden()
    assert page.evaluate("document.activeElement.matches('[data-menu]')")


def test_the_box_of_the_account_shuts_by_escape_and_by_a_press_elsewhere(page):
    page.goto("/dashboard")
    account = page.locator(".top-me summary")

    account.press("Enter")
    assert page.get_by_role("link", name="Đăng xuất").is_visible()
    page.get_by_role("link", name="Đăng xuất").focus()
    page.keyboard.press("Escape")
    assert page.get_by_role("link", name="Đăng xuất").is_hidden()
    assert page.evaluate("document.activeElement.matches('.top-me summary')")

    account.click()
    page.locator("h1").click()
    assert page.get_by_role("link", name="Đăng xuất").is_hidden()


def test_the_editor_speaks_vietnamese_and_takes_no_files(page):
    page.goto("/write")

    assert page.locator("button[title='Đậm']").is_visible()
    assert page.locator(".trix-button-group--file-tools").is_hidden()
    assert page.complaints == []
