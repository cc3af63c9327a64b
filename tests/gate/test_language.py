"""Vietnamese for whoever says nothing, English for whoever asks: visitors by browser, people by account (R14)."""

import html
import json
import re
from contextvars import Context
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from gate import errors
from models.audit import AuditEvent
from models.base import db
from models.people import Account
from tests.cast import PASSWORD
from tests.clients import Client
from workflow import accounts
from workflow.engine import machine
from workflow.engine.errors import Refusal

pytestmark = pytest.mark.database

SIGN_IN = "/vao/dang-nhap"


def language_of(account: Account) -> str:
    db.session.expire_all()
    return db.session.get_one(Account, account.id).language


def test_a_visitor_reads_vietnamese_until_she_asks_for_english(app, client):
    assert "<h1>Đăng nhập</h1>" in client.get(SIGN_IN).text

    answer = client.get(f"/ngon-ngu/en?ve={SIGN_IN}")

    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    page = client.get(SIGN_IN).text
    assert "<h1>Sign in</h1>" in page
    assert '<html lang="en"' in page
    client.get(f"/ngon-ngu/vi?ve={SIGN_IN}")
    assert "<h1>Đăng nhập</h1>" in client.get(SIGN_IN).text


def test_every_layout_leads_to_the_other_language_and_back_to_the_same_page(cast, client, make):
    make.submission(state="published")
    doors = {
        "/chuyen-muc/ban-tru": client,
        SIGN_IN: client,
        "/quan-tri/bai/?trang-thai=public": client.as_(cast.son),
        "/don-vi/": client.as_(cast.binh),
    }

    for path, visitor in doors.items():
        switches = re.findall(r'(?:href|action)="/ngon-ngu/en\?ve=([^"]+)"', visitor.get(path).text)
        assert [unquote(html.unescape(way_back)) for way_back in switches] == [path]


def test_a_person_confirms_and_her_account_remembers(cast, client):
    binh = client.as_(cast.binh)

    asked = binh.get("/ngon-ngu/en?ve=/don-vi/")

    assert asked.status_code == 200
    assert '<html lang="en"' in asked.text
    assert "Your screens and the letters to you will be in this language." in html.unescape(asked.text)
    assert "Màn hình và thư" not in asked.text
    assert language_of(cast.binh) == "vi", "a link alone changes nothing"
    binh.read_token("/ngon-ngu/en?ve=/don-vi/")
    done = binh.send("/ngon-ngu/en?ve=/don-vi/")
    assert (done.status_code, done.location) == (303, "/don-vi/")
    assert language_of(cast.binh) == "en"
    assert "This month" in binh.get("/don-vi/").text
    assert "This month" in client.as_(cast.binh).get("/don-vi/").text, "in every browser of hers"
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account:language")).one()
    said = json.loads(event.payload)
    assert (said["before"], said["after"], said["actor"]) == ("vi", "en", cast.binh.id)


def test_what_a_visitor_chose_goes_in_with_her_until_she_chooses_herself(app, cast, client):
    """On the forum or at the sign-in page; a browser's choice never becomes her account's, nor beats it."""
    visitor = Client(app)
    visitor.get(f"/ngon-ngu/en?ve={SIGN_IN}")
    visitor.read_token(SIGN_IN)

    visitor.send(SIGN_IN, email=cast.binh.email, password=PASSWORD)

    assert "This month" in visitor.get("/don-vi/").text
    assert "Kỳ này" not in visitor.get("/don-vi/").text
    assert language_of(cast.binh) == "vi", "her letters stay as they were"
    assert "Tháng này" in client.as_(cast.binh).get("/don-vi/").text, "as do her other browsers"
    visitor.read_token("/ngon-ngu/vi?ve=/don-vi/")
    visitor.send("/ngon-ngu/vi?ve=/don-vi/")
    visitor.set_cookie("language", "en")
    assert "Tháng này" in visitor.get("/don-vi/").text, "what she chose as herself wins"


def test_nobody_changes_a_persons_language_from_another_site(cast, client):
    binh = client.as_(cast.binh)
    binh.token = "guessed"

    assert binh.send("/ngon-ngu/en").status_code == 400
    assert language_of(cast.binh) == "vi"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.edu.vn/", "//example.edu.vn", "/\\example.edu.vn", "/%09/example.edu.vn", "x"],
)
def test_the_switch_leads_nowhere_outside_the_house(app, client, elsewhere):
    assert client.get(f"/ngon-ngu/en?ve={elsewhere}").location == "/"


def test_a_language_the_house_does_not_speak_is_not_found(app, client):
    assert client.get("/ngon-ngu/fr").status_code == 404
    client.set_cookie("language", "fr")
    assert "<h1>Đăng nhập</h1>" in client.get(SIGN_IN).text


def test_a_refusal_is_told_in_her_language_the_state_in_it_too(app):
    refusal = Refusal("invalid_transition", machine.NOT_HERE, fields={"state": "Đã duyệt"})

    def told(language):
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            return errors.told(refusal)

    # Each in a request of its own, as in life.
    assert [Context().run(told, language) for language in ("vi", "en")] == [
        "Thao tác không hợp lệ ở trạng thái “Đã duyệt”.",
        "This action is not possible in the state “Approved”.",
    ]


def test_an_account_speaks_only_what_the_house_speaks(cast, refused):
    assert refused(lambda: accounts.set_language(cast.lan, "fr")) == "language_unknown"
    assert language_of(cast.lan) == "vi"


def test_what_the_form_library_says_is_vietnamese_too(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/new/")

    answer = mai.send(
        "/quan-tri/don-vi/new/", code="x-thu", name="Xã Thử", kind="nothing", valid_from="31/31"
    )

    assert "Lựa chọn không hợp lệ." in answer.text
    assert "Not a valid" not in answer.text
