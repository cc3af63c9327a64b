"""Mails as they come to the house: eight real habits, two copies, a crash, strangers, and the editor at the tray."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from models.attachment import Attachment
from models.audit import AuditEvent
from models.base import db
from models.envelope import CommitteeProposal, Envelope
from models.organisation import Unit
from models.submission import Submission
from models.vocabulary import Role
from workflow import accounts, facts, organisation, storage, submissions
from workflow.engine.errors import NotAllowed, Refusal
from workflow.intake import heading, membership, receiving, sight, tray
from workflow.intake.pieces import manuscript_of
from workflow.queries import duplicates
from workflow.rules import guards

pytestmark = pytest.mark.database

OWN_MX = "mx.example.edu.vn"
DATA = Path(__file__).parents[3] / "tasks/rehearsal/data"

SENT = {
    "m01": ("tx-hong-linh", "article", "Kinh nghiệm xây dựng mạng lưới cộng tác viên tin, bài ở cơ sở",
            "Võ Thị Thanh Nhàn", ["document", "picture", "picture"]),
    "m02": ("h-duc-tho", "article", "Người thắp lửa phong trào đồ dùng tự làm ở vùng ven sông",
            "Phan Thị Quỳnh Như", ["document"]),
    "m03": ("h-can-loc", "article", 'Góc sách tre và câu chuyện "đọc cùng con mười phút"',
            "Phạm Thị Thu Trang", ["document"]),
    "m04": ("h-nghi-xuan", "article", "Đưa Truyện Kiều và trò Kiều đến gần trẻ mẫu giáo",
            "Trần Thị Huyền My", ["picture", "picture"]),
    "m06": ("tx-ky-anh", "news", "Trường Mầm non Biển Xanh điều chỉnh thực đơn mùa hè cho trẻ",
            "Hoàng Thị Ngọc Ánh", ["document"]),
    "m07": ("h-huong-khe", "article", "Dạy trẻ kỹ năng phòng tránh đuối nước ngay từ lớp mẫu giáo",
            "Trương Thị Bảo Ngọc", ["document"]),
}  # fmt: skip


@pytest.fixture
def letter():
    """A mail of a unit's address, as our own server hands it over: `letter("Tít", "lời")`."""

    def write(
        subject: str = "Tin: Ngày hội đọc sách của bé",
        *paragraphs: str,
        sender: str = "pgd.canloc@example.edu.vn",
        verified: bool = True,
        number: int = 1,
        hop: str = "mail",
        **headers: str,
    ) -> bytes:
        mail = EmailMessage()
        verdict = "pass" if verified else "fail"
        mail["Received"] = f"from {hop}.example.edu.vn by mx.example.edu.vn; Mon, 17 May 2021 09:00:00 +0700"
        mail["Authentication-Results"] = f"mx.example.edu.vn; dmarc={verdict} header.from=example.edu.vn"
        mail["Message-ID"] = f"<thu-{number}@example.edu.vn>"
        mail["From"] = sender
        mail["Subject"] = subject
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content("\n\n".join(paragraphs or STORY))
        return bytes(mail)

    return write


STORY = (
    "Ngày hội đọc sách của bé",
    "Ngày 12/5/2021, Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho 120 trẻ cùng cha mẹ tại sân trường.",
    "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của chính mình.",
    "Sau ngày hội, nhà trường tặng mỗi lớp một giá sách tre do phụ huynh đóng và hẹn trẻ đọc mỗi tối mười phút.",
)


def one() -> Submission:
    return db.session.scalars(select(Submission)).one()


def envelope() -> Envelope:
    return db.session.scalars(select(Envelope)).one()


def codes(problems: list[dict[str, str]]) -> set[str]:
    return {problem["code"] for problem in problems}


def acts(stream: str) -> list[str]:
    return list(
        db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)
        )
    )


def editor(name: str = "son", role: Role = Role.EDITOR):
    account = accounts.add(f"{name}@example.edu.vn", full_name="Nguyễn Văn Sơn", by=None)
    accounts.grant(account, role, by=None)
    return account


