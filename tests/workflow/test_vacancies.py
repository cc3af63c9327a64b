"""R1: a unit whose committee lacks a seat is asked to fill it, weekly by the clock and at once by hand."""

from datetime import date

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.vocabulary import Role, SeatKind
from workflow import accounts, committees, vacancies
from workflow.queries import recipients

pytestmark = pytest.mark.database

TOPIC = "letter:committee_incomplete"


@pytest.fixture
def written(make):
    """The outbox keys of the letters so far, oldest first."""

    def keys() -> list[str]:
        return list(
            db.session.scalars(text("SELECT key FROM outbox WHERE topic = :t ORDER BY id"), {"t": TOPIC})
        )

    return keys


def by_hand(cast, unit=None, reason="Cô giáo đã nghỉ.", by=None):
    return vacancies.remind_by_hand(unit or cast.can_loc, reason=reason, by=by or cast.son)


def test_r1_units_without_a_full_committee_are_reminded_once_a_week(make, outbox):
    assert vacancies.remind(date(2021, 5, 17)) == {"sent": 3}
    assert vacancies.remind(date(2021, 5, 17)) == {"sent": 0}
    assert outbox().count(TOPIC) == 3


def test_r1_committees_are_reminded_on_the_first_working_day_of_a_week(make):
    # Monday 3/5/2021 was a day off, instead of Saturday 1/5.
    assert vacancies.remind(date(2021, 5, 3)) == {"sent": 0}
    assert vacancies.remind(date(2021, 5, 4)) == {"sent": 3}
    assert vacancies.remind(date(2021, 5, 5)) == {"sent": 0}
    assert vacancies.due(date(2021, 5, 5)) == []


def test_by_hand_a_unit_is_asked_at_once_with_a_reason_on_record(cast, written, clock_at):
    vacancies.remind(date(2021, 5, 17))
    before = written()
    clock_at("2021-05-18 09:00")

    assert by_hand(cast) == 1

    assert written() == [*before, f"committee_incomplete:{cast.can_loc.id}:2021-05-18"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "committee:remind")).one()
    committee = committees.in_force(cast.can_loc)
    assert (event.stream, event.actor_id) == (f"committee:{committee.id}", cast.son.id)
    assert "Cô giáo đã nghỉ." in event.payload


def test_the_letter_by_hand_is_the_letter_of_the_week_when_that_was_not_written_yet(cast, written, clock_at):
    clock_at("2021-05-17 07:00")
    by_hand(cast)

    assert vacancies.remind(date(2021, 5, 17)) == {"sent": 2}
    assert len(written()) == 3


@pytest.mark.parametrize("day", ["2021-05-17", "2021-05-19"])
def test_no_unit_is_asked_twice_on_a_day_by_hand_or_clock(cast, written, clock_at, refused, day):
    """The clock that slept until Wednesday writes Monday's letter then."""
    clock_at(f"{day} 09:00")
    vacancies.remind(date.fromisoformat(day))
    before = written()

    assert refused(lambda: by_hand(cast)) == "reminded_today"
    assert written() == before
    clock_at("2021-05-20 09:00")
    assert by_hand(cast) == 1
    assert refused(lambda: by_hand(cast)) == "reminded_today"


def test_nobody_is_asked_for_a_committee_that_is_complete(cast, written, refused):
    committee = committees.in_force(cast.can_loc)
    since = date(2021, 5, 3)
    committees.seat(committee, cast.lan, SeatKind.LEADER, by=cast.son, since=since)
    for number in range(3):
        teacher = accounts.add(f"co{number}@example.edu.vn", full_name=f"Cô {number}", by=None)
        committees.seat(committee, teacher, SeatKind.TEACHER, by=cast.son, since=since)

    assert refused(lambda: by_hand(cast)) == "committee_complete"
    assert written() == []


def test_nobody_is_asked_where_nobody_can_be_written_to(cast, written, refused):
    """The weekly letter goes to the department then, which is who presses here."""
    assert recipients.contacts(cast.district_ky_anh.id) == []

    assert refused(lambda: by_hand(cast, cast.district_ky_anh)) == "nobody_to_write_to"

    assert written() == []
    accounts.grant(cast.lan, Role.COMMITTEE, unit=cast.district_ky_anh, by=cast.mai)
    assert by_hand(cast, cast.district_ky_anh) == 1


def test_only_who_keeps_the_committees_asks_and_never_without_a_reason(cast, written, refused):
    assert refused(lambda: by_hand(cast, by=cast.khang)) == "forbidden"
    assert refused(lambda: by_hand(cast, reason="  ")) == "reason_required"
    assert written() == []
