"""R5: where a month begins and ends, to the microsecond, whatever the zone of the server."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.vocabulary import MonthStatus
from workflow.rules.periods import bounds, days_left, last_day, month_after, month_before, month_status

ZONE = "Asia/Ho_Chi_Minh"


def month(year: int, number: int):
    return bounds(year, number, deadline_day=20, closing_day=25, zone=ZONE)


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("received", "is_late"),
    [
        ("2021-05-19T23:59:59.999999+07:00", False),
        ("2021-05-20T00:00:00.000000+07:00", True),
        ("2021-05-19T16:59:59+00:00", False),
        ("2021-05-19T17:00:00+00:00", True),
        # New York's clocks: late to them is another day, the instant is the same.
        ("2021-05-19T12:59:59-04:00", False),
        ("2021-05-19T13:00:00-04:00", True),
        ("2021-05-20T00:00:00+09:00", False),
    ],
)
def test_r5_before_the_20th_ends_where_the_20th_begins_in_ha_tinh(received, is_late):
    assert (datetime.fromisoformat(received) >= month(2021, 5).deadline_at) is is_late


@pytest.mark.parametrize(
    ("year", "number", "opens", "deadline", "closes"),
    [
        (2021, 5, "2021-04-19T17:00", "2021-05-19T17:00", "2021-05-24T17:00"),
        (2022, 1, "2021-12-19T17:00", "2022-01-19T17:00", "2022-01-24T17:00"),
        (2021, 12, "2021-11-19T17:00", "2021-12-19T17:00", "2021-12-24T17:00"),
        (2024, 2, "2024-01-19T17:00", "2024-02-19T17:00", "2024-02-24T17:00"),
        (2028, 3, "2028-02-19T17:00", "2028-03-19T17:00", "2028-03-24T17:00"),
        (2100, 3, "2100-02-19T17:00", "2100-03-19T17:00", "2100-03-24T17:00"),
        (2038, 2, "2038-01-19T17:00", "2038-02-19T17:00", "2038-02-24T17:00"),
        (9999, 12, "9999-11-19T17:00", "9999-12-19T17:00", "9999-12-24T17:00"),
    ],
)
def test_r6_a_month_runs_from_one_20th_to_the_next(year, number, opens, deadline, closes):
    times = month(year, number)

    assert [t.isoformat()[:16] for t in (times.opens_at, times.deadline_at, times.closes_at)] == [
        opens,
        deadline,
        closes,
    ]
    assert times.deadline_at.utcoffset() == timedelta(0)


def test_every_instant_of_five_years_belongs_to_exactly_one_month():
    year, number = 2021, 1
    for _ in range(60):
        following = month_after(year, number)
        assert month(year, number).deadline_at == month(*following).opens_at
        assert month_before(*following) == (year, number)
        year, number = following


def test_the_first_of_a_month_here_is_still_the_month_before_in_utc():
    first = here("2021-06-01T00:00")

    assert first.astimezone(UTC).month == 5
    assert month(2021, 6).opens_at <= first < month(2021, 6).deadline_at


def test_a_directive_may_name_another_day_and_zone():
    times = bounds(2021, 11, deadline_day=1, closing_day=10, zone="America/New_York")

    # Clocks go back on 7 November 2021 there: four hours before, five after.
    assert times.deadline_at == datetime(2021, 11, 1, 4, tzinfo=UTC)
    assert times.closes_at == datetime(2021, 11, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2021-05-12T08:00", 7),
        ("2021-05-18T23:59:59", 1),
        ("2021-05-19T00:00", 0),
        ("2021-05-19T23:59:59", 0),
        ("2021-05-20T00:00", -1),
    ],
)
def test_r5_days_left_count_to_the_19th(now, days):
    deadline = month(2021, 5).deadline_at

    assert last_day(deadline, ZONE).isoformat() == "2021-05-19"
    assert days_left(here(now), deadline, ZONE) == days


@pytest.mark.parametrize(
    ("on_time", "late", "status"),
    [
        (2, 0, MonthStatus.ON_TIME),
        (3, 1, MonthStatus.ON_TIME),
        (1, 1, MonthStatus.LATE),
        (0, 2, MonthStatus.LATE),
        (1, 0, MonthStatus.SHORT),
        (0, 1, MonthStatus.SHORT),
        (0, 0, MonthStatus.SILENT),
    ],
)
def test_r6_a_units_month_has_one_status(on_time, late, status):
    assert month_status(quota=2, is_bound=True, on_time=on_time, late=late) is status
    assert month_status(quota=2, is_bound=False, on_time=on_time, late=late) is MonthStatus.EXEMPT
    assert month_status(quota=3, is_bound=True, on_time=1, late=1) is MonthStatus.SHORT
    assert month_status(quota=0, is_bound=True, on_time=on_time, late=late) is MonthStatus.EXEMPT