# --- the eight mails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SENT)
def test_a_committee_members_mail_is_a_sending_at_its_receipt_time(province, raw, number):
    unit, kind, title, author, files = SENT[number]

    outcome = receiving.receive(raw(number))

    piece = one()
    kept = db.session.scalars(select(Attachment.kind).where(Attachment.submission_id == piece.id))
    assert (outcome.outcome, outcome.reason, outcome.submissions) == ("accepted", "", [piece.code])
    assert (piece.state, piece.unit.code, piece.kind, piece.channel) == ("submitted", unit, kind, "mail")
    assert (piece.revision.title, piece.revision.author_line) == (title, author)
    assert sorted(file.value for file in kept) == files
    told_by_our_server = heading.peek(raw(number), own_mx=OWN_MX).received_at
    assert piece.first_sent_at == envelope().received_at == told_by_our_server
    assert (piece.period.code, piece.sent_late) == ("KY-2021-05", number == "m07")


def test_m02_a_word_97_file_is_kept_and_the_letters_words_are_the_text(province, raw, outbox):
    receiving.receive(raw("m02"))

    assert "<p>" in one().revision.body
    assert "doc_not_read" in codes(envelope().problems)
    assert outbox() == ["read_mail", "letter:receipt", "letter:receipt_problem"]


def test_m03_tcvn3_becomes_unicode_and_is_marked_for_checking(province, raw):
    receiving.receive(raw("m03"))

    assert "legacy_font_converted" in codes(envelope().problems)
    assert "phụ huynh" in one().revision.summary + one().revision.body


def test_m04_pictures_stand_in_their_places_with_their_captions_and_no_answer(province, raw):
    receiving.receive(raw("m04"))

    text_of = one().revision
    assert [p.caption for p in text_of.pictures] == [
        "Ảnh 1. Trẻ biểu diễn rối bóng.",
        "Ảnh 2. Nghệ nhân hướng dẫn trẻ cắt rối.",
    ]
    assert text_of.body.count("<p>") == 3
    assert text_of.body.index('data-picture="1"') < text_of.body.index('data-picture="2"')
    assert db.session.execute(text("SELECT count(*) FROM consent_answer")).scalar() == 0


def test_m05_a_strangers_mail_waits_and_is_sent_for_the_unit_at_its_receipt_time(
    province, raw, outbox, audited
):
    outcome = receiving.receive(raw("m05"))
    waiting = (outcome.outcome, outcome.reason, outcome.submissions, outbox())
    son = editor()

    receiving.take(outcome.envelope_id, organisation.by_code("h-cam-xuyen"), by=son)

    piece = one()
    assert waiting == ("tray", "unknown_sender", [], ["read_mail", "letter:unknown_sender"])
    assert piece.first_sent_at == datetime(2021, 5, 14, 13, 15, 9, tzinfo=UTC)
    assert (piece.state, piece.sent_late, piece.created_by) == ("submitted", False, None)
    assert acts(f"envelope:{outcome.envelope_id}") == [
        "envelope:receive", "envelope:tray", "envelope:take", "envelope:accepted",
    ]  # fmt: skip
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submission:submit")).one()
    assert (event.actor_id, '"acting_for":"h-cam-xuyen"' in event.payload) == (son.id, True)


def test_m07_three_minutes_past_midnight_in_vietnam_is_late_though_utc_says_the_19th(province, raw):
    receiving.receive(raw("m07"))

    piece = one()
    assert piece.first_sent_at == datetime(2021, 5, 19, 17, 3, 10, tzinfo=UTC)
    assert (piece.period.code, piece.sent_late) == ("KY-2021-05", True)
    assert "Nhắc việc" not in piece.revision.body


