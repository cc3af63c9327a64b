"""From what happened to the letters that go out: who is written to, what the letter says, that it goes once."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from models.base import db
from models.outbox import Letter
from models.vocabulary import CommitteeStatus, Role, SeatKind
from workflow import accounts, clock, committees, deadlines, delegations, submissions
from workflow.engine.unit_of_work import change
from workflow.proof import notes, sealing
from workflow.queries import audit_check, recipients, seals

pytestmark = pytest.mark.database


@pytest.fixture
def sent(work):
    """The letters of one kind after the post has gone, as (address, subject), by address."""

    def letters(kind):
        work()
        query = select(Letter).where(Letter.kind == kind).order_by(Letter.to_address, Letter.id)
        return list(db.session.scalars(query))

    return letters


def addresses(letters):
    return [letter.to_address for letter in letters]


def test_every_link_in_a_letter_leads_to_a_page_of_a_door(app):
    from tasks.occasions.errand import LINKS

    doors = app.url_map.bind("localhost")
    parts = {
        "id": 1,
        "code": "GDMN-2021-05-0001",
        "slug": "bep-an",
        "unit": "h-can-loc",
        "seen": "9f2c41ab7e03",
    }

    known = {name: doors.match(address.format(**parts), method="GET") for name, address in LINKS.items()}

    assert {name: len(endpoint) for name, endpoint in known.items()} == dict.fromkeys(LINKS, 2)


def test_the_sender_and_the_units_contact_get_a_receipt_with_the_code_and_the_count(make, cast, sent, broker):
    from models.organisation import Committee

    leader = accounts.add("truong.phong@example.edu.vn", full_name="Nguyễn Thị Mai", by=None)
    committee = db.session.scalars(select(Committee).where(Committee.unit_id == cast.can_loc.id)).one()
    committees.seat(committee, leader, SeatKind.LEADER, by=None, since=date(2021, 4, 1))
    piece = make.submission()
    submissions.submit(piece.id, by=leader)

    letters = sent("receipt")

    assert addresses(letters) == ["binh@example.edu.vn", "truong.phong@example.edu.vn"]
    letter = letters[0]
    assert letter.subject == "[Tiếp nhận] 01 tin, bài của huyện Can Lộc tháng 5/2021 (KY-2021-05)"
    assert f"1. {piece.code} - Tin - {piece.revision.title}" in letter.text
    assert "Đến nay đơn vị đã gửi 01/02 tin, bài của tháng 5/2021." in letter.text
    assert "nằm trong thời hạn quy định" in letter.text
    assert (letter.state, letter.submission_id, letter.unit_id) == ("sent", piece.id, cast.can_loc.id)


def test_a_late_piece_is_told_by_how_much(make, cast, sent, clock_at, broker):
    piece = make.submission()
    clock_at("2021-05-20 00:03:10")
    submissions.submit(piece.id, by=cast.binh)

    [letter] = sent("receipt")

    assert "đã quá hạn 03 phút" in letter.text


def test_the_same_row_carried_out_twice_writes_one_letter(make, sent, work, broker):
    from tasks import letters
    from workflow.letters import keep

    piece = make.submission(state="submitted")
    [first] = sent("receipt")
    with_event = {"submission": piece.id, "event": 2}

    assert keep(letters.write("letter:receipt", with_event)) == 0
    assert work() == 0
    assert first.state == "sent"


def test_a_returned_piece_tells_its_author_and_its_sender_what_to_do(make, cast, sent, broker):
    piece = make.submission(state="submitted")
    submissions.give_back(piece.id, reason="Bổ sung số trẻ tham gia.", by=cast.son)

    letters = sent("returned")

    assert addresses(letters) == ["binh@example.edu.vn", "lan@example.edu.vn"]
    assert "Bổ sung số trẻ tham gia." in letters[0].text
    assert "Người góp ý: Nguyễn Văn Sơn" in letters[0].text
    assert "08 giờ 30 phút ngày 17/5/2021" in letters[0].text


def test_r10_only_those_are_asked_to_approve_who_may(make, cast, sent, broker):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    make.submission(state="edited", editor=cast.son)

    letters = sent("awaiting_approval")

    assert addresses(letters) == ["ly@example.edu.vn", "minh@example.edu.vn"]


def test_r10_a_delegate_is_asked_too_but_not_about_her_lenders_work(make, cast, sent, broker):
    lent = {"since": date(2021, 5, 17), "until": date(2021, 5, 20), "reason": "Đi công tác"}
    delegations.give(cast.phuong, role=Role.APPROVER, by=cast.minh, **lent)
    delegations.give(cast.ly, role=Role.EDITOR, by=cast.son, **lent)
    make.submission(state="edited", editor=cast.son)

    letters = sent("awaiting_approval")

    assert addresses(letters) == ["minh@example.edu.vn", "phuong@example.edu.vn"]


def test_both_are_told_of_a_delegation_and_of_its_end(make, cast, sent, broker):
    given = delegations.give(
        cast.phuong, role=Role.APPROVER, since=date(2021, 5, 17), until=date(2021, 5, 22),
        reason="Đi công tác.", by=cast.minh,
    )  # fmt: skip
    delegations.end(given.id, reason="Về sớm.", by=cast.minh)

    letters = sent("delegation")

    assert addresses(letters) == ["minh@example.edu.vn"] * 2 + ["phuong@example.edu.vn"] * 2
    assert "cho đồng chí Phạm Thu Phương, từ ngày 17/5/2021 đến hết ngày 21/5/2021." in letters[2].text
    assert "đã chấm dứt.\n\nLý do: Về sớm." in letters[3].text


def test_r9_who_sent_a_piece_is_told_when_it_is_approved_and_published_with_its_link(
    make, cast, sent, broker
):
    piece = make.submission(state="published")
    submissions.retract(piece.id, reason="Phụ huynh đề nghị.", by=cast.phuong)

    assert addresses(sent("approved")) == ["binh@example.edu.vn", "lan@example.edu.vn"]
    published = sent("published")
    assert addresses(published) == ["binh@example.edu.vn", "lan@example.edu.vn"]
    assert "/bai/bep-an-mot-chieu-so-1-2021-05-0001" in published[0].text
    assert "Phụ huynh đề nghị." in sent("retracted")[0].text


def test_a_piece_set_aside_says_whether_it_still_counts(make, cast, sent, broker):
    piece = make.submission(state="submitted")
    submissions.perform(piece.id, "set_aside", by=cast.son, reason="trùng với bài đã gửi.")

    letters = sent("set_aside")

    assert "vẫn được tính vào số lượng đã gửi của tháng 5/2021" in letters[0].text


def test_a_confirmed_committee_gets_its_list(cast, sent, clock_at, broker):
    clock_at("2021-05-03 09:00")
    committee = committees.in_force(cast.can_loc)
    for number, kind in enumerate([SeatKind.LEADER, SeatKind.TEACHER, SeatKind.TEACHER, SeatKind.TEACHER]):
        member = accounts.add(f"m{number}@example.edu.vn", full_name=f"Thành Viên {number}", by=None)
        committees.seat(committee, member, kind, by=None, since=date(2021, 5, 1), title="Giáo viên")
    committees.confirm(committee, by=cast.son)
    assert committee.status == CommitteeStatus.CONFIRMED

    letters = sent("committee_confirmed")

    assert addresses(letters) == ["binh@example.edu.vn", "m0@example.edu.vn"]
    assert "1. Thành Viên 0 - Giáo viên\n2. Phan Đình Bình" in letters[0].text


def test_english_readers_are_written_to_in_english(make, cast, sent, broker):

    with change():
        cast.binh.language = "en"
    make.submission(state="submitted")

    [letter] = sent("receipt")

    assert letter.subject.startswith("[Received] ")


def test_who_has_left_is_not_written_to(make, cast, sent, broker):
    piece = make.submission(state="submitted")
    accounts.set_active(cast.binh, False, by=cast.mai)

    submissions.give_back(piece.id, reason="Bổ sung ảnh.", by=cast.son)

    assert addresses(sent("returned")) == ["lan@example.edu.vn"]
    assert addresses(sent("receipt")) == []


def test_an_ended_units_mail_goes_to_its_heirs_committee(cast, clock_at, app):

    with change():
        cast.can_loc.valid_to = date(2021, 5, 1)
        cast.can_loc.successor_codes = [cast.town_ky_anh.code]
    clock_at("2021-05-17 08:30")

    assert [person.address for person in recipients.members(cast.can_loc.id)] == ["nga@example.edu.vn"]


def test_a_server_that_stumbles_gets_the_same_letter_again(make, sent, rows, age, set_to, broker):
    from tests.mail_peer import mail_peer

    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        # As often as chance lets it come back at once.
        peer.to_data = ["451 try later"] * 20
        make.submission(state="submitted")
        assert sent("receipt")[0].state == "waiting"
        [(state, tries)] = rows("state, attempts", "topic = 'post'")
        assert (state, tries) == ("new", 20 - len(peer.to_data))
        peer.to_data.clear()
        age(next_at=10)

        [letter] = sent("receipt")

    assert (letter.state, letter.server) == ("sent", f"127.0.0.1:{peer.port}: 250 OK queued as 4711")
    assert len(peer.letters()) == 1


def test_a_refused_letter_is_a_failed_letter_and_a_dead_row(make, sent, rows, set_to, broker):
    from tests.mail_peer import mail_peer

    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        peer.to_data = ["554 looks like spam"]
        make.submission(state="submitted")

        [letter] = sent("receipt")

    assert letter.state == "failed"
    assert "554 looks like spam" in letter.error
    assert rows("state", "topic = 'post'") == [("dead",)]


def test_outside_a_rehearsal_no_letter_counts_as_sent_that_lies_in_a_folder(make, sent, rows, set_to, broker):
    make.submission(state="submitted")
    set_to(TOASOAN_MODE="production")

    [letter] = sent("receipt")

    assert letter.state == "waiting"
    [(state, error)] = rows("state, error", "topic = 'post'")
    assert (state, "SMTP_URL" in error) == ("new", True)


def test_r1_an_incomplete_committee_is_told_what_it_lacks(make, cast, sent, broker):
    from workflow import vacancies

    vacancies.remind(date(2021, 5, 17))

    letters = sent("committee_incomplete")

    # The third unit has nobody to write to: the department's specialists are told in its place.
    assert addresses(letters) == [f"{who}@example.edu.vn" for who in ("binh", "ha", "nga", "son")]
    assert "- Thiếu 01 lãnh đạo.\n- Thiếu 03 giáo viên hoặc cán bộ quản lý." in letters[0].text
    assert "trước ngày 24/5/2021" in letters[0].text


def test_who_still_owes_after_the_deadline_is_told_until_when_it_may_follow(
    make, cast, sent, clock_at, broker
):
    from workflow import deadlines, reminders

    with change():
        deadlines.ensure_period(2021, 5)
    clock_at("2021-05-20 08:00")
    reminders.give_late_notice(date(2021, 5, 20))

    letters = sent("late_notice")

    # To two committees, and of all three units to the department's specialists.
    who = ("binh", "ha", "ha", "ha", "nga", "son", "son", "son")
    assert addresses(letters) == [f"{each}@example.edu.vn" for each in who]
    assert "mới gửi 00/02 tin, bài của tháng 5/2021; còn thiếu 02" in letters[0].text
    assert "trước ngày 25/5/2021" in letters[0].text


def test_what_was_to_be_said_before_the_deadline_is_not_said_after_it(make, cast, sent, clock_at, broker):
    from workflow import deadlines, reminders

    with change():
        deadlines.ensure_period(2021, 5)
    clock_at("2021-05-19 08:00")
    reminders.remind(date(2021, 5, 19))
    clock_at("2021-05-22 08:00")

    assert sent("reminder_last_day") == []


def test_r11_once_a_month_is_closed_units_and_department_get_the_count_and_the_newest_seal(
    make, cast, sent, clock_at, broker
):
    from tasks import summaries

    make.submission(state="submitted")
    sealing.seal()
    now = clock_at("2021-05-25 08:00")
    assert summaries.sum_up(now) == {"sent": 0}
    deadlines.close_due(now)

    assert summaries.sum_up(now) == {"sent": 4}
    assert summaries.sum_up(now) == {"sent": 0}

    letters = {letter.to_address: letter for letter in sent("monthly_summary")}
    assert sorted(letters) == [f"{name}@example.edu.vn" for name in ("binh", "ly", "minh", "nga")]
    assert {address: letter.text.count("đúng hạn") for address, letter in letters.items()} == {
        "binh@example.edu.vn": 2,
        "nga@example.edu.vn": 2,
        "ly@example.edu.vn": 4,
        "minh@example.edu.vn": 4,
    }
    assert "- H. Can Lộc: đúng hạn 01, gửi muộn 00, chỉ tiêu 02" in letters["binh@example.edu.vn"].text
    assert "- 00/03 đơn vị gửi đủ chỉ tiêu đúng hạn; 00 đơn vị gửi muộn; 03 đơn vị chưa đủ" in letter_of_minh(
        letters
    )
    assert "- Tổng số nhận: 01; đã đăng: 00; trả lại: 00; không sử dụng: 00" in letter_of_minh(letters)
    for letter in letters.values():
        assert list(notes.found_in(letter.text)) == [seals.newest().note]
    assert audit_check.check(anchors=list(notes.found_in(letter.text))).is_whole


def test_r6_a_unit_that_may_still_send_on_time_is_counted_apart_from_those_that_fell_short(
    make, cast, sent, clock_at, broker
):
    from tasks import summaries

    make.submission(state="submitted")
    with change():
        may = deadlines.ensure_period(2021, 5)
    until = datetime(2021, 5, 28, tzinfo=clock.ZONE)
    clock_at("2021-05-19 09:00")
    deadlines.extend(may, unit=cast.can_loc, until=until, reason="mất mạng", by=cast.son)
    now = clock_at("2021-05-25 08:00")
    deadlines.close_due(now)
    summaries.sum_up(now)

    said = letter_of_minh({letter.to_address: letter for letter in sent("monthly_summary")})

    assert (
        "02 đơn vị chưa đủ: TX Kỳ Anh, H. Kỳ Anh; 01 đơn vị còn trong thời gian gia hạn: H. Can Lộc\n" in said
    )


def letter_of_minh(letters):
    return letters["minh@example.edu.vn"].text


def test_a_month_without_a_period_has_no_summary(app, clock_at):
    from tasks import summaries

    assert summaries.sum_up(clock_at("2021-02-01 08:00")) == {"sent": 0}


def test_an_invitation_goes_to_the_new_account(make, cast, sent, put, broker):
    put(
        "letter:invitation",
        "invitation:1",
        account=cast.lan.id,
        inviter="Đặng Thị Mai",
        role="Cộng tác viên",
        unit=cast.can_loc.name,
        link="http://127.0.0.1:8021/vao/loi-moi/abc",
        activate_before="2021-05-20T08:30:00+07:00",
    )

    [letter] = sent("account_invitation")

    assert "http://127.0.0.1:8021/vao/loi-moi/abc" in letter.text
    assert (letter.to_address, letter.state) == ("lan@example.edu.vn", "sent")
