"""One step with many pieces: what is foreseen is what happens, each piece with its guards, event and letters."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import text

from models.base import db
from models.people import Account
from models.submission import Submission
from models.vocabulary import Role
from workflow import accounts, bulk, submissions, writing
from workflow.engine.errors import CommandReused
from workflow.queries import audit_check

pytestmark = pytest.mark.database


def seen(pieces: list[Submission]) -> dict[int, str]:
    return {piece.id: piece.digest for piece in pieces}


def state_of(number: int) -> str:
    db.session.expire_all()
    return db.session.get_one(Submission, number).state


def codes(outcome: bulk.Outcome) -> list[str]:
    return [refusal.code for refusal in outcome.refusals]


def test_pieces_are_approved_together_each_with_its_event_and_its_letter_and_one_cause(make, cast, outbox):
    pieces = [make.submission(state="edited") for _ in range(3)]
    before = outbox().count("letter:approved")
    command = str(uuid4())

    outcomes = bulk.perform_all(seen(pieces), "approve", by=cast.minh, command=command)

    assert [(one.submission_id, one.is_done, one.state) for one in outcomes] == [
        (piece.id, True, "approved") for piece in pieces
    ]
    assert [state_of(piece.id) for piece in pieces] == ["approved"] * 3
    assert outbox().count("letter:approved") == before + 3
    causes = db.session.execute(
        text("SELECT cause, count(*) FROM audit_event WHERE action = 'submission:approve' GROUP BY 1")
    ).all()
    assert [tuple(row) for row in causes] == [(command, 3)]
    assert audit_check.check().is_whole


def test_each_piece_is_judged_by_itself_and_told_why_not(make, cast, audited):
    accounts.grant(cast.ha, Role.APPROVER, by=None)
    fine = make.submission(state="edited")
    her_own = make.submission(state="edited", editor=cast.ha)
    elsewhere = make.submission(state="submitted")
    changed = make.submission(state="edited")
    asked = seen([fine, her_own, elsewhere, changed])
    writing.write(changed.id, make.manuscript("Tít khác"), by=cast.son, seen=changed.digest, checklist=True)

    foreseen = bulk.foresee(asked, "approve", by=cast.ha)
    assert audited(cast.ha) == []
    done = bulk.perform_all(asked, "approve", by=cast.ha)

    told = [(one.submission_id, one.is_done, codes(one)) for one in done]
    assert told == [
        (fine.id, True, []),
        (her_own.id, False, ["four_eyes_violation"]),
        (elsewhere.id, False, ["invalid_transition"]),
        (changed.id, False, ["stale_version"]),
    ]
    assert [(one.submission_id, one.is_done, codes(one)) for one in foreseen] == told
    assert audited(cast.ha) == [
        "submission:refused/four_eyes_violation",
        "submission:refused/invalid_transition",
    ]
    assert [state_of(number) for number in asked] == ["approved", "edited", "submitted", "edited"]


def test_a_step_that_only_another_pieces_definition_knows_is_refused_for_this_one(make, cast):
    piece = make.submission(state="submitted")

    [outcome] = bulk.perform_all({piece.id: None}, "endorse", by=cast.minh)

    assert (outcome.is_done, codes(outcome)) == (False, ["invalid_transition"])
    with pytest.raises(KeyError):
        bulk.perform_all({piece.id: None}, "bake", by=cast.minh)


def test_a_piece_that_is_not_there_is_told_so(make, cast):
    piece = make.submission(state="edited")

    outcomes = bulk.perform_all({10**9: "x", **seen([piece])}, "approve", by=cast.minh)

    assert [(one.is_done, codes(one)) for one in outcomes] == [(False, ["not_found"]), (True, [])]


def test_a_step_that_writes_more_is_done_one_by_one_with_one_cause(make, cast):
    pieces = [make.submission(state="approved") for _ in range(2)]
    unclear = make.submission(state="edited")

    outcomes = bulk.perform_all(seen([*pieces, unclear]), "publish", by=cast.phuong)

    assert [one.is_done for one in outcomes] == [True, True, False]
    assert db.session.execute(text("SELECT count(*) FROM publication")).scalar_one() == 2
    causes = text("SELECT count(DISTINCT cause) FROM audit_event WHERE action = 'submission:publish'")
    assert db.session.execute(causes).scalar_one() == 1


def test_columns_of_every_type_arrive_as_when_done_alone(make, cast):
    pieces = [make.submission(state="submitted") for _ in range(2)]

    for together, number in ((False, pieces[0].id), (True, pieces[1].id)):
        steps = (("claim", {}), ("uncount", {"kind": "duplicate", "reason": "Trùng “bài” \\ khác."}))
        for trigger, answers in steps:
            if together:
                assert bulk.perform_all({number: None}, trigger, by=cast.son, **answers)[0].is_done
            else:
                submissions.perform(number, trigger, by=cast.son, **answers)
    db.session.rollback()
    columns = (
        "claimed_by, claimed_at IS NOT NULL, uncounted, uncounted_reason, version, state_since < claimed_at"
    )
    rows = db.session.execute(text(f"SELECT {columns} FROM submission ORDER BY id")).all()

    assert rows[0] == rows[1]
    released = bulk.perform_all({pieces[1].id: None}, "release", by=cast.son)
    assert released[0].is_done
    db.session.expire_all()
    assert db.session.get_one(Submission, pieces[1].id).claimed_at is None
    assert audit_check.check().is_whole


@pytest.mark.parametrize("trigger", ["approve", "publish"])
def test_the_same_click_twice_is_each_event_once(make, cast, trigger):
    pieces = [make.submission(state="edited" if trigger == "approve" else "approved") for _ in range(2)]
    by, command = cast.minh if trigger == "approve" else cast.phuong, str(uuid4())

    first = bulk.perform_all(seen(pieces), trigger, by=by, command=command)
    again = bulk.perform_all(seen(pieces), trigger, by=by, command=command)

    assert [(one.is_done, one.state) for one in first] == [(one.is_done, one.state) for one in again]
    count = text("SELECT count(*) FROM audit_event WHERE action = :action")
    assert db.session.execute(count, {"action": f"submission:{trigger}"}).scalar_one() == 2
    refused = text("SELECT count(*) FROM audit_event WHERE stream LIKE 'refusal:%'")
    assert db.session.execute(refused).scalar_one() == 0


def test_the_same_click_with_another_reason_is_refused(make, cast):
    pieces, command = {make.submission(state="submitted").id: None}, str(uuid4())
    bulk.perform_all(pieces, "set_aside", by=cast.son, command=command, reason="Quảng cáo.")

    with pytest.raises(CommandReused):
        bulk.perform_all(pieces, "set_aside", by=cast.son, command=command, reason="Khác.")


def test_two_people_with_the_same_pile_at_once_do_each_piece_once(app, make, cast):
    pieces = seen([make.submission(state="edited") for _ in range(12)])
    start, done, people = threading.Barrier(2, timeout=30), [], (cast.minh.id, cast.ly.id)

    def press(number: int) -> None:
        with app.app_context():
            by = db.session.get_one(Account, number)
            start.wait()
            outcomes = bulk.perform_all(pieces, "approve", by=by)
            done.append(sum(one.is_done for one in outcomes))
            db.session.remove()

    threads = [threading.Thread(target=press, args=(number,)) for number in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sum(done) == 12
    events = text("SELECT count(*) FROM audit_event WHERE action = 'submission:approve'")
    assert db.session.execute(events).scalar_one() == 12


@pytest.mark.parametrize("trigger", sorted(bulk.NOT_TOGETHER))
def test_what_is_about_one_text_or_one_month_is_not_done_together(make, cast, refused, trigger):
    piece = make.submission()

    assert refused(lambda: bulk.foresee({piece.id: None}, trigger, by=cast.son)) == "not_together"


def test_a_pile_beyond_measure_is_refused(app, cast, refused):
    pile = dict.fromkeys(range(1, bulk.MOST + 2))

    assert refused(lambda: bulk.perform_all(pile, "claim", by=cast.son)) == "too_many"


def test_a_batch_costs_a_handful_of_statements(make, cast, statements):
    pieces = seen([make.submission(state="edited") for _ in range(6)])
    by = cast.minh
    db.session.refresh(by)

    with statements("moves") as sent:
        bulk.perform_all(pieces, "approve", by=by)

    assert len(sent) == 2