def test_m08_is_three_pieces_and_a_member_list_that_is_one_short(province, raw, outbox):
    outcome = receiving.receive(raw("m08"))

    pieces = db.session.scalars(select(Submission).order_by(Submission.id)).all()
    proposal = db.session.scalars(select(CommitteeProposal)).one()
    assert outcome.submissions == [piece.code for piece in pieces]
    assert [piece.kind.value for piece in pieces] == ["news", "article", "news"]
    assert {piece.first_sent_at for piece in pieces} == {datetime(2021, 5, 19, 9, 50, tzinfo=UTC)}
    assert {db.session.get_one(Unit, proposal.unit_id).code, *(p.unit.code for p in pieces)} == {"h-ky-anh"}
    assert len(proposal.members) == 4
    assert membership.gaps(proposal, on=date(2021, 5, 19)) == {"teacher": 1}
    assert outbox().count("letter:committee_incomplete") == 1


# --- nothing lost, nothing doubled --------------------------------------------------------------------------------


def test_the_same_mail_twice_is_one_piece(province, raw):
    first = receiving.receive(raw("m01"))
    again = receiving.receive(raw("m01"))

    assert (again.outcome, again.submissions) == ("duplicate", first.submissions)
    assert again.envelope_id == first.envelope_id
    assert one().code == first.submissions[0]


def test_a_second_delivery_by_another_way_is_recognised_by_its_words(province, letter):
    first = receiving.receive(letter())
    again = receiving.receive(letter(hop="backup"))

    assert (again.outcome, again.reason, again.submissions) == ("duplicate", "duplicate", first.submissions)
    assert again.envelope_id != first.envelope_id
    assert one().code == first.submissions[0]


@pytest.mark.parametrize(
    "passed_over", [False, True], ids=["waiting in the tray", "passed over by an editor"]
)
def test_a_verified_copy_is_sent_though_one_that_nobody_vouches_for_came_first(province, letter, passed_over):
    doubtful = receiving.receive(letter(hop="list", verified=False))
    if passed_over:
        tray.dismiss(doubtful.envelope_id, reason="Nghi giả mạo.", by=editor())

    real = receiving.receive(letter())
    third = receiving.receive(letter(hop="backup", verified=False))

    assert (doubtful.outcome, doubtful.reason, real.outcome) == ("tray", "sender_not_verified", "accepted")
    assert (one().state, one().code) == ("submitted", real.submissions[0])
    # The doubtful one waits for nobody any more, and shows what the real one became.
    earlier = db.session.get_one(Envelope, doubtful.envelope_id, populate_existing=True)
    assert (earlier.verdict, earlier.reason) == ("ignored", "duplicate")
    assert (third.outcome, third.submissions) == ("duplicate", real.submissions)


def test_a_verified_copy_of_what_an_editor_took_is_not_sent_again(province, letter):
    doubtful = receiving.receive(letter(hop="list", verified=False))
    [taken] = tray.take(doubtful.envelope_id, organisation.by_code("h-can-loc"), by=editor())

    again = receiving.receive(letter())

    assert (again.outcome, again.submissions) == ("duplicate", [taken.code])
    assert one().code == taken.code


def test_a_message_id_used_twice_for_two_letters_loses_neither(province, letter):
    receiving.receive(letter())
    other = receiving.receive(
        letter("Tin: Bếp ăn một chiều", "Bếp ăn một chiều của trường", *STORY[2:], STORY[2])
    )

    assert other.outcome == "accepted"
    assert db.session.execute(text("SELECT count(*) FROM submission")).scalar() == 2


def test_two_that_bring_one_mail_at_once_make_one_piece(province, house, raw):
    start = threading.Barrier(2, timeout=30)

    def bring(_: int) -> receiving.Outcome:
        with house.app_context():
            start.wait()
            try:
                return receiving.receive(raw("m08"))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(bring, range(2)))

    assert sorted(outcome.outcome for outcome in outcomes) == ["accepted", "duplicate"]
    assert outcomes[0].submissions == outcomes[1].submissions
    assert db.session.execute(text("SELECT count(*) FROM submission")).scalar() == 3


