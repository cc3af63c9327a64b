"""Dates and numbers as people in Hà Tĩnh read them; the day changes there at 17:00 UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from look import english, words
from workflow.rules import periods

DEADLINE = datetime(2021, 11, 19, 17, 0, tzinfo=UTC)  # 20/11 00:00 at home


def at(written: str) -> datetime:
    """An instant from the wall clock of Hà Tĩnh: "2021-11-17 08:30"."""
    return datetime.fromisoformat(f"{written}:00+07:00").astimezone(UTC)


def plain(text: str) -> str:
    return text.replace(words.KEEP, " ")


def test_an_instant_of_the_evening_in_utc_is_already_the_next_day_here():
    assert words.day(datetime(2021, 11, 18, 17, 0, tzinfo=UTC)) == "19/11/2021"


def test_an_instant_without_a_zone_belongs_to_no_day():
    with pytest.raises(ValueError, match="without a zone"):
        words.day(datetime(2021, 11, 18, 17, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.day(date(2021, 5, 9)), "09/05/2021"),
        (words.day_month(date(2021, 5, 9)), "09/05"),
        (words.month(date(2021, 5, 9)), "5/2021"),
        (words.weekday(date(2021, 11, 19)), "thứ Sáu 19/11"),
        (words.weekday(date(2021, 11, 21)), "Chủ nhật 21/11"),
        (words.long_day(date(2021, 11, 17)), "thứ Tư, 17/11/2021"),
        (words.sentence_start(words.long_day(date(2021, 11, 17))), "Thứ Tư, 17/11/2021"),
        (words.clock_time(at("2021-11-17 08:30")), "08:30"),
    ],
)
def test_a_day_is_written_as_its_place_asks(written, expected):
    assert plain(written) == expected


def test_a_weekday_and_its_date_stay_on_one_line():
    assert " " not in words.weekday(date(2021, 11, 19))


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2021-11-17 07:52", "07:52 hôm nay"),
        ("2021-11-16 17:15", "17:15 hôm qua"),
        ("2021-11-15 16:00", "15/11, 16:00"),
        ("2020-11-16 16:00", "16/11/2020, 16:00"),
    ],
)
def test_a_moment_is_as_short_as_today_allows(happened, expected):
    assert plain(words.moment(at(happened), at("2021-11-17 08:30"))) == expected


def test_a_moment_without_today_carries_its_year():
    assert plain(words.moment(at("2021-11-17 07:52"))) == "17/11/2021, 07:52"


def test_before_the_20th_means_to_the_end_of_friday_the_19th():
    assert words.last_day(DEADLINE) == date(2021, 11, 19)
    assert plain(words.until(DEADLINE)) == "hết thứ Sáu 19/11"
    assert plain(words.until(at("2021-11-19 17:00"))) == "17:00 thứ Sáu 19/11"


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        ("2021-11-12 00:00", 7, "còn 7 ngày"),
        ("2021-11-17 08:30", 2, "còn 2 ngày"),
        ("2021-11-18 23:59", 1, "còn 1 ngày"),
        ("2021-11-19 00:00", 0, "còn 24 giờ"),
        ("2021-11-19 14:48", 0, "còn 9 giờ 12 phút"),
        ("2021-11-19 23:20", 0, "còn 40 phút"),
        ("2021-11-19 23:59", 0, "còn 1 phút"),
        ("2021-11-20 00:00", -1, "quá hạn chưa đầy 1 phút"),
        ("2021-11-20 05:03", -1, "quá hạn 5 giờ 3 phút"),
        ("2021-11-22 09:00", -3, "quá hạn 2 ngày"),
    ],
)
def test_r5_days_left_count_to_the_last_day_as_in_letters_and_that_day_counts_hours(now, days, expected):
    assert words.days_left(DEADLINE, at(now)) == days
    assert periods.days_left(at(now), DEADLINE, "Asia/Ho_Chi_Minh") == days
    assert plain(words.time_left(DEADLINE, at(now))) == expected


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2021-11-17 08:30", "vừa xong"),
        ("2021-11-17 08:18", "12 phút trước"),
        ("2021-11-17 05:20", "3 giờ trước"),
        ("2021-11-16 23:00", "hôm qua"),
        ("2021-11-13 09:00", "4 ngày trước"),
        ("2021-11-01 09:00", "01/11/2021"),
    ],
)
def test_how_long_ago_in_the_words_of_a_person(happened, expected):
    assert plain(words.ago(at(happened), at("2021-11-17 08:30"))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.number(4812), "4.812"),
        (words.number(1234567.891, 2), "1.234.567,89"),
        (words.number(0), "0"),
        (words.size(640), "640 B"),
        (words.size(82_400), "82 KB"),
        (words.size(1_234_567), "1,2 MB"),
        (words.size(1_500_000_000), "1,5 GB"),
        (words.of(1, 2), "1 trên 2"),
        (words.initials("Nguyễn Thị Minh Châu"), "MC"),
        (words.initials("Đào"), "Đ"),
        (words.initials(""), ""),
        (words.digest_groups("sha256:9f2c41ab7e0366"), "9f2c 41ab 7e03"),
    ],
)
def test_figures_and_names_are_written_the_vietnamese_way(written, expected):
    assert plain(written) == expected


def test_a_point_on_the_line_stays_on_the_line():
    start, end = at("2021-10-20 00:00"), at("2021-11-25 00:00")

    assert words.along(start + (end - start) / 2, start, end) == 50
    assert words.along(start - timedelta(days=1), start, end) == 0
    assert words.along(end + timedelta(days=1), start, end) == 100
    assert words.along(start, start, start) == 0


@pytest.mark.parametrize(
    ("since", "until", "says", "in_english"),
    [
        ("2021-11-15 22:00", "2021-11-16 08:30", "10 giờ 30 phút", "10 hours 30 minutes"),
        ("2021-11-15 22:00", "2021-11-17 08:00", "2 ngày", "2 days"),
        ("2021-11-15 08:00", "2021-11-16 08:00", "1 ngày", "1 day"),
        ("2021-11-15 08:00", "2021-11-18 07:59", "3 ngày", "3 days"),
    ],
)
def test_what_lay_for_a_day_is_told_in_days_of_the_calendar(since, until, says, in_english):
    assert words.waited(at(since), at(until)).replace(words.KEEP, " ") == says
    assert english.waited(at(since), at(until)).replace(words.KEEP, " ") == in_english
