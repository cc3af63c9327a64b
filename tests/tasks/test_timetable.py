"""The timetable: each slot is claimed once, whoever claims it; a clock that slept or jumped catches up by rule."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from models.base import db
from models.mishap import Mishap
from models.outbox import JobRun, Letter
from models.period import Period
from models.submission import Submission
from tasks import deadlines as errands
from tasks import publishing
from tasks.timetable import TIMETABLE, CatchUp, Clock, at, due_slots, newest_slot, slots
from workflow import clock, deadlines, submissions
from workflow.engine.unit_of_work import change
from workflow.queries import duties
from workflow.wording import JOBS

pytestmark = pytest.mark.database


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=clock.ZONE)


def claimed(job: str) -> list[str]:
    db.session.rollback()
    found = db.session.scalars(select(JobRun.slot).where(JobRun.job == job).order_by(JobRun.slot))
    return [f"{slot.astimezone(clock.ZONE):%d/%m %H:%M}" for slot in found]


def test_people_can_read_the_name_of_every_job():
    assert set(JOBS) == set(TIMETABLE)


# --- which slots are due ------------------------------------------------------------------------------------------


def test_slots_are_those_of_our_zone():
    assert list(slots(at(hour=8), here("2021-05-17 07:00"), here("2021-05-18 08:00"))) == [
        here("2021-05-17 08:00"),
        here("2021-05-18 08:00"),
    ]


@pytest.mark.parametrize(
    ("job", "newest"),
    [
        ("sweep", "2021-05-20 00:01"),
        ("close_periods", "2021-05-20 00:00"),
        ("reminders", "2021-05-19 08:00"),
        ("committees", "2021-05-19 08:00"),
        ("open_periods", "2021-05-01 00:05"),
        ("claims", "2021-05-20 00:00"),
    ],
)
def test_the_newest_slot_is_found_without_walking_through_months(job, newest):
    assert newest_slot(TIMETABLE[job].trigger, here("2021-05-20 00:01:30")) == here(newest)


def test_after_four_months_of_sleep_a_job_of_each_minute_has_one_slot():
    job = TIMETABLE["sweep"]

    assert due_slots(job, here("2021-01-01 00:00"), here("2021-05-20 00:01")) == [here("2021-05-20 00:01")]


def test_after_four_months_of_sleep_every_month_is_opened():
    job = TIMETABLE["open_periods"]

    assert job.catch_up is CatchUp.EACH
    assert due_slots(job, here("2021-01-01 00:05"), here("2021-05-20 00:01")) == [
        here(f"2021-{month:02d}-01 00:05") for month in (2, 3, 4, 5)
    ]


# --- claiming them ------------------------------------------------------------------------------------------------


def test_a_slot_is_claimed_with_its_outbox_row(app, clock_at, rows):
    clock_at("2021-05-17 08:30:10")

    names = [name for name, _ in Clock().tick()]

    assert sorted(names) == sorted(TIMETABLE)
    assert claimed("sweep") == ["17/05 08:30"]
    assert rows("key", "topic = 'job' AND key LIKE 'job:sweep%'") == [
        ("job:sweep:2021-05-17T01:30:00.000000Z",)
    ]


def test_the_next_look_claims_nothing_until_something_is_due(app, clock_at):
    clock_at("2021-05-17 08:30:10")
    ours = Clock()
    ours.tick()

    assert ours.tick() == []
    clock_at("2021-05-17 08:31:00")
    assert [name for name, _ in ours.tick()] == ["arrivals", "sweep", "publishing", "seal"]


def test_two_clocks_at_once_share_the_slots(app, clock_at, rows):
    clock_at("2021-05-17 08:30:10")
    barrier, ours = threading.Barrier(4), []

    def tick() -> None:
        with app.app_context():
            barrier.wait()
            ours.append(Clock().tick())

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(map(len, ours)) == len(TIMETABLE)
    assert len(rows("key", "topic LIKE 'job%'")) == len(TIMETABLE)


def test_a_rehearsal_that_jumps_three_days_makes_one_slot_a_job(app, clock_at):
    clock_at("2021-05-17 08:30:10")
    ours = Clock()
    ours.tick()
    clock_at("2021-05-20 00:01:05")

    ours.tick()

    assert claimed("sweep") == ["17/05 08:30", "20/05 00:01"]
    assert claimed("reminders") == ["17/05 08:00", "19/05 08:00"]


def test_a_new_clock_goes_on_where_the_last_one_stopped(app, clock_at):
    clock_at("2021-05-17 08:30:10")
    Clock().tick()
    clock_at("2021-05-17 08:33:10")

    Clock().tick()

    assert claimed("sweep") == ["17/05 08:30", "17/05 08:33"]


# --- what the jobs do ---------------------------------------------------------------------------------------------


def test_r5_the_deadline_passes_and_what_was_not_sent_lapses(make, cast, clock_at, work, broker):
    draft, sent = make.submission(), make.submission(state="submitted")
    clock_at("2021-05-20 00:01:05")

    Clock().tick()
    work()

    states = {piece.id: piece.state for piece in db.session.scalars(select(Submission))}
    assert states == {draft.id: "late", sent.id: "submitted"}
    run = db.session.scalars(select(JobRun).where(JobRun.job == "sweep")).one()
    assert (run.outcome, run.done_at is not None) == ({"lapsed": 1}, True)


def test_r5_reminders_reach_the_committee_with_the_days_that_are_left(make, cast, clock_at, work, broker):
    make.submission(title="Bếp ăn chưa gửi")
    clock_at("2021-05-17 08:30:10")

    Clock().tick()
    work()

    letters = db.session.scalars(
        select(Letter).where(Letter.kind == "reminder_t3").order_by(Letter.to_address)
    )
    found = {letter.to_address: letter for letter in letters}
    # The third unit has no committee: the department's specialists are told in its place.
    assert sorted(found) == [f"{who}@example.edu.vn" for who in ("binh", "ha", "nga", "son")]
    letter = found["binh@example.edu.vn"]
    assert "Còn 02 ngày đến hạn" in letter.text
    assert "Bếp ăn chưa gửi" in letter.text
    assert letter.state == "sent"


def test_who_sent_enough_before_the_letter_was_written_gets_none(make, cast, clock_at, work, broker):
    clock_at("2021-05-17 08:30:10")
    with change():
        deadlines.ensure_period(2021, 5)
    from workflow import reminders

    reminders.remind(date(2021, 5, 17))
    for _ in range(2):
        make.submission(state="submitted")
    work()

    reached = db.session.scalars(select(Letter.to_address).where(Letter.kind == "reminder_t3"))
    assert sorted(reached) == [f"{who}@example.edu.vn" for who in ("ha", "nga", "son")]


def test_a_month_closes_by_the_clock_and_months_are_opened_ahead(app, clock_at, work, broker):
    with change():
        deadlines.ensure_period(2021, 5)
    clock_at("2021-05-25 00:00:02")

    Clock().tick()
    work()

    months = db.session.execute(
        select(Period.month, Period.closed_at.is_not(None)).order_by(Period.month)
    ).all()
    assert [tuple(month) for month in months] == [(5, True), (6, False)]


def test_a_piece_is_published_at_its_hour_by_the_clock(make, cast, clock_at, work, audited, broker):
    piece = make.submission(state="approved")
    submissions.perform(piece.id, "schedule", by=cast.phuong, until=here("2021-05-18 07:00"))
    clock_at("2021-05-18 06:59:00")
    Clock().tick()
    work()
    assert "submission:publish" not in audited(piece)
    clock_at("2021-05-18 07:00:00")

    Clock().tick()
    work()

    db.session.refresh(piece)
    assert (piece.state, piece.scheduled_at) == ("published", None)
    assert audited(piece)[-1] == "submission:publish"


FASTER = {
    "published it": (lambda piece, by: submissions.publish(piece.id, by=by, seen=piece.digest), "published"),
    "took the hour back": (lambda piece, by: submissions.perform(piece.id, "unschedule", by=by), "approved"),
    "put the hour off": (
        lambda piece, by: submissions.perform(piece.id, "schedule", by=by, until=here("2021-05-19 07:00")),
        "approved",
    ),
}


@pytest.mark.parametrize("what", FASTER)
def test_the_clock_publishes_nothing_that_somebody_was_faster_with(
    what, make, cast, clock_at, monkeypatch, audited
):
    do, state = FASTER[what]
    piece = make.submission(state="approved")
    submissions.perform(piece.id, "schedule", by=cast.phuong, until=here("2021-05-18 07:00"))
    clock_at("2021-05-18 07:00:00")
    looked = duties.scheduled_until

    def look_and_be_slow(now):
        found = looked(now)
        do(piece, cast.phuong)
        return found

    monkeypatch.setattr(duties, "scheduled_until", look_and_be_slow)
    before = len(audited(piece))

    told = publishing.publish_due(here("2021-05-18 07:00"))

    db.session.refresh(piece)
    assert told == {"published": 0, "refused": 0, "busy": 1, "failed": 0}
    assert (piece.state, len(audited(piece)) - before) == (state, 1)
    # Neither a mishap nor a refusal: nobody did anything wrong.
    assert db.session.scalars(select(Mishap.target)).all() == []
    assert list(db.session.scalars(text("SELECT action FROM audit_event WHERE stream = 'refusal:0'"))) == []


def test_r8_a_consent_taken_back_meanwhile_stops_the_publishing_once(
    make, cast, clock_at, work, audited, broker
):
    from models.vocabulary import Consent
    from workflow import writing

    piece = make.submission(state="approved", with_picture=True)
    submissions.perform(piece.id, "schedule", by=cast.phuong, until=here("2021-05-18 07:00"))
    picture = db.session.execute(text("SELECT attachment_id FROM revision_attachment LIMIT 1")).scalar_one()
    writing.answer(piece.id, picture, Consent.NO, by=cast.binh)
    for minute in ("07:00", "07:01"):
        clock_at(f"2021-05-18 {minute}:00")
        Clock().tick()
        work()

    db.session.refresh(piece)
    assert (piece.state, piece.scheduled_at) == ("approved", None)
    refusals = db.session.scalars(text("SELECT action FROM audit_event WHERE stream = 'refusal:0'"))
    assert list(refusals) == ["submission:refused/consent_missing"]


def finish(piece, by):
    submissions.finish_editing(piece.id, by=by.son)


def hand_over(piece, by):
    submissions.perform(piece.id, "release", by=by.son)
    submissions.claim(piece.id, by=by.ha)


@pytest.mark.parametrize("what", [finish, hand_over])
def test_the_clock_takes_no_claim_from_who_was_faster(what, make, cast, clock_at, monkeypatch, audited):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    clock_at("2021-05-31 09:00:00")
    looked = duties.claimed_before

    def look_and_be_slow(moment):
        found = looked(moment)
        what(piece, cast)
        return found

    monkeypatch.setattr(duties, "claimed_before", look_and_be_slow)

    told = errands.lapse_claims(here("2021-05-31 09:00"))

    db.session.refresh(piece)
    assert told == {"lapsed": 0, "passed_over": 1, "failed": 0}
    assert piece.claimed_by == (cast.son if what is finish else cast.ha).id
    assert "submission:lapse_claim" not in audited(piece)
    assert list(db.session.scalars(text("SELECT action FROM audit_event WHERE stream = 'refusal:0'"))) == []


def test_a_claim_lapses_after_three_working_days_over_a_week_end(make, cast, clock_at, work, audited, broker):
    piece = make.submission(state="submitted")
    clock_at("2021-05-14 10:00")
    submissions.claim(piece.id, by=cast.son)
    clock_at("2021-05-19 09:59")
    Clock().tick()
    work()
    db.session.refresh(piece)
    assert piece.claimed_by == cast.son.id
    clock_at("2021-05-19 11:00")

    Clock().tick()
    work()

    db.session.refresh(piece)
    assert piece.claimed_by is None
    assert audited(piece)[-1] == "submission:lapse_claim"


def test_a_job_that_fails_for_good_says_so_on_its_slot(
    app, clock_at, work, rows, set_to, monkeypatch, broker
):
    from dataclasses import replace

    from tasks import timetable

    def broken(_slot: datetime) -> dict[str, int]:
        raise RuntimeError("hỏng")

    set_to(ATTEMPTS=1)
    sweep = replace(TIMETABLE["sweep"], run=broken)
    monkeypatch.setattr(timetable, "TIMETABLE", {"sweep": sweep})
    clock_at("2021-05-17 08:30:10")

    Clock().tick()
    work()

    assert rows("state", "topic = 'job'") == [("dead",)]
    run = db.session.scalars(select(JobRun)).one()
    assert run.outcome == {"error": "RuntimeError: hỏng"}
    assert run.slot == datetime(2021, 5, 17, 1, 30, tzinfo=UTC)
    assert run.done_at - run.claimed_at < timedelta(minutes=1)


def test_r5_a_reminder_of_the_last_day_that_stumbled_is_tried_again_on_that_day(
    cast, clock_at, work, rows, superuser, endless, broker
):
    with change():
        may = deadlines.ensure_period(2021, 5)
    endless(may.id)
    clock_at("2021-05-19 08:00:10")
    said = select(Letter.to_address).where(Letter.kind == "reminder_last_day").order_by(Letter.to_address)
    job = "state, error", "key LIKE 'job:reminders:%'"

    Clock().tick()
    work()

    assert db.session.scalars(said).all() == [f"{who}@example.edu.vn" for who in ("ha", "nga", "son")]
    assert rows(*job) == [("new", f"Stumbled: chưa làm được: unit:{cast.can_loc.id}")]
    with superuser.begin() as connection:
        connection.execute(text("DELETE FROM extension"))
        connection.execute(text("UPDATE outbox SET next_at = now() WHERE key LIKE 'job:reminders:%'"))
    work()

    assert db.session.scalars(said).all() == [f"{who}@example.edu.vn" for who in ("binh", "ha", "nga", "son")]
    assert rows(*job) == [("done", "")]


def test_a_piece_that_cannot_be_published_does_not_hold_up_the_next(
    make, cast, clock_at, work, superuser, broker
):
    stuck, sound = (make.submission(state="approved") for _ in range(2))
    for piece in (stuck, sound):
        submissions.perform(piece.id, "schedule", by=cast.phuong, until=here("2021-05-18 07:00"))
    # Neither published nor unscheduled: its version of the round is gone.
    with superuser.begin() as connection:
        connection.execute(
            text("UPDATE submission SET workflow_version = 99 WHERE id = :id"), {"id": stuck.id}
        )
    clock_at("2021-05-18 07:00:00")

    Clock().tick()
    work()

    db.session.refresh(sound)
    assert sound.state == "published"
    told = db.session.scalars(select(JobRun.outcome).where(JobRun.job == "publishing")).one()
    assert told == {"published": 1, "refused": 0, "busy": 0, "failed": 1}
