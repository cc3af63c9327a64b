"""A letter comes back: the address is marked, people are told, the next reminder goes to somebody else."""

from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.envelope import Envelope
from models.outbox import Bounce, Letter
from models.vocabulary import SeatKind
from tests.mail_peer import mail_peer
from tests.tasks.test_mail_letters import mail_from
from tests.workflow.intake.test_reports import report
from workflow import accounts, bounces, committees, deadlines, reminders, vacancies
from workflow.engine.unit_of_work import change
from workflow.intake import receiving
from workflow.queries import recipients

pytestmark = pytest.mark.database


@pytest.fixture
def thu(cast):
    """A teacher on Can Lộc's committee, beside Bình."""
    member = accounts.add("thu@example.edu.vn", full_name="Nguyễn Thị Thu", by=None)
    committees.seat(
        committees.in_force(cast.can_loc), member, SeatKind.TEACHER, by=None, since=date(2021, 4, 1)
    )
    return member


@pytest.fixture
def letters(work):
    def of_kind(kind):
        work()
        return list(db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))

    return of_kind


def to(found):
    return sorted(letter.to_address.partition("@")[0] for letter in found)


def marks():
    db.session.rollback()
    return [
        (one.address, one.cleared_at is None)
        for one in db.session.scalars(select(Bounce).order_by(Bounce.id))
    ]


def acts(account):
    query = (
        select(AuditEvent.action).where(AuditEvent.stream == f"account:{account.id}").order_by(AuditEvent.seq)
    )
    return [act for act in db.session.scalars(query) if act.startswith("address:")]


def remind(clock_at, moment):
    reminders.remind(clock_at(moment).date())


@pytest.mark.parametrize("server", ["postfix", "exchange", "gmail"])
def test_a_report_marks_the_address_and_the_next_reminder_goes_to_another_member(
    server, cast, thu, letters, clock_at, set_to, broker
):
    clock_at("2021-05-12 08:00")
    with change():
        deadlines.ensure_period(2021, 5)
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        remind(clock_at, "2021-05-12 08:00")
        assert to(letters("reminder_t7")) == ["binh", "ha", "nga", "son", "thu"]
        travelled = next(one for one in peer.letters() if "binh@" in one["To"])
        receiving.receive(report(server, message_id=travelled["Message-ID"]))
        told = letters("contact_undeliverable")
        remind(clock_at, "2021-05-14 08:00")
        remind(clock_at, "2021-05-16 08:00")
        remind(clock_at, "2021-05-17 08:00")
        reminded_again = letters("reminder_t3") + letters("reminder_last_day")

    assert marks() == [("binh@example.edu.vn", True)]
    came_back = next(one for one in letters("reminder_t7") if one.to_address.startswith("binh"))
    assert (came_back.state, came_back.sent_at is not None) == ("bounced", True)
    assert to(told) == ["ha", "son", "thu"]
    assert "gửi đến Phan Đình Bình (binh@example.edu.vn) ngày 12/5/2021 bị trả lại: 5." in told[0].text
    assert "/quan-tri/ban-truyen-thong/h-can-loc/" in next(
        x.text for x in told if x.to_address.startswith("son")
    )
    assert set(to(reminded_again)) == {"ha", "nga", "son", "thu"}
    assert acts(cast.binh) == ["address:mark"]
    assert db.session.scalars(select(Envelope.reason)).one() == "bounce"


def test_the_same_address_is_marked_and_told_once(cast, make, letters, set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        for _ in range(2):
            make.submission(state="submitted")
        letters("receipt")
        for number, one in enumerate(peer.letters()):
            receiving.receive(report("postfix", message_id=one["Message-ID"]) + b"\n" * number)

    assert marks() == [("binh@example.edu.vn", True)]
    assert to(letters("contact_undeliverable")) == ["ha", "son"]
    assert [letter.state for letter in letters("receipt")] == ["bounced", "bounced"]


def test_r1_an_incomplete_committee_is_told_who_of_it_cannot_be_reached(
    cast, thu, make, letters, set_to, clock_at, broker
):
    accounts.set_active(thu, False, by=cast.mai)
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "550 5.1.1 no such user"}
        make.submission(state="submitted")
        letters("receipt")
    clock_at("2021-05-18 08:00")
    vacancies.remind(date(2021, 5, 18))

    said = {one.to_address.partition("@")[0]: one.text for one in letters("committee_incomplete")}

    gaps = [
        "- Phan Đình Bình: địa chỉ binh@example.edu.vn không nhận được thư từ ngày 17/5/2021.",
        "- Nguyễn Thị Thu: tài khoản đã khóa.",
    ]
    assert [line for line in said["binh"].splitlines() if line.startswith("- ") and ": " in line] == gaps
    assert "không nhận được thư" not in said["nga"]