def test_two_ways_of_one_letter_at_once_make_one_piece(province, house, letter):
    start = threading.Barrier(2, timeout=30)

    def bring(hop: str) -> receiving.Outcome:
        with house.app_context():
            start.wait()
            try:
                return receiving.receive(letter(hop=hop))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(bring, ["mail", "backup"]))

    assert sorted(outcome.outcome for outcome in outcomes) == ["accepted", "duplicate"]
    assert db.session.execute(text("SELECT count(*) FROM submission")).scalar() == 1


def test_a_crash_after_keeping_loses_nothing_the_worker_reads_it(province, raw, monkeypatch, outbox):
    def crash(*_args: object, **_options: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(receiving, "read_envelope", crash)
        with pytest.raises(MemoryError):
            receiving.receive(raw("m01"))
    db.session.rollback()
    kept = envelope()
    assert (kept.verdict.value, storage.load(kept.sha256), outbox()) == ("new", raw("m01"), ["read_mail"])

    by_worker = receiving.read_envelope(kept.id)
    again = receiving.read_envelope(kept.id)

    assert by_worker == again
    assert (by_worker.outcome, by_worker.submissions) == ("accepted", [one().code])


def test_a_mail_that_breaks_the_reader_waits_in_the_tray(province, letter, monkeypatch):
    def burst(*_args: object, **_options: object) -> None:
        raise RecursionError

    monkeypatch.setattr(sight.reading, "read", burst)

    outcome = receiving.receive(letter())

    assert (outcome.outcome, outcome.reason) == ("tray", "mail_unreadable")
    assert envelope().from_address == "pgd.canloc@example.edu.vn"


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Received: ", b"From: ", b"Message-ID: <", b"Subject: =?"]),
)
def test_the_outside_of_any_bytes_can_be_read(junk, opening):
    seen = heading.peek(opening + junk, own_mx=OWN_MX)

    assert "\x00" not in seen.message_id + seen.subject + seen.sender.address + seen.sender.name
    (seen.message_id + seen.subject + seen.sender.name).encode()


def test_a_header_made_to_burst_an_index_is_kept(province, letter):
    outcome = receiving.receive(b"Message-ID: <" + b"\xff\x00x" * 15_000 + b"@x>\r\n" + letter())

    assert outcome.outcome in ("accepted", "tray")


# --- who may send -------------------------------------------------------------------------------------------------


def test_r2_a_contributors_mail_waits_in_the_pool_with_its_receipt_time(province, letter, outbox):
    teacher = accounts.add("co.lan@example.edu.vn", full_name="Trần Thị Lan", by=None)
    since = date(2021, 5, 1)
    accounts.grant(teacher, Role.CONTRIBUTOR, unit=organisation.by_code("h-can-loc"), by=None, since=since)

    outcome = receiving.receive(letter(sender="co.lan@example.edu.vn"))

    piece = one()
    assert (outcome.outcome, outcome.reason) == ("accepted", "in_pool")
    assert (piece.state, piece.first_sent_at, piece.created_by) == ("drafted", None, teacher.id)
    assert piece.state_since == datetime(2021, 5, 17, 2, 0, tzinfo=UTC)
    assert outbox() == ["read_mail", "letter:receipt"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"verified": False}, "sender_not_verified"),
        ({"sender": "la@example.edu.vn"}, "unknown_sender"),
        ({"sender": "Cô Lan <pgd.canloc@example.edu.vn>, nga@example.edu.vn"}, "two_from"),
        ({"List_Id": "<truong.example.edu.vn>"}, "mailing_list"),
    ],
)
def test_what_is_not_surely_a_members_mail_waits_with_its_reason(province, letter, headers, code):
    outcome = receiving.receive(letter(**headers))

    assert (outcome.outcome, outcome.reason, outcome.submissions) == ("tray", code, [])


