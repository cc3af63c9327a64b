"""The bytes that travel: headers, threads, and what is refused."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from tasks.message import LetterRefused, Mailing, Sender, compose, message_id, thread_id

FORUM = Sender(
    address="noreply-gdmn@example.edu.vn",
    name="Diễn đàn Giáo dục Mầm non Hà Tĩnh",
    reply_to="tinbai.gdmn@example.edu.vn",
)
RETURNED = Mailing(
    key="returned|12|3",
    to_address="pgd.huongkhe@example.edu.vn",
    to_name="Trương Thị Bảo Ngọc",
    subject="[Trả lại] Đề nghị chỉnh sửa: Khánh thành bếp ăn một chiều tại điểm trường (GDMN-2021-05-0012)",
    text="Kính gửi: Trương Thị Bảo Ngọc\n\n" + "Đề nghị bổ sung. " * 100 + "\n",
    html="<p>Kính gửi: Trương Thị Bảo Ngọc</p>\n",
    written_at=datetime(2021, 5, 12, 1, 30, tzinfo=UTC),
    code="GDMN-2021-05-0012",
)
INCOMING = "<CAE0007huongkhe@mail.example.edu.vn>"


def travelled(mailing=RETURNED, sender=FORUM):
    """The letter as the other side gets it."""
    return message_from_bytes(compose(mailing, sender).as_bytes())


def shown(letter, name):
    """A header as a mail program shows it.

    Read by the old parser: the new one (Python 3.11) puts a space between two encoded words of a name.
    """
    return str(make_header(decode_header(letter[name])))


def name_of_reader(name):
    return shown(travelled(replace(RETURNED, to_name=name)), "To").rpartition("<")[0].strip()


def test_a_letter_arrives_as_it_was_written():
    letter = travelled(RETURNED)

    assert {name: shown(letter, name) for name in letter if name not in {"Message-ID", "References"}} == {
        "From": "Diễn đàn Giáo dục Mầm non Hà Tĩnh <noreply-gdmn@example.edu.vn>",
        "To": "Trương Thị Bảo Ngọc <pgd.huongkhe@example.edu.vn>",
        "Reply-To": "Diễn đàn Giáo dục Mầm non Hà Tĩnh <tinbai.gdmn@example.edu.vn>",
        "Subject": RETURNED.subject,
        "Date": "Wed, 12 May 2021 08:30:00 +0700",
        "X-Toasoan-Code": "GDMN-2021-05-0012",
        "In-Reply-To": thread_id("GDMN-2021-05-0012", "example.edu.vn"),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": letter["Content-Type"],
    }
    plain, html = letter.get_payload()
    assert plain.get_payload(decode=True).decode().splitlines() == RETURNED.text.splitlines()
    assert html.get_payload(decode=True).decode().splitlines() == RETURNED.html.splitlines()


def test_every_line_is_plain_ascii_and_short_enough_for_any_server():
    raw = compose(RETURNED, FORUM).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_the_same_letter_is_the_same_bytes():
    assert compose(RETURNED, FORUM).as_bytes() == compose(replace(RETURNED), FORUM).as_bytes()
    assert travelled()["Message-ID"] == message_id("returned|12|3", "example.edu.vn")
    assert travelled(replace(RETURNED, key="returned|12|4"))["Message-ID"] != travelled()["Message-ID"]


def test_letters_about_one_piece_are_one_conversation():
    thread = thread_id("GDMN-2021-05-0012", "example.edu.vn")

    letter = travelled()

    assert letter["In-Reply-To"] == thread
    assert letter["References"] == thread


def test_an_answer_stands_under_the_mail_it_answers():
    receipt = replace(RETURNED, in_reply_to=INCOMING, is_answer=True)

    raw = compose(receipt, FORUM).as_bytes()
    letter = message_from_bytes(raw)

    thread = thread_id("GDMN-2021-05-0012", "example.edu.vn")
    assert letter["In-Reply-To"] == INCOMING
    assert letter["References"].split() == [thread, INCOMING]
    assert letter["Auto-Submitted"] == "auto-replied"
    # A long id must not come out as an encoded word, which no mailbox would take for an id.
    assert b"=?utf-8?q?=3C" not in raw
    assert f"References: {thread}\r\n {INCOMING}\r\n".encode() in raw


def test_a_letter_without_code_or_history_has_no_empty_headers():
    letter = travelled(replace(RETURNED, code=""))

    assert [name for name in ("X-Toasoan-Code", "In-Reply-To", "References", "Cc") if name in letter] == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (unicodedata.normalize("NFD", "Nguyễn Thị Thu Thủy"), "Nguyễn Thị Thu Thủy"),
        ("Lê (Mai) Anh", "Lê (Mai) Anh"),
        ("Ban Truyền thông " + "rất dài " * 15 + "hết", "Ban Truyền thông " + "rất dài " * 15 + "hết"),
        ("Le, Mai", '"Le, Mai"'),
        ("", ""),
    ],
)
def test_a_name_is_written_whole_whatever_it_holds(name, read):
    assert name_of_reader(name) == read


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Chào\r\nBcc: khac@example.edu.vn"),
        ("subject", "Chào\nBcc: khac@example.edu.vn"),
        ("to_name", "Lan\r\nBcc: khac@example.edu.vn"),
        ("to_address", "lan@example.edu.vn\r\nRCPT TO:<khac@example.edu.vn>"),
        ("to_address", "lan@example.edu.vn, khac@example.edu.vn"),
        ("to_address", "lan"),
        ("to_address", ""),
        ("to_address", "lân@example.edu.vn"),
        ("code", "GDMN\n"),
        ("key", "returned\0"),
        ("in_reply_to", "<a@example.edu.vn>\r\nX: y"),
        ("in_reply_to", "not an id"),
        ("to_address", "lan@@example.edu.vn"),
        ("written_at", datetime(2021, 5, 12)),  # noqa: DTZ001
    ],
)
def test_what_would_break_out_of_its_header_is_refused(field, value):
    with pytest.raises(LetterRefused) as refused:
        compose(replace(RETURNED, **{field: value}), FORUM)

    assert refused.value.field in {field, "in_reply_to"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Tran Lan",
        'Lan, "em" (PGD)',
        "Trần Thị Lan",
        "Phòng Giáo dục và Đào tạo huyện Kỳ Anh, " * 5 + "hết",
    ],
)
def test_a_name_of_any_length_and_its_address_come_as_they_were(name):
    letter = travelled(replace(RETURNED, to_name=name))

    reader, address = parseaddr(letter["To"])
    assert (str(make_header(decode_header(reader))), address) == (name, RETURNED.to_address)
    assert max(len(line) for line in letter["To"].splitlines()) <= 78
