"""Every letter as its reader gets it: through a real mail server, and on a phone's screen."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from playwright.sync_api import Browser

from tasks.catalogue import LANGUAGES, LETTERS
from tasks.mail_server import MailServer
from tasks.message import Mailing, Sender, compose
from tasks.wording import render
from tests.mail_peer import mail_peer
from tests.tasks.test_wording import SAMPLES

FORUM = Sender(
    "noreply-gdmn@example.edu.vn", "Diễn đàn Giáo dục Mầm non Hà Tĩnh", "tinbai.gdmn@example.edu.vn"
)


def mailing(said):
    return Mailing(
        key=f"{said.kind}|{said.language}", to_address="lan@example.edu.vn", to_name="Trần Thị Lan",
        subject=said.subject, text=said.text, html=said.html, written_at=datetime(2021, 5, 17, 1, tzinfo=UTC),
        code=said.code or "",
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_comes_whole_through_a_mail_server(language):
    written = [render(kind, language, SAMPLES[kind]) for kind in LETTERS]

    with mail_peer() as peer:
        server = MailServer.at(peer.url, timeout_seconds=10)
        for said in written:
            message = compose(mailing(said), FORUM)
            server.send(message, message.as_bytes())

    read = [(one["Subject"], one.get_body(("plain",)), one.get_body(("html",))) for one in peer.letters()]
    assert [(subject, text.get_content().replace("\r\n", "\n")) for subject, text, _ in read] == [
        (said.subject, said.text) for said in written
    ]
    assert [html.get_content().replace("\r\n", "\n") for _, _, html in read] == [
        said.html for said in written
    ]
    assert {one["Auto-Submitted"] for one in peer.letters()} == {"auto-generated"}
    assert {one["X-Auto-Response-Suppress"] for one in peer.letters()} == {"All"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_fits_a_phone_and_says_there_what_its_text_says(language, chromium: Browser):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    too_wide, different = [], []
    for kind in LETTERS:
        said = render(kind, language, SAMPLES[kind])
        page.set_content(said.html)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            too_wide.append(kind)
        if words(page.inner_text("body")) != words(said.text.replace("\n--\n", "\n")):
            different.append(kind)
    page.close()

    assert (too_wide, different) == ([], [])


def subject(raw):
    """As mailboxes read it: by RFC 2047, where the space between two encoded words is none."""
    return str(make_header(decode_header(message_from_bytes(raw)["Subject"])))


def part(letter, form):
    return letter.get_body((form,)).get_content().replace("\r\n", "\n")


def words(text):
    """The words in their order; the list's own marks are the browser's to draw."""
    return [word for line in text.split("\n") for word in line.removeprefix("- ").split()]
