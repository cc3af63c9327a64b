"""F34 to F37: machines whose clock is wrong, clocks that sleep for months or jump back, two of them at once.

The boundaries themselves (zones, leap days, midnights) belong to tests/workflow/test_deadlines.py.
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from models.base import db
from tasks import context
from tests.faults import invariants
from tests.faults.processes import until

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

PATIENT = {"LEASE_SECONDS": "120"}


@pytest.mark.parametrize(
    ("off", "says"),
    [(61, "lệch \\+61 giây"), (-61, "lệch -61 giây"), (8 * 86_400, "lệch \\+691200 giây")],
)
def test_f36_a_machine_whose_clock_is_off_is_refused(app, monkeypatch, off, says):
    class Off(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(seconds=off)

    monkeypatch.setattr(context, "datetime", Off)

    with pytest.raises(context.UnfitPlace, match=says):
        context.require_true_clock()


def test_f36_a_true_clock_is_taken(app):
    assert abs(context.require_true_clock()) < 1


@pytest.mark.parametrize("woken_at", ["2021-05-20 01:00:30", "2021-05-23 00:00:30", "2021-09-20 00:00:30"])
def test_f35_a_clock_that_slept_over_the_deadline_catches_up_once(
    make, bear, post_office, only_jobs, drained, clock_at, woken_at
):
    drafts = len([make.submission() for _ in range(3)])
    only_jobs("sweep", "reminders", "late_notices", "close_periods", "open_periods")
    clock_at(woken_at)

    with bear("clock", **PATIENT), bear("clock", **PATIENT), bear("worker", **PATIENT):
        until(lambda: post_office.rows("job") and post_office.is_drained(), seconds=60, log=post_office.log)
        drained()

    report = invariants.hold(peer=post_office.peer, swept=True)
    assert report.raw_doubles == 0
    lapsed = text("SELECT count(*) FROM audit_event WHERE action = 'submission:lapse'")
    assert db.session.execute(lapsed).scalar_one() == drafts
    told = text("SELECT kind, to_address, unit_id FROM letter GROUP BY 1, 2, 3 HAVING count(*) > 1")
    assert db.session.execute(told).all() == [], "slept over, several of a kind become one"


def test_f37_a_clock_that_jumps_back_an_hour_repeats_no_slot_and_holds_up_no_letter(
    make, one_letter, bear, post_office, only_jobs, drained, clock_at
):
    make.submission()
    only_jobs("sweep")
    clock_at("2021-05-20 00:00:30")

    with bear("clock", **PATIENT), bear("worker", **PATIENT):
        until(lambda: post_office.rows("job"), seconds=60, log=post_office.log)
        drained()
        clock_at("2021-05-19 23:00:30")
        one_letter()
        drained()
        swept = len(post_office.rows("job"))
        clock_at("2021-05-20 00:02:30")
        until(lambda: len(post_office.rows("job")) > swept, seconds=60, log=post_office.log)
        drained()

    report = invariants.hold(peer=post_office.peer, swept=True)
    assert (report.letters, report.raw_doubles) == (1, 0)
