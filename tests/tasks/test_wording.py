"""The letters: every kind in both languages, and the rules that hold for all of them."""

import re
import unicodedata
from datetime import datetime, timedelta, timezone

import pytest
from jinja2 import meta

from tasks.catalogue import LANGUAGES, LETTERS, TAGS, VARIABLES
from tasks.samples import LINK, PIECE, SAMPLES
from tasks.wording import FOLDER, WordingError, environment, render, source

HA_TINH = timezone(timedelta(hours=7))
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

    assert str(refused.value) == "letter 'unknown_sender' lacks address, received_at"
