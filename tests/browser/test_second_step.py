"""A passkey in real Chromium, held by its virtual authenticator, and the second step as people see it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from models.base import db
from models.second_step import Passkey
from models.sign_in import DeviceSession
from tests.cast import PASSWORD
from tests.windows import sideways
from workflow import code_apps, second_step
from workflow.settings import settings

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.fixture
def at_home(live, monkeypatch):
    """The house under a name: keys are made for names, not for numbers."""
    home = f"http://localhost:{urlsplit(live).port}"
    monkeypatch.setenv("PUBLIC_URL", home)
    settings.cache_clear()
    yield home
    settings.cache_clear()


@pytest.fixture
def holding_a_key():
    """Give the page's browser an authenticator that says yes; returns how often its keys have signed."""

    def give(page):
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        number = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

        def signed():
            keys = devtools.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
            return [key["signCount"] for key in keys]

        return signed

    return give


def sign_in(page, home, account):
    page.goto(f"{home}/vao/dang-nhap")
    page.fill("input[name=email]", account.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/dang-nhap" not in address)


def test_a_passkey_is_made_asked_for_and_refused_when_it_is_a_copy(
    cast, window, at_home, holding_a_key, superuser
):
    page = window(width=390)
    signed = holding_a_key(page)
    sign_in(page, at_home, cast.minh)
    page.goto(f"{at_home}/vao/hai-buoc")
    page.get_by_role("link", name="Thêm khóa của thiết bị").click()
    page.get_by_label("Tên để nhận ra khóa này").fill("Điện thoại của Minh")
    page.get_by_role("button", name="Tạo khóa").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mã khôi phục")
    assert page.locator("code").count() == 10
    page.goto(f"{at_home}/vao/hai-buoc")
    expect(page.get_by_text("Điện thoại của Minh", exact=True)).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, at_home, cast.minh)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xác thực hai bước")
    page.get_by_role("button", name="Dùng khóa của thiết bị").click()
    page.wait_for_url("**/quan-tri/")
    db.session.rollback()
    assert db.session.query(Passkey).one().sign_count == signed()[0]
    assert db.session.query(DeviceSession).filter(DeviceSession.is_half).count() == 0

    with superuser.begin() as connection:
        connection.execute(text("UPDATE passkey SET sign_count = 1000"))
    page.context.clear_cookies()
    sign_in(page, at_home, cast.minh)
    page.get_by_role("button", name="Dùng khóa của thiết bị").click()
    expect(page.get_by_text("Chưa xác thực được. Mã không đúng hoặc đã dùng.")).to_be_visible()
    assert [words for words in page.complaints if "422" not in words] == []


def test_a_key_that_says_no_leaves_the_page_as_it_was(cast, window, at_home):
    page = window()
    sign_in(page, at_home, cast.son)
    page.goto(f"{at_home}/vao/hai-buoc/khoa")
    # No authenticator: the browser asks nobody and says no.
    no = "Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.credentials.create = () => {no}; }}")

    page.get_by_role("button", name="Tạo khóa").click()

    expect(page.get_by_text("Thiết bị chưa xác nhận được khóa. Vui lòng thử lại.")).to_be_visible()
    assert page.url.endswith("/vao/hai-buoc/khoa")


def test_no_page_of_the_second_step_scrolls_sideways_or_breaks_its_policy(cast, window, live):
    page = window(cast.son)
    for address in ("/vao/hai-buoc", "/vao/hai-buoc/khoa"):
        assert sideways(page, address) == []
    page.goto("/vao/hai-buoc")
    page.get_by_role("button", name="Thêm ứng dụng xác thực").click()
    expect(page.locator("svg.segno")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    code_apps.confirm(cast.son, _shown(cast.son))
    second_step.new_codes(cast.son)
    other = window(width=320)
    sign_in(other, live, cast.son)
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for address in ("/vao/thu", "/vao/dang-nhap"):
        assert sideways(other, address) == []
    assert page.complaints == other.complaints == []


def _shown(account):
    from passlib.totp import TOTP

    db.session.rollback()
    return TOTP.from_uri(code_apps.proposed(account)).generate().token
