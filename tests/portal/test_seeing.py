"""Who sees what in the portal: another unit's piece does not exist, a contributor sees her own (R2, R12)."""

import re

import pytest
from sqlalchemy import select

from models.attachment import Attachment
from models.audit import AuditEvent
from models.base import db
from models.outbox import Letter
from models.vocabulary import Consent, LetterState, Role
from tests.factories import picture
from tests.films import film
from workflow import accounts, deadlines, storage, submissions, writing
from workflow.engine.unit_of_work import bookkeeping, change

pytestmark = pytest.mark.database

PATHS = ("", "/soan", "/thay-doi")


def test_nobody_comes_in_without_signing_in(make, client):
    for path in ("/don-vi/", "/don-vi/soan", "/don-vi/thong-bao", "/tep/1"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert "/dang-nhap" in answer.location


def test_a_person_without_a_unit_is_told_so(make, cast, client):
    answer = client.as_(cast.khang).get("/don-vi/")

    assert answer.status_code == 403
    assert "Tài khoản này chưa thuộc đơn vị nào." in answer.text


def test_a_piece_of_another_unit_does_not_exist(make, cast, client):
    piece = make.submission(with_picture=True)
    [file] = db.session.scalars(select(Attachment))
    nga = client.as_(cast.nga)

    for path in PATHS:
        assert nga.get(f"/don-vi/bai/{piece.code}{path}").status_code == 404, path
    for path in ("gui", "buoc/discard", f"tra-loi/{file.id}", "soan"):
        assert (
            nga.send(f"/don-vi/bai/{piece.code}/{path}", statement="1", consent="yes").status_code == 404
        ), path
    assert nga.get(f"/tep/{file.id}").status_code == 404
    assert piece.revision.title not in nga.get("/don-vi/").text


def test_a_picture_has_one_number_on_every_page_whatever_stands_before_it_and_its_writer_called_it(
    make, cast, client
):
    new = [
        writing.NewFile("giao-an.pdf", b"%PDF-1.7\n" + bytes(64)),
        writing.NewFile("anh.jpg", picture(), "Ảnh 1. Bé tưới rau.", consent=None),
        writing.NewFile("mua.mp4", film(), "Bé múa.", consent=None),
        writing.NewFile("vuon-rau.jpg", picture("navy"), "Ảnh 2.", consent=None),
    ]
    piece = make.submission(author=cast.binh, new=new)
    binh, son = client.as_(cast.binh), client.as_(cast.son)
    code = piece.code

    read, asked = (binh.get(f"/don-vi/bai/{code}{path}").text for path in ("", "/soan"))
    submissions.submit(piece.id, by=cast.binh)
    desk = son.get(f"/quan-tri/bai/{piece.id}/").text

    assert [page.count("Ảnh 2. Bé tưới rau.") for page in (read, desk)] == [1, 1]
    assert [page.count("Video 3. Bé múa.") for page in (read, desk)] == [1, 1]
    assert [page.count("Ảnh 4. vuon-rau.jpg") for page in (read, desk)] == [1, 1]
    assert "đồng ý đăng ảnh 2 không?" in read and "đồng ý đăng video 3 không?" in asked
    assert not [page for page in (read, asked, desk) if "ảnh 1" in page.replace('value="Ảnh 1', "").lower()]


def test_a_contributor_sees_her_own_pieces_and_not_her_colleagues(make, cast, client):
    mine = make.submission(author=cast.lan, title="Bài của Lan")
    theirs = make.submission(author=cast.binh, title="Bài của Bình")
    lan = client.as_(cast.lan)

    month = lan.get("/don-vi/").text

    assert "Bài của Lan" in month
    assert "Bài của Bình" not in month
    assert lan.get(f"/don-vi/bai/{mine.code}").status_code == 200
    assert lan.get(f"/don-vi/bai/{theirs.code}").status_code == 404


def test_a_contributor_is_offered_no_sending(make, cast, client):
    piece = make.submission(author=cast.lan)
    lan = client.as_(cast.lan)

    page = lan.get(f"/don-vi/bai/{piece.code}").text
    answer = lan.send(f"/don-vi/bai/{piece.code}/gui", statement="1")

    assert "Gửi bài đến Phòng GDMN" not in page
    assert answer.status_code == 303
    db.session.expire_all()
    assert piece.state == "drafted"


def test_originals_are_for_the_unit_and_the_department_only(make, cast, client):
    make.submission(with_picture=True)
    [file] = db.session.scalars(select(Attachment))

    assert client.as_(cast.binh).get(f"/tep/{file.id}").status_code == 200
    answer = client.as_(cast.minh).get(f"/tep/{file.id}")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.as_(cast.nga).get(f"/tep/{file.id}").status_code == 404


def test_pages_show_the_clean_copy_and_opening_the_original_is_on_record(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    [file] = db.session.scalars(select(Attachment))
    son = client.as_(cast.son)

    on_the_page, as_it_came = son.get(f"/tep/{file.id}"), son.get(f"/tep/{file.id}/goc")

    db.session.expire_all()
    assert on_the_page.data == storage.load(file.public_blob)
    assert as_it_came.data == storage.load(file.blob) != on_the_page.data
    [opened] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "picture:open_original"))
    assert (opened.actor_id, opened.submission_id) == (cast.son.id, piece.id)
    assert client.as_(cast.nga).get(f"/tep/{file.id}/goc").status_code == 404
    page = client.as_(cast.binh).get(f"/don-vi/bai/{piece.code}").text
    assert "Mở ảnh gốc" not in page
    assert re.findall(r'<img src="(/tep/[^"]+)', page) == [f"/tep/{file.id}"]


