"""The public page of the seals: every note to the byte, newest first, without signing in."""

import html
import re

import pytest

from forum import seals as room
from workflow.proof import keys, notes, sealing
from workflow.queries import seals

TAGS = re.compile(r"<[^>]+>")
pytestmark = pytest.mark.database


@pytest.fixture
def sealed(make) -> list[str]:
    """Three notes, oldest first."""
    written = []
    for _ in range(3):
        make.submission()
        written += [one.note for one in sealing.seal()]
    return written


def test_everybody_sees_every_note_and_the_public_key(sealed, client, monkeypatch):
    monkeypatch.setattr(room, "PER_PAGE", 2)

    first = client.get("/niem-phong")
    older = client.get(f"/niem-phong?truoc={notes.read(sealed[1]).size}")

    shown = [list(notes.found_in(TAGS.sub("\n", html.unescape(page.text)))) for page in (first, older)]
    assert shown == [[sealed[2], sealed[1]], [sealed[0]]]
    assert keys.believed()[-1].text() in html.unescape(first.text)
    assert f"truoc={notes.read(sealed[1]).size}" in first.text
    assert "Set-Cookie" not in first.headers


def test_each_note_has_an_address_of_its_own_as_it_was_signed(sealed, client):
    answer = client.get(f"/niem-phong/{notes.read(sealed[0]).size}.txt")

    assert (answer.mimetype, answer.text) == ("text/plain", sealed[0])
    assert notes.checked(answer.text, keys.believed()).size == notes.read(sealed[0]).size
    unchanged = client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("size", ["0", "1", "-1", "x", "9" * 30])
def test_a_note_that_is_not_there_is_not_found(sealed, client, size):
    assert client.get(f"/niem-phong/{size}.txt").status_code == 404


@pytest.mark.parametrize("before", ["", "x", "9" * 30])
def test_a_strange_key_shows_the_newest(sealed, client, before):
    assert seals.newest().note in client.get(f"/niem-phong?truoc={before}").text


def test_before_the_first_seal_the_page_says_so(app, client):
    assert "Chưa có phiếu nào" in client.get("/niem-phong").text
