"""The whole house behind an address on loopback, and a window to look through."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from models.people import Account
from tests.cast import PASSWORD
from tests.clients import Client

PATIENCE_MS = 10_000
"""So long a test waits for what should stand on a page."""
expect.set_options(timeout=PATIENCE_MS)
LOADING = """{
  query: root => root.readyState === 'complete' ? null : root.documentElement,
  queryAll: root => root.readyState === 'complete' ? [] : [root.documentElement].filter(Boolean),
}"""
"""A page that is not whole yet: what stands of it, at first nothing.

Asked from outside: a script put into it is tried in its sandboxed frames as well, and Chromium complains of that.
"""


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object, **__: object) -> None:
        """The test says what went wrong."""


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The house's address while a test runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("TOASOAN_CHROMIUM") or shutil.which("chromium") or None
    with sync_playwright() as playwright:
        playwright.selectors.register("loading", LOADING)
        running = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
        )
        yield running
        running.close()


@pytest.fixture
def window(chromium: Browser, live: str, app: Flask) -> Iterator[Callable[..., Page]]:
    """`window(account, width=390)`: a window, on the first page of whoever is named.

    What the page complained about (script errors, a policy broken) is in `page.complaints`.
    """
    opened = []

    def open_window(account: Account | None = None, *, width: int = 1366) -> Page:
        context = chromium.new_context(
            base_url=live, viewport={"width": width, "height": 844}, locale="vi-VN"
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _press_only_what_listens(page)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if account is not None:
            cookie, home = let_in(app, account)
            context.add_cookies([{"name": "session", "value": cookie, "url": live}])
            page.goto(home)
        return page

    yield open_window
    for context in opened:
        context.close()


def _press_only_what_listens(page: Page) -> None:
    """Whoever presses something waits until the page's scripts, which come after its words, have run.

    `goto` waits by itself; a press that leads to another page does not, and what it leads to may stand there unheard.
    """
    page.add_locator_handler(page.locator("loading=page"), lambda _: page.wait_for_load_state())


def let_in(app: Flask, account: Account) -> tuple[str, str]:
    """(the session's cookie, where the sign-in leads): through the real form, drawn by no browser.

    Two stories sign in by hand: the approver without a mouse, and who takes a second step.
    """
    visitor = Client(app)
    visitor.environ_base["HTTP_USER_AGENT"] = "Chrome Linux"
    visitor.read_token("/vao/dang-nhap")
    answer = visitor.send("/vao/dang-nhap", email=account.email, password=PASSWORD)
    cookie = visitor.get_cookie("session")
    assert answer.status_code == 302 and cookie is not None, answer.text
    return cookie.value, answer.location


def sideways(page: Page, address: str, widths: tuple[int, ...] = (320, 390, 1366)) -> list[int]:
    """The widths at which the page at `address` scrolls sideways: loaded once, on the narrowest, then drawn wider."""
    page.set_viewport_size({"width": widths[0], "height": 844})
    page.goto(address)
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(width)
    return found


def type_into_the_editor(page: Page, words: str, *, at: str | None = None) -> None:
    """Click into the rich text editor, press `at` (a key that moves the caret) and type `words`.

    The editor tells by its attribute `connected`, set last, that it listens; who types sooner types into nothing.
    """
    editor = page.locator("trix-editor[connected]")
    editor.click()
    if at:
        page.keyboard.press(at)
    page.keyboard.type(words)
    expect(editor).to_contain_text(words.strip())
