"""What has waited too long is said once an occasion: shortfalls, consents, the department's own queues, its week."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError

from models.base import db
from models.mishap import Mishap
from models.vocabulary import Consent
from tasks import letters
from workflow import clock, deadlines, mishaps, nudges, reminders, submissions, summaries, writing
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database

NONE = {"sent": 0, "skipped": 0}


@pytest.fixture
def closed(make, clock_at):
    """May 2021, closed by the clock on Tuesday the 25th; nobody sent anything."""
    with change():
        may = deadlines.ensure_period(2021, 5)
    clock_at("2021-05-25 00:05")
    deadlines.close_due(clock.now())
    return may


def test_r6_who_is_short_when_the_month_is_over_is_told_once_on_the_first_working_day(
    closed, clock_at, outbox
):
    clock_at("2021-05-24 08:00")
    assert reminders.give_shortfall_notice(date(2021, 5, 24)) == NONE
    clock_at("2021-05-25 08:00")

    assert reminders.give_shortfall_notice(date(2021, 5, 25)) == {"sent": 3, "skipped": 0}
    assert reminders.give_shortfall_notice(date(2021, 5, 26)) == NONE
    assert outbox().count("letter:quota_shortfall") == 3


def test_a_month_that_closes_before_a_week_end_is_told_on_monday(make, cast, clock_at):
    with change():
        june = deadlines.ensure_period(2021, 6)
    clock_at("2021-06-25 20:00")
    deadlines.close_period(june, by=cast.son)
    db.session.refresh(june)

    # The 25th is a Friday, in the evening of which an editor closed the month: its 8 o'clock is over.
    clock_at("2021-06-25 20:05")
    assert reminders.shortfalls_due(date(2021, 6, 24), clock.now()) == []
    assert len(reminders.shortfalls_due(date(2021, 6, 25), clock.now())) == 3


def test_who_was_given_more_time_than_the_month_lasts_is_told_after_it(closed, cast, clock_at):
    clock_at("2021-05-24 08:00")
    until = clock_at("2021-05-27 00:00")
    clock_at("2021-05-19 08:00")
    deadlines.extend(closed, unit=cast.can_loc, until=until, reason="Mưa lũ.", by=cast.son)
    clock_at("2021-05-25 08:00")
    assert reminders.give_shortfall_notice(date(2021, 5, 25))["sent"] == 2
    clock_at("2021-05-27 08:00")

    assert reminders.give_shortfall_notice(date(2021, 5, 27)) == {"sent": 1, "skipped": 0}


def test_of_two_months_slept_over_each_unit_is_told_of_the_newest(closed, clock_at, outbox):
    with change():
        deadlines.ensure_period(2021, 6)
    clock_at("2021-06-28 08:00")
    deadlines.close_due(clock.now())

    assert reminders.give_shortfall_notice(date(2021, 6, 28)) == {"sent": 3, "skipped": 3}
    assert outbox().count("letter:quota_shortfall") == 3


def test_r8_a_piece_whose_pictures_lack_an_answer_is_asked_about_once_a_week(make, cast, clock_at):
    piece = make.submission(with_picture=True, consent=None)
    submissions.submit(piece.id, by=cast.binh)
    asked = []
    for day in range(17, 32):
        clock_at(f"2021-05-{day} 08:00" if day > 17 else "2021-05-17 09:00")
        asked += [day] * nudges.ask_for_consents(date(2021, 5, day))["sent"]

    assert asked == [17, 24, 31]
    clock_at("2021-07-30 08:00")
    assert nudges.ask_for_consents(date(2021, 7, 30)) == {"sent": 0}


def test_r8_once_every_picture_is_answered_nobody_is_asked(make, cast, clock_at):
    piece = make.submission(with_picture=True, consent=None)
    submissions.submit(piece.id, by=cast.binh)
    picture = db.session.execute(text("SELECT attachment_id FROM revision_attachment LIMIT 1")).scalar_one()
    writing.answer(piece.id, picture, Consent.YES, by=cast.binh)
    clock_at("2021-05-18 08:00")

    assert nudges.consents_due(date(2021, 5, 18), clock.now(), {}) == []


def test_the_editors_hear_of_what_nobody_took_for_three_working_days_once_a_week(make, clock_at, outbox):
    make.submission(state="submitted")  # Monday the 17th, 08:30
    clock_at("2021-05-20 08:00")
    assert nudges.tell_of_long_waits(date(2021, 5, 20)) == {"sent": 0}

    clock_at("2021-05-21 08:00")
    assert nudges.tell_of_long_waits(date(2021, 5, 21)) == {"sent": 1}
    assert nudges.tell_of_long_waits(date(2021, 5, 21)) == {"sent": 0}
    clock_at("2021-05-22 08:00")
    assert nudges.tell_of_long_waits(date(2021, 5, 22)) == {"sent": 0}
    clock_at("2021-05-24 08:00")
    assert nudges.tell_of_long_waits(date(2021, 5, 24)) == {"sent": 1}


def test_the_approvers_hear_of_what_waits_two_working_days_and_a_claimed_piece_waits_for_nobody(
    make, cast, clock_at, outbox
):
    make.submission(state="edited")
    taken = make.submission(state="submitted")
    submissions.claim(taken.id, by=cast.son)
    clock_at("2021-05-19 09:00")

    planned = nudges.long_waits_due(date(2021, 5, 19), clock.now(), {})

    assert [letter.payload["phase"] for letter in planned] == ["ready"]


def test_the_week_is_told_once(app, outbox):
    assert nudges.write_weekly_digest(date(2021, 5, 17)) == {"sent": 1}
    assert nudges.write_weekly_digest(date(2021, 5, 17)) == {"sent": 0}
    assert outbox() == ["letter:weekly_digest"]


def test_the_week_is_told_on_its_first_working_day(app, outbox, clock_at):
    # Monday 3/5/2021 was a day off, instead of Saturday 1/5.
    assert nudges.write_weekly_digest(date(2021, 5, 3)) == {"sent": 0}
    assert nudges.weekly_digest_due(date(2021, 5, 3)) == []

    assert [one.payload for one in nudges.weekly_digest_due(date(2021, 5, 4))] == [{"on": "2021-05-03"}]
    assert nudges.write_weekly_digest(date(2021, 5, 4)) == {"sent": 1}
    assert nudges.write_weekly_digest(date(2021, 5, 5)) == {"sent": 0}
    assert nudges.weekly_digest_due(date(2021, 5, 5)) == []


def test_a_month_is_summed_up_once_it_is_closed_by_whomever(make, cast, clock_at):
    make.submission(state="submitted")
    clock_at("2021-05-22 08:00")
    assert summaries.sum_up(clock.now()) == {"sent": 0}
    with change():
        may = deadlines.ensure_period(2021, 5)
    deadlines.close_period(may, by=cast.son)
    clock_at("2021-05-23 08:00")

    assert summaries.sum_up(clock.now()) == {"sent": 4}
    assert summaries.sum_up(clock.now()) == {"sent": 0}
    clock_at("2021-09-01 08:00")
    assert summaries.due(clock.now(), {}) == []


# --- one bad row ------------------------------------------------------------------------------------------------


@pytest.fixture
def timeless(superuser):
    """Gives a piece a moment before all time, as a hand in the database would: no program can reckon with it."""

    def spoil(piece: int, column: str, moment: str = "'-infinity'") -> None:
        with superuser.begin() as connection:
            connection.execute(
                text(f"UPDATE submission SET {column} = {moment} WHERE id = :id"), {"id": piece}
            )

    return spoil


def stumbled() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(row.job, row.target, row.times) for row in db.session.scalars(select(Mishap))]


def test_r8_a_piece_that_cannot_be_reckoned_with_is_shown_and_the_others_are_asked_about(
    make, cast, clock_at, timeless, outbox
):
    bad, sound = (make.submission(with_picture=True, consent=None).id for _ in range(2))
    for piece in (bad, sound):
        submissions.submit(piece, by=cast.binh)
    timeless(bad, "first_sent_at")
    clock_at("2021-05-18 08:00")

    assert nudges.ask_for_consents(date(2021, 5, 18)) == {"sent": 1, "failed": 1}
    assert nudges.ask_for_consents(date(2021, 5, 18)) == {"sent": 0, "failed": 1}

    assert stumbled() == [("consents", f"submission:{bad}", 2)]
    # On Saturday nobody is asked, and what nobody tried is not mended.
    assert nudges.ask_for_consents(date(2021, 5, 22)) == {"sent": 0}
    assert stumbled() == [("consents", f"submission:{bad}", 2)]
    timeless(bad, "first_sent_at", "'2021-05-17 02:00Z'")
    assert nudges.ask_for_consents(date(2021, 5, 18)) == {"sent": 1}
    assert stumbled() == []


def test_of_what_waits_too_long_the_rest_is_told_and_stands_in_the_letter(make, clock_at, timeless):
    pieces = [make.submission(state="submitted") for _ in range(2)]
    (bad, bad_code), (_, sound) = [(piece.id, piece.code) for piece in pieces]
    timeless(bad, "state_since")
    clock_at("2021-05-21 08:00")

    assert nudges.tell_of_long_waits(date(2021, 5, 21)) == {"sent": 1, "failed": 1}

    assert stumbled() == [("long_waits", f"submission:{bad}", 1)]
    assert nudges.tell_of_long_waits(date(2021, 5, 22)) == {"sent": 0}
    assert stumbled() == [("long_waits", f"submission:{bad}", 1)]
    [letter] = letters.write("letter:waiting_long", {"phase": "sent", "on": "2021-05-17"})[:1]
    assert sound in letter.text
    assert bad_code not in letter.text


def test_one_bad_row_in_each_of_two_lots_is_not_the_house(app):
    def reading(known, spoilt):
        def read(one):
            if one in (None, spoilt):
                raise ValueError(one)
            return one

        return read, lambda: known

    bad = mishaps.Bad()
    assert mishaps.all_or_apart(*reading([1, 2, 3, 4], 1), bad) == [2, 3, 4]
    assert mishaps.all_or_apart(*reading([7, 8, 9], 7), bad) == [8, 9]
    assert sorted(bad) == [1, 7]


def test_a_unit_spoilt_after_its_summary_was_planned_is_left_out_of_no_letter(closed, cast, endless):
    bad = endless(closed.id)
    month = {"year": 2021, "month": 5}

    for spoilt in (None, bad.id):
        with pytest.raises(DataError):
            letters.write("letter:monthly_summary", {**month, "unit": spoilt})
        db.session.rollback()
    assert letters.write("letter:monthly_summary", {**month, "unit": cast.town_ky_anh.id})


def test_a_unit_that_cannot_be_counted_keeps_no_other_from_its_summary_nor_its_shortfall(
    closed, cast, endless, clock_at, superuser
):
    bad = endless(closed.id)
    now = clock_at("2021-05-26 08:00")

    # To the other two units; the department's, which adds up all of them, waits for the third.
    assert summaries.sum_up(now) == {"sent": 2, "failed": 1}

    assert stumbled() == [("summaries", f"unit:{bad.id}", 1)]
    others = {"year": 2021, "month": 5, "period": closed.id, "on": "2021-05-24"}
    for topic in ("letter:monthly_summary", "letter:quota_shortfall", "letter:weekly_digest"):
        assert letters.write(topic, {**others, "unit": cast.town_ky_anh.id}), topic
    with superuser.begin() as connection:
        connection.execute(text("DELETE FROM extension"))
    assert summaries.sum_up(now) == {"sent": 2}
    assert stumbled() == []
    assert summaries.due(now, {}) == []
