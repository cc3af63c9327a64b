"""The letters: every kind in both languages, and the rules that hold for all of them."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from jinja2 import meta

from tasks.catalogue import LANGUAGES, LETTERS, TAGS, VARIABLES
from tasks.wording import FOLDER, WordingError, environment, render, source

HA_TINH = timezone(timedelta(hours=7))
DEADLINE = datetime(2021, 5, 19, 17, tzinfo=UTC)
PIECE = "GDMN-2021-05-0012"
LINK = "https://gdmn.example.edu.vn/bai/12?tab=1&view=2"

MONTH = {
    "unit": "Phòng Giáo dục và Đào tạo huyện Hương Khê",
    "unit_short": "huyện Hương Khê",
    "month": date(2021, 5, 1),
    "period": "KY-2021-05",
    "deadline": DEADLINE,
    "sent_count": 1,
    "quota": 2,
    "link": LINK,
}
ABOUT_A_PIECE = {
    "recipient": "Trương Thị Bảo Ngọc",
    "title": "Khánh thành bếp ăn một chiều tại điểm trường lẻ",
    "piece": PIECE,
    "link": LINK,
}
SAMPLES = {
    "receipt": MONTH
    | {
        "recipient": "Trương Thị Bảo Ngọc",
        "received_at": datetime(2021, 5, 19, 17, 3, 10, tzinfo=UTC),
        "pieces": [
            {"code": PIECE, "kind": "news", "title": "Khánh thành bếp ăn một chiều"},
            {"code": "GDMN-2021-05-0013", "kind": "article", "title": "Góc sách tre"},
        ],
        "in_pool": False,
        "late_seconds": 190,
    },
    "receipt_problem": {
        "recipient": "Trương Thị Bảo Ngọc",
        "received_at": datetime(2021, 5, 4, 1, 5, tzinfo=UTC),
        "original_subject": "Bài tháng 5",
        "mail": "TH-000007",
        "problems": [
            {"file": "Bua phu.docx", "says": "tệp bị hỏng hoặc tải lên chưa hết."},
            {"file": None, "says": "nội dung thư dùng phông .VnTime, đề nghị kiểm tra lại."},
        ],
        "link": LINK,
        "supplement_before": datetime(2021, 5, 21, 17, tzinfo=UTC),
    },
    "reminder_t7": MONTH
    | {
        "days_left": 7,
        "counted_at": datetime(2021, 5, 12, 1, tzinfo=UTC),
        "mailbox": "tinbai.gdmn@example.edu.vn",
    },
    "reminder_t3": MONTH | {"days_left": 3, "drafts": [{"code": PIECE, "title": "Bữa phụ của bé"}]},
    "reminder_last_day": MONTH | {"days_left": 0},
    "late_notice": MONTH | {"closes_at": datetime(2021, 5, 24, 17, tzinfo=UTC)},
    "quota_shortfall": MONTH
    | {
        "recipient": "Trưởng phòng",
        "on_time_count": 0,
        "late_count": 1,
        "uncounted_count": 1,
        "months_in_a_row": 2,
    },
    "returned": ABOUT_A_PIECE
    | {
        "remarks": "Đề nghị bổ sung:\n- số trẻ tham gia;\n- nguồn của ảnh 2.",
        "editor": "Lê Thị Mai",
        "editor_title": "chuyên viên Phòng GDMN",
        "first_sent_at": datetime(2021, 5, 10, 2, 30, tzinfo=UTC),
        "resend_before": datetime(2021, 5, 20, 5, tzinfo=UTC),
    },
    "awaiting_approval": {
        "recipient": "Nguyễn Văn Minh",
        "written_at": datetime(2021, 5, 18, 2, tzinfo=UTC),
        "pieces": [
            {
                "code": PIECE,
                "title": "Bữa phụ của bé",
                "unit_short": "huyện Hương Khê",
                "editor": "Lê Thị Mai",
                "warning": None,
            },
            {
                "code": "GDMN-2021-05-0013",
                "title": "Góc sách tre",
                "unit_short": "huyện Can Lộc",
                "editor": "Lê Thị Mai",
                "warning": "gửi muộn",
            },
        ],
        "link": LINK,
    },
    "approved": ABOUT_A_PIECE
    | {
        "unit": MONTH["unit"],
        "approved_at": datetime(2021, 5, 18, 2, tzinfo=UTC),
        "publish_on": date(2021, 5, 20),
        "category": "Công tác bán trú",
    },
    "set_aside": ABOUT_A_PIECE
    | {
        "reason": "trùng với bài đã gửi.",
        "note": "Ban biên tập đã ghép ảnh vào bài trước.",
        "is_counted": False,
        "month": date(2021, 5, 1),
        "contact": "chuyên viên Lê Thị Mai",
    },
    "published": ABOUT_A_PIECE
    | {
        "author": "Hoàng Thị Ngọc Ánh",
        "school": "Trường Mầm non Biển Xanh",
        "published_at": datetime(2021, 5, 20, 1, tzinfo=UTC),
    },
    "retracted": ABOUT_A_PIECE
    | {
        "part": "pictures",
        "retracted_at": datetime(2021, 5, 21, 1, tzinfo=UTC),
        "reason": "cha mẹ trẻ rút lại sự đồng ý.",
        "decider": "Nguyễn Văn Minh",
        "decider_title": "Trưởng phòng GDMN",
    },
    "committee_incomplete": {
        "unit": MONTH["unit"],
        "unit_short": "huyện Kỳ Anh",
        "seats": [
            {"kind": "leader", "required": 1, "seated": 1},
            {"kind": "specialist", "required": 1, "seated": 1},
            {"kind": "teacher", "required": 3, "seated": 2},
        ],
        "other_gaps": ["Thư gửi đến kyanh.tv4@example.edu.vn bị trả lại."],
        "link": LINK,
        "update_before": date(2021, 5, 10),
    },
    "committee_confirmed": {
        "unit": MONTH["unit"],
        "unit_short": "huyện Hương Khê",
        "valid_from": date(2021, 2, 5),
        "members": [
            {"name": "Hà Thị Thu Sương", "title": "Phó Trưởng phòng", "workplace": "Phòng GDĐT"},
            {"name": "Phan Thị Thu Hằng", "title": "Hiệu trưởng", "workplace": "Trường Mầm non Sao Mai"},
        ],
    },
    "unknown_sender": {
        "recipient": "me.cua.be@example.edu.vn",
        "address": "me.cua.be@example.edu.vn",
        "received_at": datetime(2021, 5, 11, 13, 7, tzinfo=UTC),
        "guessed_unit": "Phòng GDĐT huyện Cẩm Xuyên",
        "mail": "TH-000005",
    },
    "delegation": {
        "recipient": "Lê Thị Mai",
        "lender": "Nguyễn Văn Minh",
        "delegate": "Lê Thị Mai",
        "role": "người phê duyệt",
        "valid_from": date(2021, 5, 17),
        "last_day": date(2021, 5, 21),
        "is_ended": False,
        "reason": "đi công tác.",
        "link": LINK,
    },
    "monthly_summary": {
        "recipient": "Trần Quang Minh",
        "period": "KY-2021-05",
        "month": date(2021, 5, 1),
        "counted_at": datetime(2021, 6, 1, 1, tzinfo=UTC),
        "on_time_units": 9,
        "unit_count": 13,
        "late_units": 1,
        "short_units": ["H. Hương Khê", "TX Kỳ Anh", "H. Vũ Quang"],
        "received_count": 31,
        "published_count": 22,
        "returned_count": 4,
        "set_aside_count": 2,
        "leading_units": "H. Can Lộc (4), TP Hà Tĩnh (3)",
        "report_link": "https://gdmn.example.edu.vn/quan-tri/bao-cao/",
        "counts": [
            {"unit": "H. Can Lộc", "on_time": 2, "late": 0, "quota": 2},
            {"unit": "TX Kỳ Anh", "on_time": 1, "late": 1, "quota": 0},
        ],
        "seal": "forum.example.edu.vn/nhat-ky\n42\nPv0nX6k=\n\n— forum.example.edu.vn/nhat-ky Tx+IK7o3\n",
        "key": "forum.example.edu.vn/nhat-ky+4f2a0b1c+AZ8x",
        "link": LINK,
    },
    "sign_in_link": {
        "recipient": "Lê Thị Mai",
        "activate_before": datetime(2021, 5, 12, 5, tzinfo=UTC),
        "link": LINK,
    },
    "account_invitation": {
        "recipient": "Lê Thị Mai",
        "inviter": "Quản trị hệ thống",
        "role": "Biên tập viên",
        "unit": "Phòng Giáo dục Mầm non",
        "activate_before": datetime(2021, 5, 12, 5, tzinfo=UTC),
        "link": LINK,
    },
}
SAMPLES |= {
    "missing_consent": ABOUT_A_PIECE
    | {
        "pictures": ["Ảnh 2. Trẻ lớp 5 tuổi A kể chuyện", "Ảnh 3. Giờ ăn trưa tại điểm trường"],
        "supplement_before": date(2021, 5, 19),
    },
    "consent_withdrawn": ABOUT_A_PIECE
    | {
        "picture_count": 1,
        "page_link": "https://gdmn.example.edu.vn/bai/bep-an-mot-chieu",
        "hidden_at": datetime(2021, 5, 21, 2, 5, tzinfo=UTC),
        "answer_before": datetime(2021, 5, 25, 2, 5, tzinfo=UTC),
    },
    "waiting_long": {
        "recipient": "Lê Quang Sơn",
        "waits_for": "editing",
        "longest_days": 3,
        "pieces": [{"code": PIECE, "title": "Góc sách tre", "unit_short": "H. Can Lộc", "days": 6}],
        "link": LINK,
    },
    "weekly_digest": {
        "recipient": "Nguyễn Văn Sơn",
        "week": 20,
        "from_day": date(2021, 5, 17),
        "to_day": date(2021, 5, 23),
        "received_count": 14,
        "news_count": 8,
        "article_count": 5,
        "video_count": 1,
        "published_count": 9,
        "editing_count": 3,
        "oldest_days": 4,
        "approval_count": 2,
        "consent_count": 1,
        "mail_count": 5,
        "month": date(2021, 6, 1),
        "met_count": 2,
        "unit_count": 13,
        "days_left": 26,
        "silent_units": "H. Hương Khê, H. Vũ Quang",
        "broken_addresses": "kyanh.tv4@example.edu.vn",
        "link": LINK,
    },
    "unit_succession": {
        "unit": MONTH["unit"],
        "unit_short": MONTH["unit_short"],
        "basis": "Nghị quyết số 202/2025/QH15",
        "effective_on": date(2025, 7, 1),
        "heirs": ["Phòng Văn hóa - Xã hội xã Hương Khê", "Phòng Văn hóa - Xã hội xã Hương Phố"],
        "update_before": date(2025, 7, 8),
    },
    "contact_undeliverable": {
        "recipient": "Nguyễn Văn Sơn",
        "original_subject": "[Nhắc việc] Huyện Kỳ Anh: còn 07 ngày để gửi tin, bài tháng 5/2021 (KY-2021-05)",
        "contact": "Võ Thị Hằng",
        "address": "kyanh.tv4@example.edu.vn",
        "unit_short": "huyện Kỳ Anh",
        "sent_at": datetime(2021, 5, 12, 1, tzinfo=UTC),
        "reason": "550 5.1.1 User unknown",
        "others_reached": True,
        "link": LINK,
    },
    "daily_digest": {
        "recipient": "Trần Thị Lan",
        "written_at": datetime(2021, 5, 20, 9, 30, tzinfo=UTC),
        "letters": [
            {
                "subject": "[Kết quả] Đã phê duyệt: Bữa phụ của bé (GDMN-2021-05-0012)",
                "says": "Bài “Bữa phụ của bé” đã được phê duyệt lúc 09 giờ 00 phút ngày 20/5/2021.",
                "link": "https://gdmn.example.edu.vn/don-vi/bai/GDMN-2021-05-0012",
            },
            {
                "subject": "[Kết quả] Đã đăng trên Diễn đàn: Góc sách tre (GDMN-2021-05-0013)",
                "says": "Bài “Góc sách tre” đã được đăng lúc 15 giờ 00 phút ngày 20/5/2021.",
                "link": "https://gdmn.example.edu.vn/bai/goc-sach-tre",
            },
        ],
        "link": "https://gdmn.example.edu.vn/vao/nhan-thu",
    },
}
EVERY_LETTER = [(kind, language) for kind in LETTERS for language in LANGUAGES]


def letter(kind, language="vi", **changed):
    return render(kind, language, SAMPLES[kind] | changed)


@pytest.mark.parametrize(("kind", "language"), EVERY_LETTER)
def test_r14_every_letter_can_be_written_in_both_languages(kind, language):
    wording = letter(kind, language)

    everything = "\n".join([wording.subject, wording.text, wording.html, wording.zalo or ""])
    assert unicodedata.is_normalized("NFC", everything)
    assert [mark for mark in ("{{", "{%", "\0", "None", "\n\n\n") if mark in everything] == []
    assert "!" not in wording.subject + wording.text
    assert not re.search(r"\bhãy\b", everything, re.I)
    assert wording.text.endswith(source("footer", language)["text"])


@pytest.mark.parametrize(("kind", "language"), EVERY_LETTER)
def test_the_subject_begins_with_its_tag_and_ends_with_the_code(kind, language):
    wording = letter(kind, language)

    expected = SAMPLES[kind][LETTERS[kind].code] if LETTERS[kind].code else None
    assert wording.code == expected
    assert wording.subject.startswith(f"[{TAGS[LETTERS[kind].tag][language]}] ")
    assert expected is None or wording.subject.endswith(f" ({expected})")


@pytest.mark.parametrize(("kind", "language"), EVERY_LETTER)
def test_a_letter_survives_without_what_may_be_empty(kind, language):
    wording = letter(kind, language, **dict.fromkeys(LETTERS[kind].may_be_empty))

    assert "None" not in wording.text
    assert "\0" not in wording.text + wording.subject + wording.html


@pytest.mark.parametrize(("kind", "language"), EVERY_LETTER)
def test_a_template_uses_what_the_table_says_and_nothing_else(kind, language):
    parts = source(kind, language)

    used = meta.find_undeclared_variables(environment(language).parse("\n".join(parts.values())))
    coded = {LETTERS[kind].code} - {None}
    assert used | coded == LETTERS[kind].variables
    assert used <= VARIABLES.keys()


def test_every_file_belongs_to_a_letter_of_the_table():
    names = {path.name for path in FOLDER.iterdir()}

    assert names == {f"{kind}.{language}.txt" for kind in [*LETTERS, "footer"] for language in LANGUAGES}


def test_the_receipt_of_a_late_mail_says_how_late_it_was():
    wording = letter("receipt")

    assert wording.subject == "[Tiếp nhận] 02 tin, bài của huyện Hương Khê tháng 5/2021 (KY-2021-05)"
    assert wording.text == (
        "Kính gửi: Trương Thị Bảo Ngọc\n"
        "\n"
        "Phòng Giáo dục Mầm non đã nhận được 02 tin, bài do Phòng Giáo dục và Đào tạo huyện Hương Khê "
        "gửi lúc 00 giờ 03 phút ngày 20/5/2021, gồm:\n"
        "\n"
        "1. GDMN-2021-05-0012 - Tin - Khánh thành bếp ăn một chiều\n"
        "2. GDMN-2021-05-0013 - Bài - Góc sách tre\n"
        "\n"
        "Đến nay đơn vị đã gửi 01/02 tin, bài của tháng 5/2021.\n"
        "Thời điểm nhận đã quá hạn 03 phút; bài vẫn được biên tập nhưng được ghi nhận là gửi muộn.\n"
        "\n"
        f"Theo dõi tình trạng xử lý tại: {LINK}\n"
        "\n"
        "Trân trọng cảm ơn.\n"
        "\n"
        "--\n"
        "Diễn đàn Giáo dục Mầm non Hà Tĩnh\n"
        "Phòng Giáo dục Mầm non, Sở Giáo dục và Đào tạo Hà Tĩnh\n"
        "Đây là thư tự động. Nếu trả lời thư này, nội dung sẽ được chuyển đến chuyên viên phụ trách.\n"
    )


def test_a_teachers_own_mail_is_told_that_the_committee_has_still_to_send_it():
    text = letter("receipt", in_pool=True).text

    assert "được tính khi Ban Truyền thông Phòng Giáo dục và Đào tạo huyện Hương Khê lựa chọn" in text
    assert "Đến nay đơn vị đã gửi" not in text


def test_the_last_reminder_says_today_only_when_it_is_today():
    today, friday_before = letter("reminder_last_day"), letter("reminder_last_day", days_left=2)

    assert "\nHôm nay, ngày 19/5/2021, là ngày cuối cùng nhận" in today.text
    assert "\nCòn 02 ngày: ngày 19/5/2021 là ngày cuối cùng nhận" in friday_before.text
    assert "Hôm nay" not in friday_before.text + friday_before.subject + friday_before.zalo


def test_an_extension_to_noon_is_written_with_its_hour():
    noon = datetime(2021, 5, 21, 12, tzinfo=HA_TINH)

    text = letter("reminder_t7", deadline=noon).text

    assert "là trước 12 giờ 00 phút ngày 21/5/2021 (chậm nhất 11 giờ 59 phút ngày 21/5/2021)." in text


def test_an_empty_variable_takes_its_line_with_it():
    text = letter("set_aside", note="", month=None).text

    assert text.split("\n")[2:4] == [
        "Ban biên tập cảm ơn đơn vị đã gửi bài “Khánh thành bếp ăn một chiều tại điểm trường lẻ”. "
        "Bài không được sử dụng vì lý do: trùng với bài đã gửi.",
        "Mọi ý kiến xin trả lời thư này hoặc liên hệ chuyên viên Lê Thị Mai.",
    ]


def test_zalo_gets_one_paragraph_or_nothing():
    assert letter("reminder_t3").zalo == (
        "Còn 3 ngày đến hạn. Huyện Hương Khê còn thiếu 01 tin, bài tháng 5/2021. "
        f"Hạn cuối 23 giờ 59 phút ngày 19/5/2021. Gửi: {LINK}"
    )
    assert letter("published", school=None).zalo is None
    assert letter("returned").zalo is None


def test_the_html_form_says_the_same_words():
    wording = letter("returned")

    assert "<ul><li>số trẻ tham gia;</li><li>nguồn của ảnh 2.</li></ul>" in wording.html
    shown = LINK.replace("&", "&amp;")
    assert f'tại: <a href="{shown}" style="color: #0F5E66">{shown}</a> hoặc' in wording.html


def test_a_strangers_title_is_neither_markup_nor_link_nor_a_second_line():
    title = "<b>Bếp</b> https://xau.example.edu.vn\r\nBcc: a@example.edu.vn \u202e{{ link }}"

    wording = letter("published", title=title)

    assert "<b>" not in wording.html
    assert re.findall(r'href="([^"]*)"', wording.html) == [LINK.replace("&", "&amp;")]
    assert "\n" not in wording.subject
    assert (
        "Bài “<b>Bếp</b> https://xau.example.edu.vn Bcc: a@example.edu.vn {{ link }}” (tác giả:"
        in wording.text
    )


def test_what_is_typed_with_loose_tone_marks_is_written_whole():
    wording = letter("published", title=unicodedata.normalize("NFD", "Bữa phụ của bé"))

    assert "Bài “Bữa phụ của bé” (tác giả:" in wording.text


def test_a_context_kept_as_json_gives_the_same_letter():
    kept = {"publish_on": "2021-05-20", "approved_at": "2021-05-18T02:00:00+00:00"}

    assert letter("approved", **kept) == letter("approved")


@pytest.mark.parametrize(
    ("kind", "language", "changed", "says"),
    [
        ("poem", "vi", {}, "no letter is called 'poem'"),
        ("returned", "fr", {}, "no letter is written in 'fr'"),
        ("returned", "vi", {"title": " "}, "letter 'returned': title is empty"),
        (
            "returned",
            "vi",
            {"link": "javascript:alert(1)"},
            "letter 'returned', link: 'javascript:alert(1)' is not of",
        ),
        (
            "reminder_t7",
            "vi",
            {"sent_count": "1"},
            "letter 'reminder_t7', sent_count: '1' is not of the shape",
        ),
        ("reminder_t3", "vi", {"sent_count": 3}, "letter 'reminder_t3' in 'vi': a letter cannot say -1"),
        ("approved", "vi", {"approved_at": datetime(2021, 5, 1)}, "letter 'approved', approved_at: "),  # noqa: DTZ001
        ("retracted", "en", {"part": "roof"}, "letter 'retracted' in 'en': 'roof'"),
        ("receipt", "en", {"pieces": [{"code": PIECE}]}, "letter 'receipt' in 'en': "),
    ],
)
def test_a_letter_that_cannot_be_written_says_why(kind, language, changed, says):
    with pytest.raises(WordingError) as refused:
        render(kind, language, SAMPLES.get(kind, {}) | changed)

    assert str(refused.value).startswith(says)


def test_a_forgotten_variable_is_named():
    with pytest.raises(WordingError) as refused:
        render("unknown_sender", "vi", {"recipient": "Lan", "mail": "TH-1"})

    assert str(refused.value) == "letter 'unknown_sender' lacks address, guessed_unit, received_at"
