"""What people get back when they write to us: one answer to one mail, threaded to it, none to a machine."""

from datetime import date
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from models.base import db
from models.outbox import Letter
from tests.mail_peer import mail_peer
from workflow import storage
from workflow.intake import receiving

pytestmark = pytest.mark.database

STORY = (
    "Ngày 12/5/2021, Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho 120 trẻ cùng cha mẹ tại sân trường.",
    "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của chính mình.",
    "Sau ngày hội, nhà trường tặng mỗi lớp một giá sách tre do phụ huynh đóng và hẹn trẻ đọc mỗi tối mười phút.",
)


def mail_from(address: str, *, file: tuple[str, bytes] | None = None) -> bytes:
    mail = EmailMessage()
    mail["Received"] = "from mail.example.edu.vn by mx.example.edu.vn; Mon, 17 May 2021 08:10:00 +0700"
    mail["Authentication-Results"] = "mx.example.edu.vn; dmarc=pass header.from=example.edu.vn"
    mail["Message-ID"] = "<thu-1@example.edu.vn>"
    mail["From"] = address
    mail["Subject"] = "Tin: Ngày hội đọc sách của bé"
    mail.set_content("\n\n".join(STORY))
    if file:
        mail.add_attachment(file[1], maintype="application", subtype="octet-stream", filename=file[0])
    return bytes(mail)


@pytest.fixture
def answered(make, set_to, work):
    """What the mail server is given after a mail came in and all work is done."""

    def by_mail(raw):
        with mail_peer() as peer:
            set_to(SMTP_URL=peer.url)
            receiving.receive(raw)
            work()
            return dict(
                zip(
                    [letter["To"].addresses[0].addr_spec for letter in peer.letters()],
                    peer.letters(),
                    strict=True,
                )
            ), peer

    return by_mail


def test_a_sent_mail_gets_one_receipt_in_its_own_thread_with_an_empty_return_path(cast, answered, broker):
    letters, peer = answered(mail_from("binh@example.edu.vn"))

    assert list(letters) == ["binh@example.edu.vn"]
    receipt = letters["binh@example.edu.vn"]
    assert receipt["In-Reply-To"] == "<thu-1@example.edu.vn>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert peer.senders == ["<>"]
    kept = db.session.scalars(select(Letter)).one()
    assert (kept.kind, kept.unit_id) == ("receipt", cast.can_loc.id)
    assert "08 giờ 10 phút ngày 17/5/2021" in kept.text


def test_a_teachers_mail_is_answered_that_it_waits_in_the_pool_and_the_contact_knows(cast, answered, broker):
    letters, _ = answered(mail_from("lan@example.edu.vn"))

    assert sorted(letters) == ["binh@example.edu.vn", "lan@example.edu.vn"]
    texts = {letter.to_address: letter.text for letter in db.session.scalars(select(Letter))}
    assert all("Tin, bài đang ở mục bản nháp của đơn vị" in text for text in texts.values())
    assert letters["binh@example.edu.vn"]["Auto-Submitted"] == "auto-generated"


def test_a_file_that_cannot_be_taken_is_told_with_its_name(cast, answered, broker):
    answered(mail_from("binh@example.edu.vn", file=("bai viet.docx.exe", b"MZ" + bytes(200))))

    kinds = {letter.kind: letter for letter in db.session.scalars(select(Letter))}
    assert "bai viet.docx.exe" in kinds["receipt_problem"].text
    assert kinds["receipt_problem"].in_reply_to == "<thu-1@example.edu.vn>"


def test_a_stranger_is_asked_who_he_is(cast, answered, broker):
    letters, _ = answered(mail_from("la@example.edu.vn"))

    assert list(letters) == ["la@example.edu.vn"]
    assert letters["la@example.edu.vn"]["Subject"].startswith("[Tiếp nhận] Cần xác nhận đơn vị gửi bài (TH-")


def test_a_piece_of_the_pool_sent_later_by_the_committee_has_a_receipt_of_its_own(
    cast, answered, work, broker
):
    from models.submission import Submission
    from workflow import submissions

    answered(mail_from("lan@example.edu.vn"))
    piece = db.session.scalars(select(Submission)).one()
    submissions.submit(piece.id, by=cast.binh)
    work()

    receipts = db.session.scalars(select(Letter).where(Letter.kind == "receipt").order_by(Letter.id)).all()
    assert [letter.key.rpartition("|")[2].partition(":")[0] for letter in receipts][-1] == "submission"
    assert "Đến nay đơn vị đã gửi 01/02" in receipts[-1].text
    assert piece.created_at.date() >= date(2021, 5, 1)


def test_what_travels_is_kept_to_the_byte(make, work, set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        make.submission(state="submitted")
        work()

    letter = db.session.scalars(select(Letter)).one()
    assert storage.load(letter.raw) == peer.taken[0]
    assert peer.letters()[0]["Message-ID"] == letter.message_id
    assert letter.server == f"127.0.0.1:{peer.port}: 250 OK queued as 4711"
