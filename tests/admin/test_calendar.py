"""R5: the calendar of working days at the console: an exception with a reason moves the reminders, on record."""

from datetime import date

import pytest
from sqlalchemy import select, text

from models.base import db
from models.calendar_day import CalendarDay
from workflow import clock, deadlines, reminders, submissions
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database

PAGE = "/quan-tri/ky/lich-lam-viec"


@pytest.fixture
def son(client, cast, clock_at):
    clock_at("2021-05-05 09:00")
    visitor = client.as_(cast.son)
    visitor.read_token(PAGE)
    return visitor


def marked() -> dict[str, bool]:
    db.session.rollback()
    return {str(row.day): row.is_working for row in db.session.scalars(select(CalendarDay))}


def test_r5_a_day_off_by_decree_moves_the_reminder_to_the_day_before_it(son, cast, clock_at):
    with change():
        deadlines.ensure_period(2021, 5)
    answer = son.send(f"{PAGE}/ghi", day="2021-05-12", kind="free", reason="Nghỉ theo công điện về bão số 1.")
    assert answer.status_code == 303
    page = son.get(PAGE).text
    assert "Nghỉ theo công điện về bão số 1." in page
    assert cast.son.full_name in page

    clock_at("2021-05-11 08:00")
    assert reminders.remind(date(2021, 5, 11)) == {"sent": 3, "skipped": 0}
    clock_at("2021-05-12 08:00")
    assert reminders.remind(date(2021, 5, 12)) == {"sent": 0, "skipped": 0}

    event = db.session.execute(
        text("SELECT action, payload::jsonb ->> 'day' AS day FROM audit_event WHERE stream = 'calendar:2021'")
    ).one()
    assert tuple(event) == ("calendar:mark", "2021-05-12")


def test_a_saturday_worked_instead_takes_the_reminder_and_counts_for_a_claim(son, make, cast, clock_at):
    piece = make.submission(state="submitted")
    clock_at("2021-05-05 09:00")
    son.send(f"{PAGE}/ghi", day="2021-05-15", kind="works", reason="Làm bù ngày 03/5.")
    clock_at("2021-05-14 10:00")
    submissions.claim(piece.id, by=cast.son)

    # Saturday, Monday, Tuesday: the third working day is the 18th, not the 19th.
    clock_at("2021-05-18 09:59")
    from tasks.deadlines import claims_lapsing

    assert claims_lapsing(clock.now()) == []
    clock_at("2021-05-18 10:01")
    assert [one.id for one in claims_lapsing(clock.now())] == [piece.id]
    submissions.perform(piece.id, "lapse_claim", by=None)
    db.session.refresh(piece)
    assert piece.claimed_by is None


def test_an_exception_is_taken_back_with_a_reason(son):
    son.send(f"{PAGE}/ghi", day="2021-05-15", kind="works", reason="Làm bù.")
    assert marked() == {"2021-05-15": True}
    son.send(f"{PAGE}/ghi", day="2021-05-15", kind="none", reason=" ")
    assert marked() == {"2021-05-15": True}

    son.send(f"{PAGE}/ghi", day="2021-05-15", kind="none", reason="Ghi nhầm.")

    assert marked() == {}
    actions = db.session.scalars(
        text("SELECT action FROM audit_event WHERE stream = 'calendar:2021' ORDER BY seq")
    )
    assert list(actions) == ["calendar:mark", "calendar:unmark"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"day": "2021-05-12", "kind": "free", "reason": " "}, "Vui lòng ghi lý do."),
        ({"day": "2021-05-04", "kind": "free", "reason": "Bão"}, "Ngày này đã qua."),
        ({"day": "2021-05-15", "kind": "free", "reason": "Bão"}, "Ngày này vốn đã như vậy."),
        ({"day": "2021-05-12", "kind": "none", "reason": "Bão"}, "Ngày này không có trong bảng ngoại lệ."),
        ({"day": "2021-05-12", "kind": "x", "reason": "Bão"}, "Vui lòng chọn ngày nghỉ hay ngày làm việc."),
        ({"day": "9999-12-31", "kind": "free", "reason": "Bão"}, "Ngày “9999-12-31” không hợp lệ."),
        ({"day": "30/02", "kind": "free", "reason": "Bão"}, "Ngày “30/02” không hợp lệ."),
    ],
)
def test_what_makes_no_exception_says_why_and_writes_nothing(son, typed, told):
    son.send(f"{PAGE}/ghi", **typed)

    assert told in son.get(PAGE).text
    assert marked() == {}


def test_who_only_reads_the_months_reads_the_calendar_and_writes_nothing(client, cast, son):
    minh = client.as_(cast.minh)

    assert "Ngày Quốc tế Lao động" not in minh.get(PAGE).text.split("Ngày nghỉ lễ sắp tới")[0]
    assert "Ngày Chiến thắng" in minh.get(PAGE).text
    minh.read_token(PAGE)
    minh.send(f"{PAGE}/ghi", day="2021-05-12", kind="free", reason="Bão")

    assert marked() == {}
