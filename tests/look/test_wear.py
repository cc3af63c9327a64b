"""What every answer of a dressed house carries: the policy with its nonce, the night of the person's choice."""

import re

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

import look
from tests.look import gallery


@pytest.fixture
def visitor() -> FlaskClient:
    return gallery.dressed().test_client()


def policy(answer) -> str:
    return answer.headers["Content-Security-Policy"]


def test_scripts_carry_the_nonce_of_the_policy_and_the_next_page_has_another(visitor):
    first, second = visitor.get("/write"), visitor.get("/write")

    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy(first))[1]
    assert set(re.findall(r"<script[^>]*>", first.text)) == set(
        re.findall(rf'<script[^>]*nonce="{nonce}"[^>]*>', first.text)
    )
    assert first.text.count("<script") == 2
    assert f'<meta name="csp-nonce" content="{nonce}">' in first.text
    assert nonce not in policy(second)


def test_nothing_inline_is_allowed(visitor):
    assert "unsafe" not in policy(visitor.get("/dashboard"))


def test_a_page_may_set_a_policy_of_its_own():
    app = Flask("own")
    look.wear(app)
    app.add_url_rule(
        "/", view_func=lambda: Response("", headers={"Content-Security-Policy": "default-src 'self'"})
    )

    assert policy(app.test_client().get("/")) == "default-src 'self'"


def test_public_pages_carry_nothing_of_one_reader(visitor):
    visitor.set_cookie("theme", "dark")

    answer = visitor.get("/home")

    assert "nonce" not in answer.text
    assert "tokens-dark" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("cookie", "media"),
    [
        ("", "screen and (prefers-color-scheme: dark)"),
        ("dark", "screen"),
        ("light", None),
        ("neon", "screen and (prefers-color-scheme: dark)"),
    ],
)
def test_night_follows_the_person_then_the_system_and_never_reaches_paper(visitor, cookie, media):
    if cookie:
        visitor.set_cookie("theme", cookie)

    hung = re.findall(r'tokens-dark\.css[^"]*" media="([^"]+)"', visitor.get("/dashboard").text)

    assert hung == ([media] if media else [])


def test_a_file_asked_for_by_its_edition_is_kept_for_a_year(visitor):
    with gallery.dressed().test_request_context():
        address = look.look_url("css/tokens.css")

    with visitor.get(address) as kept, visitor.get("/static/look/css/tokens.css") as checked:
        assert kept.cache_control.max_age == look.YEAR_SECONDS
        assert checked.cache_control.no_cache


def test_without_a_catalogue_the_words_are_vietnamese(visitor):
    assert "Đến nội dung chính" in visitor.get("/dashboard").text
