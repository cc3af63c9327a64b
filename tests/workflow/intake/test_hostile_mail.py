"""Mail made to stall, fool or break the reader (T17, T18, T19, T21)."""

import random
import time
from datetime import UTC, datetime

import pytest

from workflow.intake import composing, reading
from workflow.intake.problems import SAYS
from workflow.intake.reading import MailRefused

OWN_MX = "mx.example.edu.vn"
OUR_LINE = "Received: from x by mx.example.edu.vn; Mon, 17 May 2021 09:41:22 +0700"


def a_mail(*headers: str, body: str = "Kính gửi Phòng GDMN") -> bytes:
    return ("\r\n".join((*headers, "", body)) + "\r\n").encode()


def read(*headers: str, body: str = "Kính gửi Phòng GDMN") -> reading.Mail:
    return reading.read(a_mail(*headers, body=body), own_mx=OWN_MX)


def refusal(raw: bytes) -> str:
    with pytest.raises(MailRefused) as refused:
        reading.guard(raw)
    return refused.value.code


def flat(count: int, boundary: str = "b", line: str = "\r\n") -> bytes:
    return a_mail(
        "From: a@example.edu.vn",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
        body=f"--{boundary}{line}{line}x{line}" * count + f"--{boundary}--",
    )


def nested(depth: int) -> bytes:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return ("From: a@example.edu.vn\r\n" + opening + "Content-Type: text/plain\r\n\r\nx").encode()


def test_a_hundred_thousand_parts_are_refused_at_once():
    bomb = flat(100_000)
    began = time.thread_time()

    assert refusal(bomb) == "mail_too_many_parts"
    assert time.thread_time() - began < 0.5


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r"])
def test_two_hundred_parts_are_read_and_one_more_is_not(line):
    reading.guard(flat(199, line=line))

    assert refusal(flat(200, line=line)) == "mail_too_many_parts"


def test_a_boundary_in_pieces_hides_no_parts():
    """RFC 2231 lets a parameter come in numbered pieces; the full parser puts them together."""
    bomb = a_mail(
        'Content-Type: multipart/mixed; boundary*0="a"; boundary*1="b"', body="--ab\r\n\r\nx\r\n" * 1_000
    )

    assert refusal(bomb) == "mail_too_many_parts"


def test_a_header_without_blank_line_hides_no_parts():
    bomb = b"Content-Type: multipart/mixed; boundary=b\nno header\n" + b"--b\nx\n" * 1_000

    assert refusal(bomb) == "mail_too_many_parts"


def test_paragraphs_of_a_delivery_status_count_as_parts():
    bomb = a_mail("Content-Type: message/delivery-status", body="Status: 5.0.0\r\n\r\n" * 10_000)

    assert refusal(bomb) == "mail_too_many_parts"


def test_twenty_levels_are_read_and_a_thousand_are_not():
    reading.guard(nested(19))

    assert refusal(nested(20)) == "mail_too_deep"
    assert refusal(nested(1_000)) == "mail_too_deep"


def test_mails_within_mails_are_levels_too():
    assert refusal(b"Content-Type: message/rfc822\n\n" * 500 + b"x") == "mail_too_deep"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"From: a@example.edu.vn\r\n\r\n" + b"x" * (30 * 1024 * 1024), "mail_too_large"),
        (b"X-Long: " + b"x" * 70_000 + b"\r\n\r\nx", "mail_header_too_large"),
        (b"X-Many: x\r\n" * 7_000 + b"\r\nx", "mail_header_too_large"),
        (b"x" * 70_000, "mail_header_too_large"),
        (a_mail("To: " + ", ".join(f"a{n}@example.edu.vn" for n in range(101))), "mail_too_many_addresses"),
    ],
    ids=["bytes", "one-long-line", "many-lines", "no-header-at-all", "addresses"],
)
def test_a_mail_over_a_limit_is_refused_with_a_sentence(raw, code):
    assert refusal(raw) == code
    assert SAYS[code].endswith(".")


