"""Committees: one leader, one specialist, three teachers, each on a seat from a day to a day (R1)."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from models.base import db
from models.organisation import Committee, Seat
from models.people import Account
from models.vocabulary import SeatKind
from workflow import accounts, committees
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database

SINCE = date(2021, 4, 1)


def person(name: str) -> Account:
    return accounts.add(f"{name}@example.edu.vn", full_name=f"Trần Thị {name.title()}", by=None)


@pytest.fixture
def committee(cast) -> Committee:
    """Can Lộc's, complete: Bình is its specialist already."""
    with change():
        found = committees.in_force(cast.can_loc)
        committees.seat(found, person("hoa"), SeatKind.LEADER, by=None, since=SINCE)
        for name in ("huong", "thu", "dung"):
            committees.seat(found, person(name), SeatKind.TEACHER, by=None, since=SINCE)
    return found


def test_r1_a_complete_committee_is_confirmed_and_a_fourth_teacher_finds_no_seat(cast, committee, refused):
    committees.confirm(committee, by=cast.son)

    assert (committee.status, committee.confirmed_by) == ("confirmed", cast.son.id)
    code = refused(
        lambda: committees.seat(committee, person("kim"), SeatKind.TEACHER, by=cast.son, since=SINCE)
    )
    assert code == "composition_invalid"


def test_r1_an_incomplete_committee_is_kept_and_not_confirmed(cast, refused):
    found = committees.in_force(cast.can_loc)

    assert committees.missing(found) == {SeatKind.LEADER: 1, SeatKind.TEACHER: 3}
    assert refused(lambda: committees.confirm(found, by=cast.son)) == "composition_invalid"


def test_r1_a_seat_that_ends_later_is_not_free_before(cast, committee, refused):
    leader = next(seat for seat in committees.standing(committee) if seat.seat_kind == SeatKind.LEADER)
    last = date(2021, 6, 1)
    committees.unseat(leader, on=last, by=cast.son)
    heir = person("nhung")

    def seat(since: date) -> Seat:
        return committees.seat(committee, heir, SeatKind.LEADER, by=cast.son, since=since)

    assert refused(lambda: seat(last - timedelta(days=1))) == "composition_invalid"
    assert seat(last).valid_from == last


def test_r1_a_committee_that_loses_a_member_meanwhile_is_not_confirmed(
    app, cast, committee, superuser: Engine
):
    """The confirmation has seen a full committee; a seat is emptied before it writes."""
    number = committee.id
    teacher = next(s.id for s in committees.standing(committee) if s.seat_kind == SeatKind.TEACHER)
    son = cast.son.id
    db.session.rollback()

    def confirm() -> None:
        with app.app_context():
            try:
                committees.confirm(db.session.get_one(Committee, number), by=db.session.get_one(Account, son))
            except Exception as refused:
                told.append(getattr(refused, "code", repr(refused)))
            db.session.remove()

    told: list[str] = []
    with superuser.connect() as other:
        other.execute(text("SELECT 1 FROM committee WHERE id = :id FOR UPDATE"), {"id": number})
        thread = threading.Thread(target=confirm)
        thread.start()
        thread.join(0.7)
        other.execute(text("UPDATE seat SET valid_to = '2021-05-17' WHERE id = :id"), {"id": teacher})
        other.commit()
    thread.join()

    assert told == ["composition_invalid"]
    assert db.session.scalar(text("SELECT status FROM committee WHERE id = :id"), {"id": number}) == "draft"
