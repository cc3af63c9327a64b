"""Days, hours and numbers as letters write them."""

from datetime import UTC, date, datetime

import pytest

from tasks import figures

LAST_SECOND = datetime(2021, 5, 19, 16, 59, 59, tzinfo=UTC)
DEADLINE = datetime(2021, 5, 19, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "value", "vietnamese", "english"),
    [
        ("count", 1, "01", "1"),
        ("count", 12, "12", "12"),
        ("day", date(2021, 2, 5), "05/02/2021", "5 February 2021"),
        ("day", date(2021, 5, 19), "19/5/2021", "19 May 2021"),
        ("day", date(2021, 12, 1), "01/12/2021", "1 December 2021"),
        ("day", DEADLINE, "20/5/2021", "20 May 2021"),
        ("month", date(2022, 1, 20), "01/2022", "January 2022"),
        ("moment", LAST_SECOND, "23 giờ 59 phút ngày 19/5/2021", "23:59 on 19 May 2021"),
        ("until", DEADLINE, "ngày 20/5/2021", "20 May 2021"),
        ("until", date(2021, 5, 20), "ngày 20/5/2021", "20 May 2021"),
        ("until", LAST_SECOND, "23 giờ 59 phút ngày 19/5/2021", "23:59 on 19 May 2021"),
        ("span", 59, "chưa đầy 01 phút", "less than a minute"),
        ("span", 190, "03 phút", "3 minutes"),
        ("span", 7500, "02 giờ 05 phút", "2 hours 5 minutes"),
        ("span", 97200, "01 ngày 03 giờ", "1 day 3 hours"),
        ("word", "teacher", "giáo viên hoặc cán bộ quản lý", "teacher or school manager"),
    ],
)
def test_r13_a_value_is_written_as_a_clerk_would(form, value, vietnamese, english):
    assert figures.FORMS["vi"][form](value) == vietnamese
    assert figures.FORMS["en"][form](value) == english


def test_the_last_minute_stands_before_the_deadline():
    assert figures.vi_moment(figures.last_minute(DEADLINE)) == "23 giờ 59 phút ngày 19/5/2021"


def test_english_counts_its_nouns():
    assert [figures.en_count(number, "item") for number in (0, 1, 2)] == ["0 items", "1 item", "2 items"]


def test_a_long_title_is_cut_at_a_word():
    title = "Tổ chức chuyên đề “Xây dựng môi trường giáo dục lấy trẻ làm trung tâm” năm học 2020 - 2021"

    assert figures.short(title) == "Tổ chức chuyên đề “Xây dựng môi trường giáo dục lấy trẻ làm…"
    assert figures.short("Bữa phụ của bé") == "Bữa phụ của bé"


def test_both_languages_have_the_same_forms_and_words():
    assert figures.FORMS["vi"].keys() == figures.FORMS["en"].keys()
    assert figures.WORDS["vi"].keys() == figures.WORDS["en"].keys()