def test_read_asks_the_guard_itself():
    with pytest.raises(MailRefused):
        reading.read(flat(300), own_mx=OWN_MX)


@pytest.mark.parametrize(
    "headers",
    [
        ("From: a@example.edu.vn", "From: b@example.edu.vn"),
        ("From: a@example.edu.vn", "From: a@example.edu.vn"),
        ("From: a@example.edu.vn, b@example.edu.vn",),
    ],
)
def test_two_senders_are_flagged_and_never_proved(headers):
    proof = "Authentication-Results: mx.example.edu.vn; dmarc=pass header.from=example.edu.vn"

    mail = read(OUR_LINE, proof, *headers)

    assert (mail.from_count, mail.authentication) == (2, "fail")
    assert [problem.code for problem in mail.problems] == ["two_from"]


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("From: A.Editor@Example.Edu.VN", "a.editor@example.edu.vn"),
        ('From: "editor@example.edu.vn" <evil@other.example.edu.vn>', "evil@other.example.edu.vn"),
        (
            "From: =?utf-8?q?=3Ceditor=40example=2Eedu=2Evn=3E?= <evil@other.example.edu.vn>",
            "evil@other.example.edu.vn",
        ),
        ("From: evil@bücher.example.edu.vn", "evil@xn--bcher-kva.example.edu.vn"),
        ("From: nobody", ""),
        ("From: a@b@example.edu.vn", ""),
        ("From:", ""),
        ("X-None: 1", ""),
    ],
)
def test_the_address_is_read_and_never_the_name(line, address):
    mail = read(line)

    assert mail.sender.address == address
    assert [p.code for p in mail.problems] == ([] if address else ["sender_unreadable"])


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["mx.example.edu.vn; dmarc=pass header.from=example.edu.vn"], "pass"),
        (["mx.example.edu.vn; spf=pass smtp.mailfrom=hoasen@example.edu.vn"], "pass"),
        (["mx.example.edu.vn; dkim=pass header.d=other.example.edu.vn"], "none"),
        (["mx.example.edu.vn; dkim=pass header.d=edu.vn"], "none"),
        (
            [
                "mx.example.edu.vn; spf=pass smtp.mailfrom=example.edu.vn; dmarc=fail header.from=example.edu.vn"
            ],
            "fail",
        ),
        (["mx.example.edu.vn; spf=fail smtp.mailfrom=example.edu.vn"], "fail"),
        (["mx.example.edu.vn (dmarc=pass header.from=example.edu.vn); none"], "none"),
        (["mx.other.example.edu.vn; dmarc=pass header.from=example.edu.vn"], "none"),
        ([], "none"),
    ],
)
def test_only_our_own_server_is_believed_and_only_about_the_domain_people_see(results, verdict):
    mail = read(
        OUR_LINE, *(f"Authentication-Results: {line}" for line in results), "From: hoasen@example.edu.vn"
    )

    assert mail.authentication == verdict


def test_a_verdict_in_our_name_that_came_with_the_mail_is_not_ours():
    mail = read(
        OUR_LINE,
        "Received: from elsewhere by relay.example.edu.vn; Mon, 17 May 2021 09:40:00 +0700",
        "Authentication-Results: mx.example.edu.vn; dmarc=pass header.from=example.edu.vn",
        "From: hoasen@example.edu.vn",
    )

    assert mail.authentication == "none"


@pytest.mark.parametrize(
    "forged", ["dkim=pass header.d=example.edu.vn", "dmarc=pass header.from=example.edu.vn"]
)
def test_a_verdict_in_our_name_below_our_own_is_not_ours_though_no_other_server_stands_between(forged):
    mail = read(
        "Authentication-Results: mx.example.edu.vn; dkim=none; dmarc=none header.from=example.edu.vn",
        OUR_LINE,
        "Authentication-Results: mx.example.edu.vn; spf=softfail smtp.mailfrom=hoasen@example.edu.vn",
        f"Authentication-Results: mx.example.edu.vn; {forged}",
        "From: hoasen@example.edu.vn",
    )

    assert mail.authentication == "none"


