"""R5: who still owes is reminded once, by rows that a restart cannot double."""

from datetime import date

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.mishap import Mishap
from workflow import deadlines, reminders, submissions
from workflow.engine.errors import Invalid, NotAllowed
from workflow.engine.unit_of_work import change
from workflow.mishaps import Stumbled
from workflow.rules import reminding

pytestmark = pytest.mark.database


@pytest.fixture
def may(make):
    with change():
        return deadlines.ensure_period(2021, 5)


def recorded():
    query = "SELECT u.code, r.occasion, r.is_skipped FROM reminder r JOIN unit u ON u.id = r.unit_id ORDER BY 1, 2"
    return [tuple(row) for row in db.session.execute(text(query))]


def test_every_unit_that_owes_is_reminded_and_who_has_sent_enough_is_not(make, cast, may, clock_at, outbox):
    clock_at("2021-05-10 09:00")
    for _ in range(2):
        make.submission(state="submitted")
    clock_at("2021-05-12 08:00")

    assert reminders.remind(date(2021, 5, 12)) == {"sent": 2, "skipped": 0}

    assert recorded() == [("h-ky-anh", "t7", False), ("tx-ky-anh", "t7", False)]
    assert outbox().count("letter:reminder") == 2


def test_the_same_day_again_reminds_nobody_twice(may, clock_at, outbox):
    clock_at("2021-05-12 08:00")
    reminders.remind(date(2021, 5, 12))

    assert reminders.remind(date(2021, 5, 12)) == {"sent": 0, "skipped": 0}
    assert outbox().count("letter:reminder") == 3


def test_a_jump_over_the_deadline_writes_off_what_was_slept_over(may, clock_at, outbox):
    clock_at("2021-05-20 00:01")

    assert reminders.remind(date(2021, 5, 20)) == {"sent": 0, "skipped": 9}
    assert outbox() == []


def test_r12_an_uncounted_piece_is_owed_again(make, cast, may, clock_at):
    pieces = [make.submission(state="submitted") for _ in range(2)]
    submissions.perform(pieces[0].id, "uncount", by=cast.son, kind="duplicate", reason="trùng")
    clock_at("2021-05-19 08:00")

    reminders.remind(date(2021, 5, 19))

    assert ("h-can-loc", "t0", False) in recorded()


def test_r6_a_free_month_a_later_deadline_and_an_ended_unit_are_heeded(make, cast, may, clock_at):
    deadlines.exempt(may, unit=cast.town_ky_anh, reason="bão", by=cast.son)
    later = clock_at("2021-05-24 00:00")
    clock_at("2021-05-17 08:30")
    deadlines.extend(may, unit=cast.district_ky_anh, until=later, reason="lũ", by=cast.son)
    with change():
        cast.can_loc.valid_to = date(2021, 5, 19)
    clock_at("2021-05-21 08:00")

    reminders.remind(date(2021, 5, 21))

    # The extended unit's last day is Sunday the 23rd: reminded on Friday.
    new = "2021-05-23"
    assert recorded() == [
        ("h-ky-anh", f"t0/{new}", False), ("h-ky-anh", f"t3/{new}", True), ("h-ky-anh", f"t7/{new}", True),
    ]  # fmt: skip


def test_r5_who_was_reminded_of_the_old_deadline_is_reminded_of_each_new_one(cast, may, clock_at, outbox):
    def done_by(unit):
        return [occasion for code, occasion, is_skipped in recorded() if code == unit and not is_skipped]

    first, second = clock_at("2021-06-10 00:00"), clock_at("2021-06-17 00:00")
    for day in ("2021-05-12", "2021-05-17", "2021-05-19", "2021-05-20"):
        now = clock_at(f"{day} 08:00")
        reminders.remind(now.date())
        reminders.give_late_notice(now.date())
    assert done_by("h-can-loc") == done_by("tx-ky-anh") == ["late", "t0", "t3", "t7"]

    deadlines.extend(may, unit=cast.can_loc, until=first, reason="Mưa lũ.", by=cast.son)
    assert reminders.remind(date(2021, 5, 20)) == {"sent": 0, "skipped": 0}
    clock_at("2021-06-02 08:00")
    assert reminders.remind(date(2021, 6, 2)) == {"sent": 1, "skipped": 0}
    deadlines.extend(may, unit=cast.can_loc, until=second, reason="Mưa lũ.", by=cast.son)
    for day in ("2021-06-09", "2021-06-14", "2021-06-16"):
        now = clock_at(f"{day} 08:00")
        assert reminders.remind(now.date()) == {"sent": 1, "skipped": 0}
        assert reminders.remind(now.date()) == {"sent": 0, "skipped": 0}

    moved = ["t0/2021-06-16", "t3/2021-06-16", "t7/2021-06-09", "t7/2021-06-16"]
    assert done_by("h-can-loc") == ["late", "t0", *moved[:1], "t3", *moved[1:2], "t7", *moved[2:]]
    assert done_by("tx-ky-anh") == ["late", "t0", "t3", "t7"]