def test_a_person_of_two_committees_is_asked_for_which(province, letter):
    account = accounts.find("pgd.canloc@example.edu.vn")
    accounts.grant(
        account, Role.COMMITTEE, unit=organisation.by_code("h-loc-ha"), by=None, since=date(2021, 5, 1)
    )

    outcome = receiving.receive(letter())

    assert (outcome.outcome, outcome.reason) == ("tray", "unit_unclear")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"sender": "quang-cao@example.edu.vn", "Precedence": "bulk"}, "bulk"),
    ],
)
def test_a_machines_mail_is_put_aside_and_never_answered(province, letter, outbox, headers, code):
    outcome = receiving.receive(letter(**headers))

    assert (outcome.outcome, outcome.reason) == ("ignored", code)
    assert outbox() == ["read_mail"]


def test_a_stranger_is_answered_once_a_day_and_only_when_his_server_vouches(province, letter, outbox):
    for number in (1, 2):
        receiving.receive(letter(sender="la@example.edu.vn", number=number))
    receiving.receive(letter(sender="gia@example.edu.vn", verified=False, number=3))

    assert outbox().count("letter:unknown_sender") == 1


def test_a_name_in_two_encoded_words_has_one_blank_between(province, letter):
    name = "=?utf-8?b?VHLGsMahbmc=?= =?utf-8?b?IFRo4buLIE5n4buNYw==?="
    raw = letter(sender="la@example.edu.vn").replace(b"From: la@", f"From: {name} <la@".encode(), 1)
    receiving.receive(raw.replace(b"<la@example.edu.vn", b"<la@example.edu.vn>", 1))

    assert envelope().from_name == "Trương Thị Ngọc"


# --- when the rules say no ----------------------------------------------------------------------------------------


def test_r12_mail_for_a_unit_that_has_ended_waits_and_its_draft_is_kept(province, raw, outbox):
    outcome = receiving.receive(raw("m01"), received_at=datetime(2025, 8, 10, 2, 0, tzinfo=UTC))

    assert (outcome.outcome, outcome.reason) == ("tray", "unit_ended")
    assert (one().state, outcome.submissions) == ("drafted", [one().code])
    assert "unit_ended" in codes(envelope().problems)


def test_a_draft_the_mail_became_is_sent_by_taking_it_and_not_made_again(province, letter, monkeypatch):
    real = submissions.perform
    monkeypatch.setattr("workflow.intake.pieces.perform", refuse_once(real))
    outcome = receiving.receive(letter())
    assert (outcome.outcome, outcome.reason) == ("tray", "title_required")

    receiving.take(outcome.envelope_id, organisation.by_code("h-can-loc"), by=editor())

    assert (one().code, one().state) == (outcome.submissions[0], "submitted")
    assert one().first_sent_at == datetime(2021, 5, 17, 2, 0, tzinfo=UTC)


def test_retry_sends_again_what_was_refused(province, letter, monkeypatch):
    monkeypatch.setattr("workflow.intake.pieces.perform", refuse_once(submissions.perform))
    outcome = receiving.receive(letter())

    receiving.retry(outcome.envelope_id, by=editor())

    assert receiving.read_envelope(outcome.envelope_id).outcome == "accepted"
    assert one().state == "submitted"


def refuse_once(real):
    answers = [NotAllowed(Refusal("title_required", "Vui lòng nhập tiêu đề."))]

    def perform(*args, **options):
        if answers:
            raise answers.pop()
        return real(*args, **options)

    return perform


def test_a_long_headline_is_cut_at_a_word_and_kept_whole_in_the_text(letter):
    long = " ".join(["Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho trẻ"] * 5)
    proposed = sight.look(letter(), own_mx=OWN_MX).composition.items[0]

    manuscript = manuscript_of(replace(proposed, title=long))

    assert len(manuscript.title) <= 200
    assert manuscript.title.endswith("…")
    assert manuscript.body.startswith(f"<p>{long}</p>")


# --- the editor at the tray ---------------------------------------------------------------------------------------