def test_a_signature_over_the_first_bytes_only_proves_nothing():
    mail = read(
        OUR_LINE,
        "Authentication-Results: mx.example.edu.vn; dkim=pass header.d=example.edu.vn;"
        " dmarc=pass header.from=example.edu.vn",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.edu.vn; s=k; l=120; h=from; bh=x; b=y",
        "From: hoasen@example.edu.vn",
    )

    assert mail.authentication == "none"


@pytest.mark.parametrize(
    "date", ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 1 Jan 2099 00:00:00 +0700", "", "hôm qua"]
)
def test_the_senders_date_decides_nothing(date):
    mail = read(OUR_LINE, f"Date: {date}", "From: a@example.edu.vn")

    assert mail.received_at == datetime(2021, 5, 17, 2, 41, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Received: from x by mx.other.example.edu.vn; Mon, 17 May 2021 09:41:22 +0700"],
        ["Received: from x (by mx.example.edu.vn) by y; Mon, 17 May 2021 09:41:22 +0700"],
        ["Received: from x by mx.example.edu.vn; lúc nãy"],
    ],
)
def test_without_our_servers_line_there_is_no_receipt_time(lines):
    assert read(*lines, "From: a@example.edu.vn").received_at is None


def test_a_forged_line_of_our_server_lies_below_the_true_one():
    forged = "Received: from x by mx.example.edu.vn; Sat, 1 May 2021 00:00:00 +0700"

    mail = read(OUR_LINE, "Received: from y by relay.example.edu.vn; Mon, 17 May 2021 09:40:00 +0700", forged)

    assert mail.received_at == datetime(2021, 5, 17, 2, 41, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply"),
        ("Auto-Submitted: auto-generated (nghỉ phép)", "auto_reply"),
        ("Auto-Submitted: no", ""),
        ("X-Autoreply: yes", "auto_reply"),
        ("Return-Path: <>", "bounce"),
        ("Return-Path: <hoasen@example.edu.vn>", ""),
        ("List-Id: <gvmn.example.edu.vn>", "mailing_list"),
        ("Precedence: bulk", "bulk"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "bounce"),
    ],
)
def test_what_a_program_wrote_is_known_and_why(header, reason):
    mail = read(header, "From: hoasen@example.edu.vn")

    assert mail.machine_made == reason


def test_a_bounce_from_the_mail_system_is_known_by_its_sender():
    assert read("From: Mail Delivery <MAILER-DAEMON@example.edu.vn>").machine_made == "machine_sender"


@pytest.mark.parametrize(
    ("charset", "data", "text", "is_whole"),
    [
        ("utf-8", "Tiếng Việt".encode(), "Tiếng Việt", True),
        ("us-ascii", "Tiếng Việt".encode(), "Tiếng Việt", True),
        ("x-khong-co", "Tiếng Việt".encode(), "Tiếng Việt", True),
        ("windows-1258", b"Ti\xea\xecng Vi\xea\xf2t", "Tiếng Việt", True),
        ("utf-8", b"Ti\xea\xecng Vi\xea\xf2t", "Tiếng Việt", False),
        ("utf-8", "Trường Mầm non Bình Minh".encode()[:-1] + b"\xff", "Trường Mầm non Bình Min�", False),
        ("unicode_escape", b"\\ud800 \\u0110", "\\ud800 \\u0110", True),
        ("rot13", b"Xin", "Xin", True),
    ],
)
def test_a_charset_that_lies_or_that_nobody_knows_breaks_nothing(charset, data, text, is_whole):
    raw = f"From: a@example.edu.vn\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + data

    mail = reading.read(raw, own_mx=OWN_MX)

    assert mail.texts == (text,)
    assert [p.code for p in mail.problems] == ([] if is_whole else ["charset_broken"])


