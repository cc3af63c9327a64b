"""The eight mails of the rehearsal give what the README beside them says, no more and no less."""

import json
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import is_normalized
from zoneinfo import ZoneInfo

import pytest

from models.vocabulary import Kind, SeatKind
from workflow.intake import committee_lists

DATA = Path(__file__).parents[3] / "tasks/rehearsal/data"
DEADLINE = datetime(2021, 5, 20, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NUMBERS = ("m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08")


@pytest.fixture(scope="module")
def piece():
    """The piece as its author wrote it, by its import id."""
    pieces = json.loads((DATA / "submissions.json").read_text("utf-8"))["submissions"]
    return {one["id"]: one for one in pieces}.__getitem__


def codes(composition) -> list[str]:
    return [problem.code for problem in composition.problems]


@pytest.mark.parametrize(
    ("place", "piece_id", "kind"),
    [
        (("m01", 0), "S06", Kind.ARTICLE),
        (("m04", 0), "S25", Kind.ARTICLE),
        (("m06", 0), "S07", Kind.NEWS),
        (("m07", 0), "S18", Kind.ARTICLE),
        (("m08", 0), "S21", Kind.NEWS),
        (("m08", 1), "S22", Kind.ARTICLE),
    ],
)
def test_a_piece_is_read_as_its_author_wrote_it(composed, piece, place, piece_id, kind):
    number, at = place
    found, written = composed(number).items[at], piece(piece_id)

    assert (found.kind, found.title, found.summary) == (kind, written["title"], written["summary"])
    assert list(found.paragraphs) == written["body"]
    assert (found.author_line, found.author_title) == (written["author_name"], written["author_title"])
    assert found.school == written["school"]


@pytest.mark.parametrize("number", NUMBERS)
def test_receipt_time_is_the_top_line_of_our_own_server(mail, number):
    received = {
        "m01": "2021-05-17T02:41:22+00:00", "m02": "2021-05-09T03:02:05+00:00", "m03": "2021-05-12T04:40:51+00:00",
        "m04": "2021-05-08T14:12:40+00:00", "m05": "2021-05-14T13:15:09+00:00", "m06": "2021-05-10T07:40:00+00:00",
        "m07": "2021-05-19T17:03:10+00:00", "m08": "2021-05-19T09:50:00+00:00",
    }  # fmt: skip

    assert mail(number).received_at == datetime.fromisoformat(received[number])
    assert (mail(number).received_at >= DEADLINE) == (number == "m07")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_sender_is_one_person_proved_by_our_server(mail, number):
    read = mail(number)

    assert (read.from_count, read.authentication, read.machine_made) == (1, "pass", "")
    assert read.problems == ()


@pytest.mark.parametrize("number", NUMBERS)
def test_all_that_is_stored_is_nfc(mail, composed, number):
    read, composition = mail(number), composed(number)
    words = [read.subject, read.sender.name, *(part.name for part in read.attachments), *composition.letter]
    for item in composition.items:
        words += [item.title, item.summary, item.author_line, *item.paragraphs]

    assert [word for word in words if not is_normalized("NFC", word)] == []


def test_m01_word_file_before_covering_letter_and_two_pictures(composed):
    composition = composed("m01")
    (item,) = composition.items

    assert item.title_as_typed == "KINH NGHIỆM XÂY DỰNG MẠNG LƯỚI CỘNG TÁC VIÊN TIN, BÀI Ở CƠ SỞ"
    assert [picture.part.name for picture in item.pictures] == ["Ảnh 1.jpg", "Ảnh 2 (đã có phiếu đồng ý).jpg"]
    assert [part.name for part in item.documents] == ["Bài T5 - Kinh nghiệm xây dựng mạng lưới CTV.docx"]
    assert (item.source, item.flags) == ("attachment", ("title_recased",))
    assert codes(composition) == []
    assert (
        "Kèm theo 02 ảnh. Ảnh 1 không có hình trẻ; ảnh 2 đã có phiếu đồng ý của phụ huynh."
        in composition.letter
    )


def test_m02_windows_1258_is_composed_and_an_old_word_file_is_kept_unread(mail, composed):
    composition = composed("m02")
    (item,) = composition.items

    assert mail("m02").sender.name == "Phan Thị Quỳnh Như"
    assert mail("m02").subject == "Bài viết tháng 5 - MN Sông La, Đức Thọ"
    assert (item.kind, item.title) == (
        Kind.ARTICLE,
        "Người thắp lửa phong trào đồ dùng tự làm ở vùng ven sông",
    )
    assert (item.author_line, item.author_title) == ("Phan Thị Quỳnh Như", "Giáo viên")
    assert (item.school, item.place) == ("Trường Mầm non Sông La", "huyện Đức Thọ")
    assert [part.name for part in item.documents] == ["Bài viết - Cô Nguyệt.doc"]
    assert (item.source, item.flags) == ("body", ("body_not_read",))
    assert item.paragraphs[0].startswith("Trường Mầm non Sông La, huyện Đức Thọ gửi bài viết gương điển hình")
    assert [problem.says for problem in composition.problems] == [
        "Chưa đọc được nội dung tệp “Bài viết - Cô Nguyệt.doc” (Word 97-2003); tệp được giữ nguyên."
    ]


def test_m03_vntime_becomes_unicode_and_file_and_body_are_one_piece(composed, piece):
    composition = composed("m03")
    (item,) = composition.items

    assert item.title == 'Góc sách tre và câu chuyện "đọc cùng con mười phút"'
    assert item.summary == piece("S10")["summary"]
    assert [line.replace('"', "") for line in item.paragraphs] == [
        line.replace("“", "").replace("”", "") for line in piece("S10")["body"]
    ]
    assert (item.author_line, item.school) == ("Phạm Thị Thu Trang", "Trường Mầm non Bình Minh")
    assert (item.kind, item.source, item.flags) == (Kind.ARTICLE, "attachment", ("legacy_font_converted",))
    assert codes(composition) == ["legacy_font_converted", "picture_missing"]
    assert composition.problems[1].detail == "Ảnh 1. Góc sách tre ở hành lang lớp 4 tuổi."


def test_m04_body_is_the_article_with_pictures_in_place_and_no_logo(composed):
    composition = composed("m04")
    (item,) = composition.items

    assert [(p.part.name, p.caption, p.position) for p in item.pictures] == [
        ("roi-bong-1.jpg", "Ảnh 1. Trẻ biểu diễn rối bóng.", 1),
        ("roi-bong-2.jpg", "Ảnh 2. Nghệ nhân hướng dẫn trẻ cắt rối.", 2),
    ]
    assert (item.source, item.place, item.flags) == ("body", "huyện Nghi Xuân", ())
    assert codes(composition) == []


def test_m05_a_private_address_and_no_headline_and_a_phones_footer(mail, composed):
    composition = composed("m05")
    (item,) = composition.items

    assert mail("m05").sender.address == "haiyen.le@canhan.example.edu.vn"
    assert item.title == (
        "Trường Mầm non Thiên Thanh, Cẩm Xuyên tổ chức ngày hội thể thao cho trẻ mẫu giáo sáng 14/5"
    )
    assert (item.kind, item.school, item.place) == (Kind.NEWS, "Trường Mầm non Thiên Thanh", "Cẩm Xuyên")
    assert item.paragraphs == (
        "Trường Mầm non Thiên Thanh, Cẩm Xuyên tổ chức ngày hội thể thao cho trẻ mẫu giáo sáng 14/5. Có 96 trẻ tham "
        "gia 5 trò chơi, phụ huynh cổ vũ rất đông. Sau hội thi, tất cả các con đều được tặng cờ lưu niệm.",
    )
    assert [(p.part.name, p.position) for p in item.pictures] == [("IMG_2047.jpeg", 1)]
    assert [part.name for part in item.videos] == ["IMG_2050.mp4"]
    assert item.flags == ("title_proposed", "author_unknown")
    assert composition.letter == (
        "Em chào chị, em gửi tin trường em ạ.",
        "Ảnh đã xin phép phụ huynh rồi chị nhé",
    )


def test_m06_the_author_is_credited_and_not_who_passed_it_on(composed):
    composition = composed("m06")
    (item,) = composition.items

    assert (composition.is_forward, composition.is_reply) == (True, False)
    assert (item.author_line, item.school) == ("Hoàng Thị Ngọc Ánh", "Trường Mầm non Biển Xanh")
    assert [
        line for line in (*item.paragraphs, *composition.letter) if "@" in line or "Forwarded" in line
    ] == []
    assert codes(composition) == ["picture_missing"]


def test_m07_answers_the_reminder_of_may_and_the_reminder_is_not_in_it(mail, composed):
    composition = composed("m07")
    (item,) = composition.items

    assert (composition.period_code, composition.is_reply) == ("KY-2021-05", True)
    assert mail("m07").received_at == datetime(2021, 5, 19, 17, 3, 10, tzinfo=UTC)
    assert [part.name for part in item.documents] == ["Dạy trẻ kỹ năng phòng tránh đuối nước.docx"]
    assert composition.letter == (
        "Em gửi chị bài còn thiếu của huyện ạ. Em xin lỗi vì mạng trường em mấy hôm nay chập chờn.",
    )
    assert item.flags == ("title_recased",)


def test_m08_three_pieces_a_picture_for_the_third_and_the_member_list_apart(composed, piece):
    composition = composed("m08")
    third, written = composition.items[2], piece("S23")

    assert [item.kind for item in composition.items] == [Kind.NEWS, Kind.ARTICLE, Kind.NEWS]
    assert [item.source for item in composition.items] == ["attachment", "attachment", "body"]
    assert [len(item.pictures) for item in composition.items] == [0, 0, 1]
    assert third.pictures[0].part.name == "Anh tin 3 - lop tap huan.jpg"
    assert (third.title, list(third.paragraphs)) == (written["title"], written["body"])
    assert (third.author_line, third.school) == (written["author_name"], written["school"])
    assert composition.committee_list.name == "DANH SÁCH BAN TRUYỀN THÔNG (mới).docx"
    assert codes(composition) == ["picture_missing", "picture_missing"]


def test_m08_the_member_list_is_one_short(composed):
    members = committee_lists.members_of(composed("m08").committee_list)

    assert [(m.full_name, m.seat_kind) for m in members] == [
        ("Nguyễn Văn Lĩnh", SeatKind.LEADER),
        ("Hồ Thị Cẩm Nhung", SeatKind.SPECIALIST),
        ("Nguyễn Thị Hoài An", SeatKind.TEACHER),
        ("Đậu Thị Phương Thảo", SeatKind.TEACHER),
    ]
    assert (members[2].title, members[2].workplace) == ("Phó Hiệu trưởng", "Trường MN Đèo Ngang")
    assert members[0].workplace == "Phòng Giáo dục và Đào tạo huyện Kỳ Anh"
    assert (members[3].phone, members[3].email) == ("0000000004", "thao.mn@example.edu.vn")
