"""The same dates and figures for a reader of English; the day still changes in Hà Tĩnh."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

import look
from look import english, words
from tests.look.test_words import DEADLINE, at, plain


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (english.day(date(2021, 5, 9)), "9 May 2021"),
        (english.day_month(date(2021, 5, 9)), "9 May"),
        (english.month(date(2021, 5, 9)), "May 2021"),
        (english.weekday(date(2021, 11, 19)), "Fri 19 Nov"),
        (english.long_day(date(2021, 11, 17)), "Wednesday, 17 November 2021"),
        (english.day(DEADLINE), "20 Nov 2021"),
        (english.until(DEADLINE), "the end of Fri 19 Nov"),
        (english.until(at("2021-11-19 17:00")), "17:00 on Fri 19 Nov"),
        (english.number(4812), "4,812"),
        (english.size(1_234_567), "1.2 MB"),
        (english.size(640), "640 B"),
        (english.of(1, 2), "1 of 2"),
    ],
)
def test_days_and_figures_are_written_the_english_way(written, expected):
    assert plain(written) == expected


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2021-11-17 07:52", "07:52 today"),
        ("2021-11-16 17:15", "17:15 yesterday"),
        ("2021-11-15 16:00", "15 Nov, 16:00"),
        ("2020-11-16 16:00", "16 Nov 2020, 16:00"),
    ],
)
def test_a_moment_is_as_short_as_today_allows(happened, expected):
    assert plain(english.moment(at(happened), at("2021-11-17 08:30"))) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2021-11-17 08:30", "2 days left"),
        ("2021-11-18 23:59", "1 day left"),
        ("2021-11-19 14:48", "9 hours 12 minutes left"),
        ("2021-11-19 22:59", "1 hour 1 minute left"),
        ("2021-11-20 00:00", "overdue by less than a minute"),
        ("2021-11-20 05:03", "overdue by 5 hours 3 minutes"),
        ("2021-11-22 09:00", "overdue by 2 days"),
    ],
)
def test_what_is_left_until_the_deadline(now, expected):
    assert plain(english.time_left(DEADLINE, at(now))) == expected


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2021-11-17 08:30", "just now"),
        ("2021-11-17 08:29", "1 minute ago"),
        ("2021-11-17 05:20", "3 hours ago"),
        ("2021-11-16 23:00", "yesterday"),
        ("2021-11-13 09:00", "4 days ago"),
        ("2021-11-01 09:00", "1 Nov 2021"),
    ],
)
def test_how_long_ago_in_the_words_of_a_person(happened, expected):
    assert plain(english.ago(at(happened), at("2021-11-17 08:30"))) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "19 Nov, 1 of 2"), ("vi", "19/11, 1 trên 2")])
def test_a_template_takes_the_form_of_its_readers_language(language, expected):
    app = Flask("reader")
    look.wear(app)
    Babel(app, locale_selector=lambda: language)
    page = app.jinja_env.from_string("{{ day|day_month }}, {{ of(1, 2) }}")

    with app.test_request_context():
        assert plain(page.render(day=date(2021, 11, 19))) == expected


def test_english_forms_are_called_as_the_vietnamese_ones():
    named = {*look.FILTERS, *look.GLOBALS}

    assert all(hasattr(words, name) for name in named)
    assert named & set(vars(english)) >= {"day", "moment", "time_left", "number", "size", "of"}