def test_a_film_as_it_came_is_on_record_once_a_day_however_it_is_reached(make, cast, client, clock_at):
    """A player asks for it in many parts."""
    filmed = [
        writing.NewFile("mua.mp4", film(), consent=None),
        writing.NewFile("trong.webm", b"\x1aE\xdf\xa3\x42\x82\x84webm" + bytes(64), consent=None),
    ]
    piece = make.submission(state="submitted", new=filmed)
    mp4, webm = db.session.scalars(select(Attachment).order_by(Attachment.id))
    son = client.as_(cast.son)

    page = son.get(f"/quan-tri/bai/{piece.id}/").text
    assert "Mở video gốc" in page
    for address in (f"/tep/{mp4.id}", f"/tep/{mp4.id}/goc", f"/tep/{mp4.id}/goc", f"/tep/{webm.id}"):
        assert son.get(address, headers={"Range": "bytes=0-7"}).status_code == 206

    openings = select(AuditEvent.stream).where(AuditEvent.action == "video:open_original")
    assert db.session.scalars(openings.order_by(AuditEvent.id)).all() == [
        f"video:{mp4.id}",
        f"video:{webm.id}",
    ]
    clock_at("2021-05-18 00:30")
    son = client.as_(cast.son)
    son.get(f"/tep/{webm.id}")
    assert len(db.session.scalars(openings).all()) == 3
    page = son.get(f"/quan-tri/bai/{piece.id}/").text
    assert f'<video src="/tep/{webm.id}" controls preload="none"' in page
    assert f'<video src="/tep/{mp4.id}" controls preload="metadata"' in page


def test_a_picture_nobody_can_clean_says_why_and_can_still_be_opened(make, cast, client):
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(64)
    piece = make.submission(new=[writing.NewFile("anh.heic", heic, consent=None)])
    [file] = db.session.scalars(select(Attachment))
    binh = client.as_(cast.binh)

    assert binh.get(f"/tep/{file.id}").status_code == 404
    assert binh.get(f"/tep/{file.id}/goc").data == heic
    for page in (
        binh.get(f"/don-vi/bai/{piece.code}"),
        binh.get(f"/don-vi/bai/{piece.code}/soan"),
        client.as_(cast.son).get(f"/quan-tri/bai/{piece.id}/"),
    ):
        assert "chỉ đọc được JPEG, PNG và WebP" in page.text
        assert f'src="/tep/{file.id}"' not in page.text and "Đặt vào bài</button>" not in page.text
    with bookkeeping():
        file.public_refused = "code_of_another_day"
    assert "Không làm được bản công khai của tệp này." in binh.get(f"/don-vi/bai/{piece.code}").text


def test_a_person_of_two_units_chooses_and_may_change(make, cast, client):
    accounts.grant(cast.binh, Role.COMMITTEE, unit=cast.town_ky_anh, by=None)
    binh = client.as_(cast.binh)

    assert binh.get("/don-vi/").location == "/don-vi/chon"
    assert binh.send("/don-vi/chon", unit="h-ky-anh").status_code == 404
    binh.send("/don-vi/chon", unit="tx-ky-anh")
    assert "Thị xã Kỳ Anh" in binh.get("/don-vi/").text
    assert "Đổi đơn vị" in binh.get("/don-vi/").text


def test_r12_the_main_heir_takes_over_what_came_back_to_an_ended_unit(make, cast, clock_at, client):
    piece = make.submission(state="submitted")
    with change():
        cast.can_loc.valid_to = clock_at("2021-05-18 08:00").date()
        cast.can_loc.successor_codes = ["tx-ky-anh"]
    submissions.give_back(piece.id, reason="Bổ sung ảnh.", by=cast.minh)

    nga = client.as_(cast.nga)

    assert piece.revision.title in nga.get("/don-vi/").text
    assert nga.get(f"/don-vi/bai/{piece.code}").status_code == 200


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2021-05-17 08:30", "Còn 2\u00a0ngày."),
        ("2021-05-19 14:47:30", "Còn 9\u00a0giờ 12\u00a0phút."),
        ("2021-05-21 08:00", "Quá hạn 32\u00a0giờ"),
    ],
)
def test_r5_the_month_says_how_long_there_is(make, cast, clock_at, client, moment, says):
    with change():
        deadlines.ensure_around(clock_at("2021-05-17 08:30"))
    clock_at(moment)

    page = client.as_(cast.binh).get("/don-vi/").text

    assert "Kỳ tháng 5/2021" in page
    assert says in page
    assert ("hết thứ\u00a0Tư\u00a019/05" in page) == (moment < "2021-05-20")


