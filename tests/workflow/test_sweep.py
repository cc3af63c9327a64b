"""R5: one bad row is set aside and shown, the rest lapse; many sweepers, killed ones, clocks that jump."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.base import db
from models.mishap import Mishap
from models.submission import Submission
from workflow import clock, deadlines, lapses
from workflow.engine import moves
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


@pytest.fixture
def drafts(make) -> Callable[[int], list[int]]:
    """That many drafts of the month that ends on 20 May 2021."""
    return lambda count: [make.submission().id for _ in range(count)]


@pytest.fixture
def spoil(superuser) -> Callable[..., None]:
    """Put the version of pieces out of step with their trail, as a hand in the database would: they cannot move."""

    def turn(*numbers: int, by: int = -1) -> None:
        with superuser.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text("UPDATE submission SET version = version + :by WHERE id = ANY(:ids)"),
                {"by": by, "ids": list(numbers)},
            )

    return turn


def states() -> dict[int, str]:
    db.session.rollback()
    return {row.id: row.state for row in db.session.execute(select(Submission.id, Submission.state))}


def notes() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(row.job, row.target, row.times) for row in db.session.scalars(select(Mishap))]


def lapse_events() -> list[str]:
    query = "SELECT stream FROM audit_event WHERE action = 'submission:lapse' ORDER BY stream"
    return list(db.session.scalars(text(query)))


def test_the_preview_is_whole_however_small_a_batch_is(drafts, clock_at, monkeypatch):
    late = drafts(3)
    monkeypatch.setattr(lapses, "FIRST_BATCH", 1)

    assert sorted(lapses.lapsing(clock_at("2021-05-20 00:01"))) == late
    assert lapse_events() == []


@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_row_that_cannot_be_moved_is_noted_and_the_others_lapse(
    drafts, spoil, clock_at, place, monkeypatch
):
    monkeypatch.setattr(lapses, "BATCH", 4)
    pieces = drafts(7)
    spoil(pieces[place])
    clock_at("2021-05-20 00:01")

    assert deadlines.sweep() == 6

    assert {number for number, state in states().items() if state == "drafted"} == {pieces[place]}
    assert notes() == [("sweep", f"submission:{pieces[place]}", 1)]
    noted = db.session.scalars(select(Mishap)).one()
    assert "uq_audit_event_stream_seq" in noted.error


def test_a_noted_row_rests_for_an_hour_is_tried_again_and_forgotten_when_it_went_well(
    drafts, spoil, clock_at, superuser
):
    bad, _ = drafts(2)
    spoil(bad)
    clock_at("2021-05-20 00:01")
    deadlines.sweep()

    deadlines.sweep()
    assert notes() == [("sweep", f"submission:{bad}", 1)]
    _an_hour_later(superuser)
    deadlines.sweep()
    assert notes() == [("sweep", f"submission:{bad}", 2)]

    spoil(bad, by=1)
    _an_hour_later(superuser)
    assert deadlines.sweep() == 1
    assert notes() == []
    assert states()[bad] == "late"


def _an_hour_later(superuser) -> None:
    with superuser.begin() as connection:
        connection.execute(text("UPDATE mishap SET last_at = last_at - interval '61 minutes'"))


def test_when_no_row_at_all_can_be_moved_it_is_the_house_that_fails_loudly(drafts, spoil, clock_at):
    spoil(*drafts(3))
    clock_at("2021-05-20 00:01")

    with pytest.raises(DBAPIError, match="uq_audit_event_stream_seq"):
        deadlines.sweep()

    assert notes() == []


def test_more_bad_rows_than_could_be_chance_stop_the_sweep(drafts, spoil, clock_at, monkeypatch):
    monkeypatch.setattr(lapses, "TOO_MANY", 2)
    pieces = drafts(5)
    spoil(*pieces[:3])
    clock_at("2021-05-20 00:01")

    with pytest.raises(DBAPIError):
        deadlines.sweep()


def test_three_sweepers_at_once_write_each_lapse_once(app, drafts, clock_at, monkeypatch):
    monkeypatch.setattr(lapses, "BATCH", 3)
    pieces = drafts(20)
    clock_at("2021-05-20 00:01")
    barrier, moved = threading.Barrier(3), []

    def sweep() -> None:
        with app.app_context():
            barrier.wait()
            moved.append(deadlines.sweep())
            db.session.remove()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # What two of them held at the same moment is taken by the next minute's.
    moved.append(deadlines.sweep())

    assert sum(moved) == len(pieces)
    assert set(states().values()) == {"late"}
    assert len(lapse_events()) == len(set(lapse_events())) == len(pieces)


def test_a_sweeper_that_dies_between_two_batches_has_done_the_first_whole(drafts, clock_at, monkeypatch):
    monkeypatch.setattr(lapses, "BATCH", 3)
    pieces, real = drafts(8), moves.record_all
    clock_at("2021-05-20 00:01")
    batches = []

    def dying(*args, **more):
        batches.append(1)
        if len(batches) == 2:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr(moves, "record_all", dying)
    with pytest.raises(KeyboardInterrupt):
        deadlines.sweep()
    assert sorted(states().values()).count("late") == 3

    assert deadlines.sweep() == 5
    assert len(lapse_events()) == len(pieces)


def test_four_months_of_downtime_are_caught_up_in_one_sweep_dated_at_each_deadline(make, cast, clock_at):
    expected = {}
    for month in (5, 6, 7, 8, 9):
        clock_at(f"2021-{month:02d}-05 09:00")
        expected[make.submission().id] = f"2021-{month:02d}-20 00:00"
    clock_at("2021-12-24 03:00")

    assert deadlines.sweep() == 5

    db.session.expire_all()
    since = {
        piece.id: f"{piece.state_since.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
        for piece in db.session.scalars(select(Submission))
    }
    assert since == expected


def test_a_clock_that_jumps_back_undoes_nothing_and_repeats_nothing(drafts, clock_at):
    drafts(2)
    clock_at("2021-05-20 00:01")
    deadlines.sweep()
    clock_at("2021-05-19 23:00")

    assert deadlines.sweep() == 0
    assert set(states().values()) == {"late"}
    clock_at("2021-05-20 00:02")
    assert deadlines.sweep() == 0


def test_a_definition_may_have_something_follow_from_a_lapse(make, clock_at, monkeypatch, outbox):
    from dataclasses import replace

    real = lapses._lapses
    told = [(one, replace(step, effects=("letter:returned",))) for one, step in real()]
    monkeypatch.setattr(lapses, "_lapses", lambda: iter(told))
    make.submission()
    clock_at("2021-05-20 00:01")

    deadlines.sweep()

    assert outbox() == ["letter:returned"]


def test_the_canonical_text_of_a_swept_event_is_that_of_any_other(make, clock_at):
    import json

    from workflow.engine import audit

    piece = make.submission()
    clock_at("2021-05-20 00:01")
    deadlines.sweep()
    query = "SELECT payload FROM audit_event WHERE action = 'submission:lapse'"

    payload = db.session.scalar(text(query))

    told = json.loads(payload)
    assert audit.canonical(told) == payload
    assert (told["became_at"], told["unit"]) == ("2021-05-19T17:00:00.000000Z", piece.unit_id)


def test_what_was_set_aside_while_the_sweep_rested_is_no_mishap_any_more(
    make, cast, spoil, clock_at, superuser
):
    from workflow import submissions

    bad, _ = make.submission(), make.submission()
    spoil(bad.id)
    clock_at("2021-05-20 00:01")
    deadlines.sweep()
    spoil(bad.id, by=1)
    submissions.perform(bad.id, "discard", by=cast.lan)
    _an_hour_later(superuser)

    assert deadlines.sweep() == 0
    assert notes() == []


def test_an_extension_of_one_unit_keeps_its_drafts_out_of_the_batch(make, cast, clock_at, monkeypatch):
    monkeypatch.setattr(lapses, "BATCH", 2)
    kept = [make.submission().id for _ in range(3)]
    others = [make.submission(unit=cast.town_ky_anh, author=cast.nga).id for _ in range(3)]
    with change():
        may = deadlines.ensure_period(2021, 5)
    until = datetime.fromisoformat("2021-05-23T00:00+07:00")
    deadlines.extend(may, unit=cast.can_loc, until=until, reason="Mưa lũ.", by=cast.son)
    clock_at("2021-05-20 00:01")

    assert deadlines.sweep() == 3

    assert {number for number, state in states().items() if state == "late"} == set(others)
    clock_at("2021-05-23 00:00")
    assert deadlines.sweep() == len(kept)


def test_the_next_transaction_is_as_large_as_the_time_allows_that_the_last_one_took():
    run = lapses.Run(None, resting=())
    sizes = []
    for seconds in (0.1, 0.1, 0.1, 0.25, 1.0, 40.0):
        run.took(seconds)
        sizes.append(run.size)

    assert sizes == [4_000, 5_000, 5_000, 5_000, 1_250, lapses.FEWEST]


def test_a_draft_of_a_version_that_is_gone_is_shown_with_a_sentence_and_the_others_lapse(
    drafts, clock_at, superuser
):
    orphan, _ = drafts(2)
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE submission SET workflow_version = 99 WHERE id = :id"), {"id": orphan})
    clock_at("2021-05-19 23:59")
    assert (deadlines.sweep(), notes()) == (0, [])
    clock_at("2021-05-20 00:01")

    assert deadlines.sweep() == 1
    assert deadlines.sweep() == 0

    assert notes() == [("sweep", f"submission:{orphan}", 1)]
    noted = db.session.scalars(select(Mishap)).one()
    assert noted.error.startswith("Bài theo quy trình “monthly-submission” bản 99, chương trình không còn")
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE submission SET workflow_version = 1 WHERE id = :id"), {"id": orphan})
    _an_hour_later(superuser)
    assert (deadlines.sweep(), notes()) == (1, [])
