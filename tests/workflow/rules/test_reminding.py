"""R5: on which day who owes is reminded, when days off and a sleeping clock come in between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.vocabulary import Phase
from workflow.rules import workdays
from workflow.rules.reminding import (
    Plan,
    Said,
    by_hand,
    due_late_notice,
    due_reminder,
    due_shortfall,
    notice_day,
    occasion,
    read,
    reminder_day,
)
from workflow.rules.waiting import has_waited_too_long
from workflow.rules.workdays import Known

ZONE = "Asia/Ho_Chi_Minh"
MAY = datetime(2021, 5, 19, 17, tzinfo=UTC)
CLOSES = datetime(2021, 5, 24, 17, tzinfo=UTC)
TET_2026 = datetime(2026, 2, 19, 17, tzinfo=UTC)
NONE: Known = {}


def due(on: date, *, recorded: set[str] = frozenset(), deadline: datetime = MAY, known: Known = NONE) -> Plan:
    return due_reminder(
        deadline, days_before=[7, 3, 0], is_moved=False, recorded=recorded, on=on, zone=ZONE, known=known
    )


@pytest.mark.parametrize(
    ("last", "days_before", "day"),
    [
        # May 2021: the 12th is a Wednesday, the 16th a Sunday, the 19th a Wednesday.
        (date(2021, 5, 19), 7, date(2021, 5, 12)),
        (date(2021, 5, 19), 3, date(2021, 5, 14)),
        (date(2021, 5, 19), 0, date(2021, 5, 19)),
        # June 2021: the 19th is a Saturday.
        (date(2021, 6, 19), 0, date(2021, 6, 18)),
        # February 2026: Tết from the 16th to the 20th, and a week-end before it.
        (date(2026, 2, 19), 7, date(2026, 2, 12)),
        (date(2026, 2, 19), 3, date(2026, 2, 13)),
        (date(2026, 2, 19), 0, date(2026, 2, 13)),
    ],
)
def test_a_reminder_on_a_day_off_moves_to_the_working_day_before(last, days_before, day):
    assert reminder_day(last, days_before, NONE) == day


def test_each_day_brings_its_own_reminder_once():
    sent: dict[str, str] = {}
    for day in range(1, 20):
        plan = due(date(2021, 5, day), recorded=set(sent.values()))
        assert plan.skipped == ()
        if plan.sent:
            sent[f"{day:02d}"] = plan.sent

    assert sent == {"12": "t7", "14": "t3", "19": "t0"}


def test_two_on_one_day_become_the_stronger_one():
    assert due(date(2026, 2, 12), deadline=TET_2026) == Plan("t7")
    assert due(date(2026, 2, 13), deadline=TET_2026, recorded={"t7"}) == Plan("t0", ("t3",))


def test_several_slept_over_become_one_and_the_others_are_written_off():
    assert due(date(2021, 5, 18)) == Plan("t3", ("t7",))
    assert due(date(2021, 5, 19)) == Plan("t0", ("t7", "t3"))


def test_after_the_last_day_nobody_is_reminded_any_more():
    assert due(date(2021, 5, 20), recorded={"t7"}) == Plan(None, ("t3", "t0"))


@pytest.mark.parametrize(
    ("deadline", "day"),
    [
        (MAY, date(2021, 5, 20)),  # a Thursday
        (datetime(2021, 6, 19, 17, tzinfo=UTC), date(2021, 6, 21)),  # the 20th is a Sunday
        (TET_2026, date(2026, 2, 23)),  # Tết ends with the week
    ],
)
def test_the_late_notice_goes_out_on_the_first_working_day_after_the_deadline(deadline, day):
    assert notice_day(deadline, ZONE, NONE) == day


@pytest.mark.parametrize(
    ("on", "now", "recorded", "plan"),
    [
        (date(2021, 5, 19), datetime(2021, 5, 19, 16, tzinfo=UTC), set(), Plan(None)),
        (date(2021, 5, 20), datetime(2021, 5, 20, 1, tzinfo=UTC), set(), Plan("late")),
        (date(2021, 5, 21), datetime(2021, 5, 21, 1, tzinfo=UTC), {"late"}, Plan(None)),
        (date(2021, 5, 25), CLOSES, set(), Plan(None, ("late",))),
    ],
)
def test_the_late_notice_is_given_once_while_the_month_is_open(on, now, recorded, plan):
    given = {"recorded": recorded, "on": on, "now": now, "zone": ZONE}
    assert due_late_notice(MAY, CLOSES, is_moved=False, **given, known=NONE) == plan


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2021, 5, 14), 3, date(2021, 5, 19)),
        (date(2021, 4, 29), 1, date(2021, 5, 4)),  # 30/4, 1/5 and the day off for it
        (date(2021, 5, 17), 0, date(2021, 5, 17)),
    ],
)
def test_working_days_are_counted_over_week_ends_and_holidays(day, count, then):
    assert workdays.later(day, count, NONE) == then


def test_three_working_days_later_is_the_same_hour_of_the_day_in_the_zone():
    friday_evening = datetime(2021, 5, 14, 18, 30, tzinfo=UTC)

    # 18:30 in London's clock is Saturday 01:30 in Hà Tĩnh; the count begins there.
    later = workdays.moment_later(friday_evening, 3, "Asia/Ho_Chi_Minh", NONE)

    assert later == datetime(2021, 5, 18, 18, 30, tzinfo=UTC)


def test_a_day_off_by_decree_and_a_saturday_worked_instead_move_the_reminder():
    wednesday, saturday = date(2021, 5, 12), date(2021, 5, 15)

    assert reminder_day(date(2021, 5, 19), 7, {wednesday: False}) == date(2021, 5, 11)
    assert reminder_day(date(2021, 5, 19), 3, {saturday: True}) == saturday
    assert due(date(2021, 5, 11), known={wednesday: False}) == Plan("t7")
    assert notice_day(MAY, ZONE, {date(2021, 5, 20): False, date(2021, 5, 21): False}) == date(2021, 5, 24)


def test_the_swaps_the_library_knows_count_on_both_sides():
    # Monday 31/8/2026 is free, Saturday 22/8 is worked on instead.
    assert not workdays.usually(date(2026, 8, 31))
    assert workdays.usually(date(2026, 8, 22))
    assert workdays.later(date(2026, 8, 21), 1, NONE) == date(2026, 8, 22)
    assert workdays.holidays_of(2026)[date(2026, 2, 17)] == "Tết Nguyên Đán"


def test_exceptions_are_counted_backwards_too():
    assert workdays.earlier(date(2021, 5, 17), 3, NONE) == date(2021, 5, 12)
    assert workdays.earlier(date(2021, 5, 17), 3, {date(2021, 5, 13): False}) == date(2021, 5, 11)


@pytest.mark.parametrize(
    ("now", "occasion"),
    [
        (datetime(2021, 5, 10, 2, tzinfo=UTC), "t9@2021-05-10"),
        (datetime(2021, 5, 19, 16, 59, tzinfo=UTC), "t0@2021-05-19"),
        (datetime(2021, 5, 19, 17, tzinfo=UTC), "late@2021-05-20"),
    ],
)
def test_a_reminder_by_hand_carries_its_day_and_how_near_the_last_day_is(now, occasion):
    assert by_hand(MAY, now=now, zone=ZONE) == occasion


MOMENT = timedelta(microseconds=1)
EXTENDED = datetime(2021, 5, 28, 17, tzinfo=UTC)
"""Midnight before Saturday 29/5, after the month was closed for all others."""


@pytest.mark.parametrize(
    ("deadline", "closed", "recorded", "on", "now", "known", "is_due"),
    [
        (MAY, CLOSES, {"late"}, date(2021, 5, 25), CLOSES, NONE, True),
        (MAY, CLOSES, {"late"}, date(2021, 6, 2), CLOSES + timedelta(days=8), NONE, True),
        (MAY, CLOSES, {"late", "short"}, date(2021, 5, 25), CLOSES, NONE, False),
        (MAY, None, set(), date(2021, 5, 25), CLOSES, NONE, False),
        (MAY, CLOSES, set(), date(2021, 5, 25), CLOSES - MOMENT, NONE, False),
        (MAY, CLOSES, set(), date(2021, 5, 24), CLOSES, NONE, False),
        (MAY, CLOSES, set(), date(2021, 5, 25), CLOSES, {date(2021, 5, 25): False}, False),
        (EXTENDED, CLOSES, set(), date(2021, 5, 25), CLOSES, NONE, False),
        (EXTENDED, CLOSES, set(), date(2021, 5, 29), EXTENDED, NONE, False),
        (EXTENDED, CLOSES, set(), date(2021, 5, 31), EXTENDED + timedelta(days=2), NONE, True),
    ],
)
def test_a_shortfall_is_told_on_the_first_working_day_after_the_last_chance(
    deadline, closed, recorded, on, now, known, is_due
):
    given = {"recorded": recorded, "on": on, "now": now, "zone": ZONE, "known": known}
    assert due_shortfall(deadline, closed, **given) is is_due


@pytest.mark.parametrize(
    ("phase", "since", "is_told_from"),
    [
        (Phase.SENT, datetime(2021, 5, 11, 2, tzinfo=UTC), datetime(2021, 5, 14, 2, tzinfo=UTC)),
        (Phase.READY, datetime(2021, 5, 11, 2, tzinfo=UTC), datetime(2021, 5, 13, 2, tzinfo=UTC)),
        (Phase.READY, datetime(2021, 5, 13, 18, tzinfo=UTC), datetime(2021, 5, 17, 18, tzinfo=UTC)),
    ],
)
def test_a_piece_waits_three_working_days_for_an_editor_and_two_for_an_approver(phase, since, is_told_from):
    given = {"zone": ZONE, "known": NONE}

    assert has_waited_too_long(since, phase, now=is_told_from, **given)
    assert not has_waited_too_long(since, phase, now=is_told_from - MOMENT, **given)


JUNE_9 = datetime(2021, 6, 9, 17, tzinfo=UTC)
"""A deadline that was moved: the last day is the 9th of June."""


def test_r5_a_moved_deadline_is_reminded_of_by_its_own_day():
    told = due_reminder(
        JUNE_9, days_before=[7, 3, 0], is_moved=True, recorded={"t7", "t3", "t7/2021-06-09"}, on=date(2021, 6, 7),
        zone=ZONE, known=NONE,
    )  # fmt: skip

    assert told == Plan("t3/2021-06-09")
    assert (occasion(7), occasion(0, date(2021, 6, 9))) == ("t7", "t0/2021-06-09")


@pytest.mark.parametrize(("recorded", "sent"), [({"late"}, "late/2021-06-09"), ({"late/2021-06-09"}, None)])
def test_r5_a_moved_deadline_that_passed_is_noticed_by_its_own_day(recorded, sent):
    plan = due_late_notice(
        JUNE_9, datetime(2021, 6, 14, 17, tzinfo=UTC), is_moved=True, recorded=recorded, on=date(2021, 6, 10),
        now=datetime(2021, 6, 10, 1, tzinfo=UTC), zone=ZONE, known=NONE,
    )  # fmt: skip

    assert plan == Plan(sent)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("t3", Said(3, None, None)),
        ("t0/2021-06-09", Said(0, date(2021, 6, 9), None)),
        ("late", Said(None, None, None)),
        ("late/2021-06-09", Said(None, date(2021, 6, 9), None)),
        ("t3@2021-05-16", Said(3, None, date(2021, 5, 16))),
        ("late@2021-05-21", Said(None, None, date(2021, 5, 21))),
        ("t12/2021-06-09@2021-06-01", Said(12, date(2021, 6, 9), date(2021, 6, 1))),
    ],
)
def test_the_name_of_an_occasion_is_read_as_it_was_given(name, said):
    assert read(name) == said


def test_what_is_said_once_a_week_is_named_after_its_monday():
    week = [date(2021, 5, day) for day in range(3, 10)]

    assert {workdays.monday_of(day) for day in week} == {date(2021, 5, 3)}
    assert workdays.monday_of(date(2021, 5, 2)) == date(2021, 4, 26)


@pytest.mark.parametrize(
    ("monday", "since"),
    [
        # Tết 2025 was free from Saturday 25/1 to Sunday 2/2: the week of the 27th had nobody to tell.
        (date(2025, 2, 3), date(2025, 1, 20)),
        (date(2025, 2, 10), date(2025, 2, 3)),
        (date(2025, 1, 27), date(2025, 1, 20)),
        # In 2021 its week ended with two working days.
        (date(2021, 2, 22), date(2021, 2, 15)),
    ],
)
def test_a_letter_of_the_week_goes_back_to_the_last_week_in_which_there_was_one(monday, since):
    assert workdays.untold_since(monday, {}) == since
