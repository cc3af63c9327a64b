"""More time: what an extension gives, until when, and nothing that comes between it and a sending (R5, R6)."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from models.base import db
from models.period import Period
from models.submission import Submission
from workflow import clock, deadlines, submissions
from workflow.engine import moves
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def month(number: int = 5) -> Period:
    with change():
        return deadlines.ensure_period(2021, number)


def again(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def grant(cast, until: str, unit=None) -> None:
    deadlines.extend(
        month(), unit=unit, until=datetime.fromisoformat(until), reason="Mưa lũ, mất điện.", by=cast.son
    )


def test_r6_an_extension_past_the_closing_day_holds_for_its_unit(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-05-20 08:00")
    deadlines.sweep()
    grant(cast, "2021-05-27T00:00+07:00", cast.can_loc)
    clock_at("2021-05-26 09:00")
    deadlines.close_due(clock.now())

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-05", False)


def test_r6_a_new_draft_of_an_extended_unit_belongs_to_the_month_it_still_has_time_for(make, cast, clock_at):
    make.submission()
    grant(cast, "2021-05-27T00:00+07:00", cast.can_loc)
    clock_at("2021-05-26 09:00")
    deadlines.close_due(clock.now())

    assert make.submission().period.code == "KY-2021-05"


def test_r6_an_extension_must_be_later_than_the_one_in_force(make, cast, refused):
    make.submission()
    grant(cast, "2021-05-23T00:00+07:00", cast.can_loc)

    assert refused(lambda: grant(cast, "2021-05-22T00:00+07:00", cast.can_loc)) == "deadline_not_later"


def test_r6_a_unit_without_quota_this_month_is_not_short_of_anything(make, cast, clock_at):
    piece = make.submission()
    deadlines.exempt(month(), unit=cast.can_loc, reason="Nghỉ dịch.", by=cast.son)
    clock_at("2021-05-21 09:00")

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-06", False)


def test_r6_the_next_month_takes_a_piece_though_no_clock_has_opened_it(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-08-03 09:00")

    submissions.submit(piece.id, by=cast.binh)

    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-08", False)


def test_a_month_is_opened_again_with_a_reason(make, cast, refused):
    make.submission()
    deadlines.close_period(month(), by=cast.son)

    assert refused(lambda: deadlines.reopen_period(month(), reason=" ", by=cast.son)) == "reason_required"


def alongside(app, verb: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            verb()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_r5_a_sweep_that_meets_an_extension_lets_nothing_lapse_that_has_more_time(
    app, make, cast, clock_at, monkeypatch
):
    """The extension comes between the sweep's look and its writing, at the worst moment."""
    piece = make.submission()
    clock_at("2021-05-20 00:05")
    may, son, real = month(), cast.son.id, moves.record_all
    threads = []

    def extend() -> None:
        from models.people import Account

        deadlines.extend(
            db.session.get_one(Period, may_id), unit=None, reason="Mưa lũ.",
            until=datetime.fromisoformat("2021-05-22T00:00+07:00"), by=db.session.get_one(Account, son),
        )  # fmt: skip

    may_id = may.id

    def late(*args, **kwargs):
        if not threads:
            threads.append(alongside(app, extend))
            threads[0].join(0.5)
        return real(*args, **kwargs)

    monkeypatch.setattr(moves, "record_all", late)
    deadlines.sweep()
    threads[0].join()

    assert again(piece).state == "drafted"


def test_r6_two_late_pieces_at_once_fill_one_gap_once(app, make, cast, clock_at, superuser: Engine):
    make.submission(state="submitted")
    pieces = [make.submission().id, make.submission().id]
    clock_at("2021-05-21 09:00")
    month(6)
    binh = cast.binh.id
    db.session.rollback()

    def send(number: int) -> None:
        from models.people import Account

        submissions.submit(number, by=db.session.get_one(Account, binh))

    with superuser.connect() as blocker:
        # Both are stopped where they write, after each has looked, then let go together.
        blocker.execute(text("LOCK TABLE audit_event IN EXCLUSIVE MODE"))
        threads = [alongside(app, lambda n=number: send(n)) for number in pieces]
        for thread in threads:
            thread.join(0.5)
        blocker.rollback()
    for thread in threads:
        thread.join()

    booked = sorted(
        db.session.execute(
            text("SELECT period_id, sent_late FROM submission WHERE id = ANY(:ids)"), {"ids": pieces}
        )
    )
    assert [row.sent_late for row in booked] == [True, False]
