"""What every answer tells browsers, whose name the house answers to, where nobody is sent (T04, T28, T29)."""

import re
from html import unescape

import pytest
from werkzeug.test import Client as Plain

import gate
from gate import headers
from tests.cast import PASSWORD
from workflow.settings import settings

pytestmark = pytest.mark.database

PAGES = (
    "/",
    "/vao/dang-nhap",
    "/vao/thu",
    "/khong-co",
    "/healthz",
    "/static/look/css/base.css",
    "/feed.atom",
)
INSIDE = (
    "/quan-tri/",
    "/quan-tri/bai/",
    "/vao/thiet-bi",
    "/vao/hai-buoc",
    "/vao/ra",
    "/vao/tiep",
    "/quan-tri/khong-co",
)
ELSEWHERE = (
    "https://ke-gian.example/", "//ke-gian.example", "///ke-gian.example", "/\\ke-gian.example",
    "\\\\ke-gian.example",
    "https:ke-gian.example", "http:///ke-gian.example", "javascript:alert(1)", "/%09/ke-gian.example",
    "\thttps://ke-gian.example",
    "https://localhost@ke-gian.example", "https://ke-gian.example#localhost", "/\n/ke-gian.example",
    " //ke-gian.example",
    "data:text/html,x", "//ke-gian。example", "/vao/../..//ke-gian.example",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_careful(client, path):
    answer = client.get(path)

    told = {name: answer.headers.get(name) for name in headers.ALWAYS}
    # The public pages may tell other sites who recommends them.
    told["Referrer-Policy"] = told["Referrer-Policy"].replace(
        "strict-origin-when-cross-origin", "same-origin"
    )
    assert told == headers.ALWAYS
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy


def test_what_was_seen_inside_stays_nowhere(cast, client):
    mai = client.as_(cast.mai)

    kept = {path: mai.get(path).headers.get("Cache-Control") for path in INSIDE}

    assert kept == dict.fromkeys(INSIDE, "no-store")


def test_the_publics_pages_set_no_cookie(client):
    assert "Set-Cookie" not in client.get("/").headers


def test_the_cookie_is_for_this_house_this_transport_and_no_script(cast, client):
    assert gate.cookie("https://toasoan.example.edu.vn") == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_PATH": "/",
    }

    client.read_token("/vao/dang-nhap")
    set_here = client.send("/vao/dang-nhap", email=cast.son.email, password=PASSWORD)
    words = set_here.headers["Set-Cookie"]
    assert "HttpOnly" in words
    assert "SameSite=Lax" in words
    assert "Domain" not in words


@pytest.fixture
def in_earnest(app, monkeypatch):
    """The same application under an address of its own, as in production."""
    monkeypatch.setenv("PUBLIC_URL", "https://toasoan.example.edu.vn")
    settings.cache_clear()
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["toasoan.example.edu.vn", *headers.KEPT_BY_PROBES])
    yield Plain(app)
    settings.cache_clear()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("toasoan.example.edu.vn", 200),
        ("127.0.0.1:8021", 200),
        ("ke-gian.example", 400),
        ("toasoan.example.edu.vn.ke-gian.example", 400),
        ("toasoan.example.edu.vn@ke-gian.example", 400),
    ],
)
def test_the_house_answers_to_its_own_name(in_earnest, host, status):
    assert in_earnest.get("/healthz", headers={"Host": host}).status_code == status


def test_over_https_browsers_are_told_to_stay_there(in_earnest):
    answer = in_earnest.get("/healthz", base_url="https://toasoan.example.edu.vn")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_another_sites_form_is_refused_though_it_had_the_token(cast, client):
    son = client.as_(cast.son)

    answer = son.post(
        "/vao/dang-xuat", data={"csrf_token": son.token}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 400
    assert son.get("/quan-tri/").status_code == 200


def leads_out(place):
    """As browsers read it: they drop spaces and line breaks and take a backslash for a slash."""
    read = re.sub(r"[\t\r\n]", "", place or "/").strip().replace("\\", "/")
    return read.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", read, re.IGNORECASE) is not None


def links_of(page):
    return [unescape(found) for found in re.findall(r'(?:href|action)="([^"]*)"', page)]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_sent_to_another_house(cast, client, where):
    """After choosing a language, from the page of the second step, after turning the rehearsal's clock."""
    son = client.as_(cast.son)

    sent = [
        son.post("/ngon-ngu/vi", query_string={"ve": where}, data={"csrf_token": son.token}),
        son.post("/quan-tri/dong-ho", data={"csrf_token": son.token, "to": "", "back": where}),
    ]
    pages = [son.get(path, query_string={"ve": where}) for path in ("/vao/hai-buoc", "/ngon-ngu/en")]

    assert [answer.location for answer in sent if leads_out(answer.location)] == []
    assert [link for page in pages for link in links_of(page.text) if leads_out(link)] == []


def test_an_error_leads_back_to_a_page_of_this_house_only(client):
    known, foreign = (
        links_of(client.get("/khong-co", headers={"Referer": f"http://{host}/bai"}).text)
        for host in ("localhost", "localhost.ke-gian.example")
    )

    assert "http://localhost/bai" in known
    assert [link for link in foreign if leads_out(link)] == []


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_leads_to_no_other_house(cast, client, where):
    client.read_token("/vao/dang-nhap")

    answer = client.post(
        "/vao/dang-nhap",
        query_string={"next": where},
        data={"csrf_token": client.token, "email": cast.son.email, "password": PASSWORD, "next": where},
    )

    assert answer.status_code in (200, 302)
    assert not leads_out(answer.location)
