"""R6: to which month a first sending is booked, at every boundary of the unit's own month."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflow.rules.test_guards import CLOSING, DEADLINE, JUNE, MAY, PIECE, SECOND
from workflow.rules.periods import Booking, booking, last_day

ON_TIME, LATE, NEXT = Booking(5, is_late=False), Booking(5, is_late=True), Booking(6, is_late=False)


@pytest.mark.parametrize(
    ("now", "month", "booked"),
    [
        (DEADLINE - SECOND, {}, ON_TIME),
        (DEADLINE - SECOND, {"is_closed": True}, NEXT),
        (DEADLINE, {}, LATE),
        (DEADLINE, {"is_short": False}, NEXT),
        (DEADLINE, {"is_closed": True}, NEXT),
        (CLOSING - SECOND, {}, LATE),
        (CLOSING, {}, NEXT),
        # An extension moves the unit's own deadline; the month stays open for it until it closes.
        (DEADLINE, {"deadline_at": DEADLINE + timedelta(days=2)}, ON_TIME),
    ],
)
def test_a_first_sending_is_booked(now, month, booked):
    assert booking(replace(PIECE, now=now, month=replace(MAY, **month))) == booked


@pytest.mark.parametrize(
    ("now", "following", "booked"),
    [
        (CLOSING, JUNE, NEXT),
        (JUNE.closes_at, JUNE, None),
        (CLOSING, replace(JUNE, is_closed=True), None),
        (CLOSING, None, None),
    ],
)
def test_without_a_month_of_its_own_it_takes_the_next_or_none(now, following, booked):
    assert booking(replace(PIECE, now=now, month=None, next_month=following)) == booked


def test_the_last_day_is_the_one_before_midnight_of_the_deadline():
    assert last_day(DEADLINE, "Asia/Ho_Chi_Minh").isoformat() == "2021-05-19"
    assert last_day(DEADLINE + timedelta(microseconds=1), "Asia/Ho_Chi_Minh").isoformat() == "2021-05-20"