def test_taking_without_sending_leaves_the_piece_to_the_units_committee(province, raw):
    outcome = receiving.receive(raw("m05"))

    receiving.take(outcome.envelope_id, organisation.by_code("h-cam-xuyen"), by=editor(), send=False)
    member = accounts.find("hoami.camxuyen@example.edu.vn")
    submissions.submit(one().id, by=member)

    assert one().state == "submitted"


def test_r10_the_editor_who_acted_for_a_unit_may_edit_but_not_approve(province, raw):
    son = editor()
    outcome = receiving.receive(raw("m05"))
    piece = receiving.take(outcome.envelope_id, organisation.by_code("h-cam-xuyen"), by=son)[0]

    submissions.claim(piece.id, by=son)

    assert (
        guards.four_eyes(facts.gather(db.session.connection(), piece.id, actor=son.id)).code
        == "four_eyes_violation"
    )


def test_the_tray_is_for_editors_and_the_refused_try_is_on_record(province, raw, refused):
    outcome = receiving.receive(raw("m05"))
    khang = editor("khang", Role.AUDITOR)

    code = refused(lambda: receiving.take(outcome.envelope_id, organisation.by_code("h-cam-xuyen"), by=khang))

    assert code == "forbidden"
    assert acts(f"refusal:{khang.id}") == ["envelope:refused/forbidden"]
    assert receiving.read_envelope(outcome.envelope_id).outcome == "tray"


def test_dismissing_needs_a_reason_and_can_be_taken_back(province, raw, refused):
    outcome = receiving.receive(raw("m05"))
    son = editor()

    assert refused(lambda: receiving.dismiss(outcome.envelope_id, reason=" ", by=son)) == "reason_required"
    receiving.dismiss(outcome.envelope_id, reason="Gửi nhầm", by=son)
    assert receiving.read_envelope(outcome.envelope_id).reason == "dismissed"
    receiving.retry(outcome.envelope_id, by=son)

    assert receiving.read_envelope(outcome.envelope_id).reason == "unknown_sender"


def test_a_settled_mail_is_not_taken_again(province, raw, refused):
    outcome = receiving.receive(raw("m01"))

    unit = organisation.by_code("tx-hong-linh")
    assert refused(lambda: receiving.take(outcome.envelope_id, unit, by=editor())) == "mail_settled"


def test_retry_after_the_seat_was_filled_sends_at_the_receipt_time(province, raw):
    outcome = receiving.receive(raw("m05"))
    author = accounts.add("haiyen.le@canhan.example.edu.vn", full_name="Lê Thị Hải Yến", by=None)
    since = date(2021, 5, 1)
    accounts.grant(author, Role.COMMITTEE, unit=organisation.by_code("h-cam-xuyen"), by=None, since=since)

    receiving.retry(outcome.envelope_id, by=editor())

    assert one().first_sent_at == datetime(2021, 5, 14, 13, 15, 9, tzinfo=UTC)
    assert one().created_by == author.id


# --- looks the same -----------------------------------------------------------------------------------------------


def test_a_piece_sent_twice_in_other_words_is_marked_and_not_refused(province, letter):
    first = receiving.receive(letter())
    shorter = receiving.receive(letter("Tin: Bé vui đọc sách", "Bé vui đọc sách", *STORY[1:3], number=2))

    assert shorter.outcome == "accepted"
    waiting = db.session.get_one(Envelope, shorter.envelope_id)
    assert [p["twin"] for p in waiting.problems if p["code"] == "possible_duplicate"] == first.submissions
    pieces = db.session.scalars(select(Submission).order_by(Submission.id)).all()
    assert [like.code for like in duplicates.of(pieces[0].id)] == [pieces[1].code]


def test_two_different_pieces_of_a_unit_are_not_alike(make, cast):
    make.submission(title="Bếp ăn một chiều")
    other = make.submission(
        title="Ngày hội thể thao",
        body="<p>Sáng 14/5, trẻ mẫu giáo thi chạy tiếp sức quanh sân trường cùng cha mẹ.</p>",
    )

    assert duplicates.of(other.id) == []