def test_the_late_notice_goes_once_on_the_working_day_after(may, clock_at, outbox):
    clock_at("2021-05-20 08:00")

    assert reminders.give_late_notice(date(2021, 5, 20)) == {"sent": 3, "skipped": 0}
    assert reminders.give_late_notice(date(2021, 5, 20)) == {"sent": 0, "skipped": 0}


def test_no_late_notice_after_an_editor_closed_the_month(cast, may, clock_at):
    clock_at("2021-05-20 07:00")
    deadlines.close_period(may, by=cast.son)
    clock_at("2021-05-20 08:00")

    assert reminders.give_late_notice(date(2021, 5, 20)) == {"sent": 0, "skipped": 3}


def test_r5_a_last_day_slept_over_is_not_announced_the_day_after(make, cast, clock_at):
    make.submission()
    clock_at("2021-05-20 00:01")

    told = reminders.remind(date(2021, 5, 19))

    assert told["sent"] == 0
    assert told["skipped"] > 0


def test_who_owes_is_reminded_by_hand_once_a_day_with_a_reason_on_record(make, cast, may, clock_at, outbox):
    clock_at("2021-05-16 09:00")
    reminders.remind(date(2021, 5, 16))
    before = outbox().count("letter:reminder")

    sent = reminders.remind_by_hand(may, unit=cast.can_loc, reason="Cô giáo vừa nghỉ ốm.", by=cast.son)

    assert sent == 1
    assert ("h-can-loc", "t3@2021-05-16", False) in recorded()
    assert outbox().count("letter:reminder") == before + 1
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "period:remind")).one()
    assert (event.actor_id, "Cô giáo vừa nghỉ ốm." in event.payload) == (cast.son.id, True)
    with pytest.raises(Invalid) as refused:
        reminders.remind_by_hand(may, unit=cast.can_loc, reason="Lần nữa.", by=cast.son)
    assert refused.value.refusals[0].code == "reminded_today"
    assert reminders.remind_by_hand(may, unit=None, reason="Còn lại.", by=cast.son) == 2


def test_by_hand_nobody_is_reminded_who_owes_nothing_or_of_a_closed_month(make, cast, may, clock_at):
    for _ in range(2):
        make.submission(state="submitted")

    with pytest.raises(Invalid) as refused:
        reminders.remind_by_hand(may, unit=cast.can_loc, reason="Thử.", by=cast.son)
    assert refused.value.refusals[0].code == "nothing_owed"

    clock_at("2021-05-20 09:00")
    deadlines.close_period(may, by=cast.son)
    with pytest.raises(Invalid) as refused:
        reminders.remind_by_hand(may, unit=cast.town_ky_anh, reason="Thử.", by=cast.son)
    assert refused.value.refusals[0].code == "nothing_owed"


def test_only_who_keeps_the_months_reminds_by_hand_and_never_without_a_reason(cast, may):
    with pytest.raises(NotAllowed):
        reminders.remind_by_hand(may, unit=cast.can_loc, reason="Thử.", by=cast.khang)
    with pytest.raises(Invalid) as refused:
        reminders.remind_by_hand(may, unit=cast.can_loc, reason="  ", by=cast.son)
    assert refused.value.refusals[0].code == "reason_required"


@pytest.fixture
def spoiled(may, endless):
    return endless(may.id)


def stumbled() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(row.job, row.target, row.times) for row in db.session.scalars(select(Mishap))]


@pytest.mark.parametrize(
    ("act", "job", "when", "occasion"),
    [
        (reminders.remind, "reminders", "2021-05-12 08:00", "t7"),
        (reminders.give_late_notice, "late_notices", "2021-05-20 08:00", "late"),
        (reminders.give_shortfall_notice, "shortfalls", "2021-05-26 08:00", "short"),
    ],
)
def test_r5_a_unit_that_cannot_be_reckoned_with_is_shown_and_the_others_are_reminded(
    cast, spoiled, clock_at, superuser, act, job, when, occasion
):
    now = clock_at(when)
    if job == "shortfalls":
        deadlines.close_due(now)

    with pytest.raises(Stumbled, match=rf"unit:{spoiled.id}$"):
        act(now.date())

    assert {(code, what) for code, what, _ in recorded()} >= {("h-ky-anh", occasion), ("tx-ky-anh", occasion)}
    assert stumbled() == [(job, f"unit:{spoiled.id}", 1)]
    with superuser.begin() as connection:
        connection.execute(text("DELETE FROM extension"))
    assert act(now.date())["sent"] == 1
    assert stumbled() == []


def test_when_most_units_cannot_be_reckoned_with_it_is_the_house_that_fails_loudly(
    may, clock_at, monkeypatch
):
    clock_at("2021-05-12 08:00")
    monkeypatch.setattr(reminding, "due_reminder", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        reminders.remind(date(2021, 5, 12))

    assert stumbled() == []