def test_nobody_else_can_mark_an_address(cast, make, letters, broker):
    make.submission(state="submitted")
    [receipt] = letters("receipt")

    receiving.receive(report("postfix", message_id=receipt.message_id, address="nga@example.edu.vn"))
    receiving.receive(report("postfix", message_id="<made-up@example.edu.vn>"))

    assert marks() == []
    assert letters("receipt")[0].state == "sent"


def test_a_server_that_will_not_have_the_address_marks_it_at_once(cast, make, letters, rows, set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "550 5.1.1 no such user"}
        make.submission(state="submitted")
        [receipt] = letters("receipt")

    assert (receipt.state, receipt.sent_at, receipt.error) == ("bounced", None, "550 5.1.1 no such user")
    assert marks() == [("binh@example.edu.vn", True)]
    assert rows("state", "topic = 'post' AND state <> 'done'") == []
    assert to(letters("contact_undeliverable")) == ["ha", "son"]


def test_a_server_that_will_not_have_us_marks_no_address_and_the_letter_waits(
    cast, make, letters, rows, set_to, broker
):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "554 5.7.1 <binh@example.edu.vn>: Relay access denied"}
        make.submission(state="submitted")
        [receipt] = letters("receipt")

    assert (receipt.state, marks()) == ("waiting", [])
    assert rows("state, attempts", "topic = 'post'") == [("new", 1)]
    assert letters("contact_undeliverable") == []


def test_a_report_that_we_are_blocked_is_the_letters_fate_and_not_the_addresss(
    cast, make, letters, set_to, broker
):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        make.submission(state="submitted")
        letters("receipt")
        [travelled] = peer.letters()
    blocked = report("postfix", message_id=travelled["Message-ID"])
    receiving.receive(blocked.replace(b"5.1.1", b"5.7.26"))

    [receipt] = letters("receipt")
    assert (receipt.state, receipt.error[:6]) == ("bounced", "5.7.26")
    assert (marks(), letters("contact_undeliverable"), acts(cast.binh)) == ([], [], [])


def test_when_nobody_can_be_reached_letters_still_go_where_they_went(cast, make, letters, set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "550 no such user"}
        make.submission(state="submitted")
        letters("receipt")

    assert [person.name for person in recipients.members(cast.can_loc.id)] == ["Phan Đình Bình"]


def test_a_verified_mail_from_the_address_clears_the_mark(cast, make, letters, set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "550 no such user"}
        make.submission(state="submitted")
        letters("receipt")

    receiving.receive(mail_from("binh@example.edu.vn").replace(b"dmarc=pass", b"dmarc=fail"))
    assert marks() == [("binh@example.edu.vn", True)]
    receiving.receive(mail_from("binh@example.edu.vn").replace(b"<thu-1@", b"<thu-2@"))

    assert marks() == [("binh@example.edu.vn", False)]
    assert acts(cast.binh) == ["address:mark", "address:clear"]


def test_an_editor_clears_the_mark_once_and_nobody_without_the_right(
    cast, make, letters, set_to, refused, broker
):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_recipient = {"binh@example.edu.vn": "550 no such user"}
        make.submission(state="submitted")
        letters("receipt")
    [bounce] = db.session.scalars(select(Bounce.id))

    assert refused(lambda: bounces.clear(bounce, by=cast.minh)) == "forbidden"
    bounces.clear(bounce, by=cast.son)
    assert refused(lambda: bounces.clear(bounce, by=cast.son)) == "not_marked"

    assert marks() == [("binh@example.edu.vn", False)]