def test_raw_letters_in_headers_and_file_names_are_read():
    raw = (
        "From: Cô Lan <lan@example.edu.vn>\r\nSubject: Bài viết\r\n"
        'Content-Type: application/pdf; name="Đề án Đồng Lộc.pdf"\r\n\r\n%PDF-1.4'
    ).encode()

    mail = reading.read(raw, own_mx=OWN_MX)

    assert (mail.sender.name, mail.subject) == ("Cô Lan", "Bài viết")
    assert mail.attachments[0].name == "Đề án Đồng Lộc.pdf"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="../../etc/passwd"', ".._.._etc_passwd"),
        ('filename="..\\\\..\\\\boot.ini"', ".._.._boot.ini"),
        ('filename="anh\u202egpj.exe"', "anhgpj.exe"),
        ("filename*=UTF-8''B%C3%A0i%20vi%E1%BA%BFt.docx", "Bài viết.docx"),
        ("filename*0*=UTF-8''B%C3%A0i; filename*1*=%20vi%E1%BA%BFt.docx", "Bài viết.docx"),
        ("filename*=x-khong-co''B%C3%A0i.docx", "Bài.docx"),
        ('filename="=?UTF-8?B?QsOgaSB2?=\r\n =?UTF-8?B?aeG6v3QuZG9jeA==?="', "Bài viết.docx"),
        ('filename="=?UTF-8?B?QsOg"', "=?UTF-8?B?QsOg"),
    ],
)
def test_a_file_name_is_text_and_never_a_path(disposition, name):
    mail = read(
        "Content-Type: application/pdf", f"Content-Disposition: attachment; {disposition}", body="%PDF-1.4"
    )

    assert mail.attachments[0].name == name


def test_an_endless_nest_of_comments_or_words_does_not_stall():
    began = time.thread_time()

    read(
        "Received: " + "(" * 20_000 + ")" * 20_000,
        "Subject: " + "=?a?q?x" * 2_000,
        'From: "=?' + '"=?' * 2_000,
    )

    assert time.thread_time() - began < 1


def test_a_page_of_half_a_million_signs_does_not_stall():
    page = "<div>" * 30_000 + "<a <a <!-- <a " * 20_000 + "&#x" * 10_000
    raw = a_mail("From: a@example.edu.vn", "Content-Type: text/html; charset=utf-8", body=page)
    began = time.thread_time()

    composing.compose(reading.read(raw, own_mx=OWN_MX))

    assert time.thread_time() - began < 5


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("number", ["m01", "m03", "m04", "m06"])
def test_bytes_thrown_at_a_true_mail_break_nothing(raw, number):
    """The same throws every time; a longer run of them found what `filetypes.BROKEN_ZIP` holds."""
    dice = random.Random(number)
    signs = (b"\r\n\r\n", b"--", b"=?utf-8?b?", b"<div>", b"\0", b"\xff", b'"', b";", b"charset=", b"base64")
    for _ in range(12):
        thrown = bytearray(raw(number))
        for _ in range(dice.choice((1, 5, 20))):
            at = dice.randrange(dice.choice((600, 4_000, len(thrown) - 300)))
            thrown[at : at + dice.choice((0, 1, 200))] = dice.choice(signs)

        composing.compose(reading.read(bytes(thrown), own_mx=OWN_MX))


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"\x00\xff\xfe" * 50, b"Content-Type: multipart/mixed\r\n\r\nx"]
)
def test_next_to_nothing_is_read_as_next_to_nothing(raw):
    composition = composing.compose(reading.read(raw, own_mx=OWN_MX))

    assert composition.items == ()
    assert "sender_unreadable" in [problem.code for problem in composition.problems]


def test_an_empty_mail_says_so(posted):
    composition = posted("")

    assert composition.items == ()
    assert [problem.says for problem in composition.problems] == ["Thư không có nội dung."]


def test_a_question_is_no_piece(posted):
    composition = posted("Em chào chị, tháng này hạn gửi là ngày nào ạ?")

    assert composition.items == ()
    assert [problem.code for problem in composition.problems] == ["no_article"]
    assert composition.letter == ("Em chào chị, tháng này hạn gửi là ngày nào ạ?",)
