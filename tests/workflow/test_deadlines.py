"""Months, deadlines and the sweep: nobody becomes on time by a stopped worker, nobody late by an early one."""

from datetime import datetime

import pytest
from sqlalchemy import text

from models.base import db
from models.period import Period
from models.submission import Submission
from workflow import clock, deadlines, submissions, writing
from workflow.engine.unit_of_work import change
from workflow.rules import periods

pytestmark = pytest.mark.database

MAY = {"year": 2021, "month": 5}


def month(year: int = 2021, number: int = 5) -> Period:
    with change():
        return deadlines.ensure_period(year, number)


def again(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_r5_the_month_ends_where_the_20th_begins_in_ha_tinh(app):
    may = month()

    assert may.deadline_at == datetime.fromisoformat("2021-05-19T17:00:00+00:00")
    assert may.opens_at == datetime.fromisoformat("2021-04-19T17:00:00+00:00")
    assert may.closes_at == datetime.fromisoformat("2021-05-24T17:00:00+00:00")


@pytest.mark.parametrize(
    ("sent", "is_late"),
    [
        ("2021-05-19T23:59:59.999999+07:00", False),
        ("2021-05-20T00:00:00+07:00", True),
        ("2021-05-19T16:59:59+00:00", False),
        ("2021-05-19T17:00:00+00:00", True),
        ("2021-05-20T00:03:10+07:00", True),
    ],
)
def test_r5_lateness_is_judged_at_the_receipt_time_with_or_without_a_sweep(make, cast, sent, is_late):
    piece = make.submission()

    submissions.submit(piece.id, by=cast.binh, at=datetime.fromisoformat(sent))

    assert (again(piece).state, again(piece).sent_late) == ("submitted", is_late)


def test_r5_a_draft_lapses_at_the_deadline_however_late_the_sweep_runs(make, clock_at, audited):
    piece = make.submission()
    clock_at("2021-05-23 09:00")

    assert deadlines.sweep() == 1

    assert again(piece).state == "late"
    assert again(piece).state_since == month().deadline_at
    assert audited(piece)[-1] == "submission:lapse"
    became = db.session.scalar(
        text("SELECT payload::jsonb ->> 'became_at' FROM audit_event WHERE action = 'submission:lapse'")
    )
    assert became == "2021-05-19T17:00:00.000000Z"


def test_r5_a_piece_returned_after_being_sent_on_time_does_not_lapse(make, cast, clock_at):
    piece = make.submission(state="submitted")
    submissions.give_back(piece.id, reason="Thiếu chú thích ảnh.", by=cast.son)
    clock_at("2021-05-20 00:05")

    assert deadlines.sweep() == 0
    assert (again(piece).state, again(piece).sent_late) == ("drafted", False)

    submissions.submit(piece.id, by=cast.binh)
    assert (again(piece).state, again(piece).sent_late) == ("submitted", False)


def test_r5_a_withdrawn_piece_stops_counting_and_lapses(make, cast, clock_at):
    piece = make.submission(state="submitted")
    submissions.withdraw(piece.id, by=cast.binh)
    clock_at("2021-05-20 00:05")

    assert deadlines.sweep() == 1
    assert (again(piece).state, again(piece).first_sent_at) == ("late", None)


def test_r5_sweeping_twice_changes_nothing(make, clock_at):
    make.submission()
    clock_at("2021-05-20 00:05")

    assert (deadlines.sweep(), deadlines.sweep()) == (1, 0)


def test_the_clock_alone_lets_drafts_lapse(make, cast, clock_at, refused):
    piece = make.submission()
    clock_at("2021-05-20 00:05")

    for person in (cast.binh, cast.son, cast.minh, cast.mai):
        assert refused(lambda by=person: submissions.perform(piece.id, "lapse", by=by)) == "forbidden"


def test_r6_a_late_piece_counts_for_its_own_month_while_the_unit_is_short(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-05-21 10:00")
    deadlines.sweep()

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-05", True)


def test_r6_a_late_piece_of_a_unit_that_has_delivered_is_on_time_for_the_next_month(make, cast, clock_at):
    make.submission(state="submitted")
    make.submission(state="submitted")
    piece = make.submission()
    clock_at("2021-05-21 10:00")
    deadlines.sweep()

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-06", False)


def test_r6_after_the_month_is_closed_a_late_piece_goes_to_the_next_one(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-05-21 10:00")
    deadlines.sweep()
    deadlines.close_period(month(), by=cast.son)
    month(2021, 6)

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-06", False)


def test_r6_the_clock_closes_a_month_on_the_25th_once(make, clock_at):
    make.submission()
    clock_at("2021-05-25 00:00:01")

    assert (deadlines.close_due(clock.now()), deadlines.close_due(clock.now())) == (1, 0)


def test_r6_a_new_draft_belongs_to_the_first_month_whose_deadline_is_ahead(make, clock_at):
    before = make.submission()
    clock_at("2021-05-20 00:00:01")
    after = make.submission()
    clock_at("2021-12-31 12:00")
    december = make.submission()

    assert (before.period.code, after.period.code, december.period.code) == (
        "KY-2021-05",
        "KY-2021-06",
        "KY-2022-01",
    )


def test_r6_an_extension_turns_late_drafts_back_and_is_one_cause(make, cast, clock_at, audited):
    pieces = [make.submission(), make.submission()]
    clock_at("2021-05-20 08:00")
    deadlines.sweep()

    deadlines.extend(
        month(),
        unit=cast.can_loc,
        until=datetime.fromisoformat("2021-05-22T00:00+07:00"),
        reason="Mưa lũ, mất điện.",
        by=cast.son,
    )

    assert [again(piece).state for piece in pieces] == ["drafted", "drafted"]
    causes = db.session.scalars(
        text("SELECT DISTINCT cause FROM audit_event WHERE action IN ('period:extend', 'submission:extend')")
    ).all()
    assert len(causes) == 1
    submissions.submit(pieces[0].id, by=cast.binh)
    assert again(pieces[0]).sent_late is False
    clock_at("2021-05-22 00:00:01")
    assert deadlines.sweep() == 1
    assert again(pieces[1]).state == "late"


def test_r6_a_later_deadline_judges_late_sendings_anew_on_record(make, cast, clock_at, audited):
    piece = make.submission()
    clock_at("2021-05-20 09:00")
    submissions.submit(piece.id, by=cast.binh)
    assert again(piece).sent_late is True

    deadlines.extend(
        month(),
        unit=None,
        until=datetime.fromisoformat("2021-05-21T00:00+07:00"),
        reason="Sự cố mạng toàn tỉnh.",
        by=cast.mai,
    )

    assert again(piece).sent_late is False
    assert audited(piece)[-1] == "submission:judged_on_time"


def test_an_extension_needs_a_reason_and_the_right_person(make, cast, refused):
    make.submission()
    until = datetime.fromisoformat("2021-05-22T00:00+07:00")

    for reason, by, code in (
        (" ", cast.son, "reason_required"),
        ("Mưa lũ", cast.minh, "forbidden"),
        ("Mưa lũ", cast.binh, "forbidden"),
    ):
        assert (
            refused(lambda r=reason, b=by: deadlines.extend(month(), unit=None, until=until, reason=r, by=b))
            == code
        )


def test_r12_a_unit_that_has_ended_sends_no_new_piece(make, cast, refused):
    from dataclasses import asdict

    from workflow import organisation

    piece = make.submission()
    unit = cast.can_loc
    described = organisation.UnitDescription(
        code=unit.code, name=unit.name, kind=unit.kind, valid_from=unit.valid_from,
        valid_to=datetime.fromisoformat("2021-05-10").date(), admin_unit=unit.admin_unit, admin_kind=unit.admin_kind,
        successor_codes=(cast.town_ky_anh.code,),
    )  # fmt: skip
    assert asdict(described)["code"] == "h-can-loc"
    organisation.save_unit(described, by=None)

    assert refused(lambda: submissions.submit(piece.id, by=cast.nga)) == "unit_ended", (
        "its heir answers for it"
    )
    assert refused(lambda: submissions.submit(piece.id, by=cast.binh)) == "forbidden", (
        "its own people only read"
    )


def test_r12_a_piece_sent_before_its_unit_ended_goes_on(make, cast):
    from workflow import organisation

    piece = make.submission(state="submitted")
    unit = cast.can_loc
    organisation.save_unit(
        organisation.UnitDescription(
            code=unit.code, name=unit.name, kind=unit.kind, valid_from=unit.valid_from,
            valid_to=datetime.fromisoformat("2021-05-10").date(), admin_unit=unit.admin_unit,
        ),
        by=None,
    )  # fmt: skip

    submissions.claim(piece.id, by=cast.son)
    assert submissions.finish_editing(piece.id, by=cast.son).state == "edited"


def test_a_discarded_draft_neither_lapses_nor_is_sent_until_restored(make, cast, clock_at, refused):
    piece = make.submission()
    submissions.perform(piece.id, "discard", by=cast.lan)
    clock_at("2021-05-20 00:05")

    assert deadlines.sweep() == 0
    assert refused(lambda: submissions.submit(piece.id, by=cast.binh)) == "discarded"
    submissions.perform(piece.id, "restore", by=cast.lan)
    assert (
        writing.write(piece.id, make.manuscript("Tít khác"), by=cast.lan, seen=piece.digest).state
        == "drafted"
    )


def test_days_left_count_to_the_last_day_not_to_the_20th():
    deadline = datetime.fromisoformat("2021-05-19T17:00:00+00:00")

    for local, left in (
        ("2021-05-12T08:00+07:00", 7),
        ("2021-05-16T23:59+07:00", 3),
        ("2021-05-19T00:00+07:00", 0),
        ("2021-05-20T00:00+07:00", -1),
    ):
        assert periods.days_left(datetime.fromisoformat(local), deadline, "Asia/Ho_Chi_Minh") == left