def test_a_unit_that_owes_nothing_is_told_so(make, cast, client):
    make.submission()
    piece_period = make.submission().period
    deadlines.exempt(piece_period, unit=cast.can_loc, reason="Bão lụt.", by=cast.son)

    assert "Tháng này đơn vị được miễn chỉ tiêu" in client.as_(cast.binh).get("/don-vi/").text


def test_the_reason_of_a_return_and_the_editors_changes_are_readable(make, cast, client):
    piece = make.submission(state="submitted", title="Bếp ăn mới của bé")
    submissions.claim(piece.id, by=cast.son)
    edited = make.manuscript(title="Bếp ăn một chiều của bé", body="<p>Câu cũ được sửa lại.</p>")
    writing.write(piece.id, edited, by=cast.son, seen=piece.digest)
    submissions.give_back(piece.id, reason="Đề nghị bổ sung ảnh.", by=cast.son)
    binh = client.as_(cast.binh)

    page = binh.get(f"/don-vi/bai/{piece.code}").text
    changes = binh.get(f"/don-vi/bai/{piece.code}/thay-doi").text

    assert "Đề nghị bổ sung ảnh." in page
    assert "Bếp ăn <del>mới</del><ins>một chiều</ins> của bé" in changes
    assert "Phòng GDMN biên tập" in changes


def test_r1_an_incomplete_committee_says_what_is_missing(make, cast, client):
    page = client.as_(cast.binh).get("/don-vi/ban").text

    assert "Danh sách còn thiếu 4 người" in page
    assert "Phan Đình Bình" in page


def test_the_month_costs_few_statements_and_is_kept_nowhere(make, cast, client, statements):
    for _ in range(5):
        make.submission(state="submitted", with_picture=True, consent=Consent.YES)
    binh = client.as_(cast.binh)

    with statements() as seen:
        answer = binh.get("/don-vi/")

    assert answer.headers["Cache-Control"] == "no-store"
    assert len(seen) <= 12


def test_what_went_to_several_people_is_one_notice_and_names_them(cast, clock_at, client):
    sent = clock_at("2021-05-16 08:00")
    with bookkeeping() as session:
        for person in (cast.binh, cast.lan, cast.nga):
            unit = cast.town_ky_anh if person is cast.nga else cast.can_loc
            session.add(Letter(
                key=f"reminder_t3|{person.email}|2021-05", kind="reminder_t3",
                to_address=person.email, to_name=person.full_name,
                account_id=person.id, unit_id=unit.id, subject="[Nhắc việc] Còn 03 ngày", text="Kính gửi",
                html="<p></p>", state=LetterState.SENT, written_at=sent, sent_at=sent,
            ))  # fmt: skip

    page = client.as_(cast.binh).get("/don-vi/thong-bao").text

    [(own, line)] = re.findall(r'thong-bao/(\d+)"><b>\[Nhắc việc\] Còn 03 ngày</b><span[^>]*>([^<]*)<', page)
    assert line.endswith(f"gửi 2 người: {cast.binh.full_name}, {cast.lan.full_name}")
    assert db.session.get_one(Letter, int(own)).account_id == cast.binh.id, "her own copy is opened"


def test_two_letters_of_one_kind_to_one_person_are_two_notices(make, cast, clock_at, client):
    sent, piece = clock_at("2021-05-16 08:00"), make.submission()
    with bookkeeping() as session:
        for occasion in ("say:1", "say:2"):
            for address in ("binh@example.edu.vn", "phan.binh@example.edu.vn"):
                session.add(Letter(
                    key=f"comment|{address}|{occasion}", kind="comment", to_address=address,
                    to_name=cast.binh.full_name, account_id=cast.binh.id, unit_id=cast.can_loc.id,
                    submission_id=piece.id, subject="[Trao đổi] Bếp ăn", text="Kính gửi", html="<p></p>",
                    state=LetterState.SENT, written_at=sent, sent_at=sent,
                ))  # fmt: skip

    page = client.as_(cast.binh).get("/don-vi/thong-bao").text

    found = re.findall(r'thong-bao/(\d+)"><b>\[Trao đổi\] Bếp ăn</b><span[^>]*>[^<]* · ([^<]*)<', page)
    said = [db.session.get_one(Letter, int(number)).key[-5:] for number, _ in found]
    assert (said, [names for _, names in found]) == (["say:2", "say:1"], [cast.binh.full_name] * 2)
