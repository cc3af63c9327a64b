"""Many at once on the real database: each thing happens once, whoever else wanted it is told clearly.

The suite runs the small form; `make races` runs the sizes of RACES=full.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text

from models.base import db
from models.people import Account
from models.submission import Submission
from models.vocabulary import Consent, Role, SeatKind
from workflow import accounts, committees, procedures, submissions, writing
from workflow.engine.errors import Stale, ToaSoanError
from workflow.queries import audit_check

pytestmark = pytest.mark.database

FULL = os.environ.get("RACES") == "full"
PIECES, APPROVERS = (1000, 16) if FULL else (12, 16)
DUELS = 500 if FULL else 6
COMMITTEES, WRITERS = (100, 8) if FULL else (4, 8)


def race(app, runners: list[Callable[[int], object]], rounds: int) -> list[Counter[str]]:
    """Every runner in a thread of its own, all at a barrier before each round; what came of each round."""
    told = [Counter() for _ in range(rounds)]
    gate, lock, broken = threading.Barrier(len(runners), timeout=60), threading.Lock(), []

    def run(act: Callable[[int], object]) -> None:
        with app.app_context():
            for number in range(rounds):
                gate.wait()
                try:
                    act(number)
                    outcome = "done"
                except ToaSoanError as refused:
                    outcome = f"{refused.status} {refused.code}"
                except Exception as error:
                    broken.append(error)
                    gate.abort()
                    raise
                finally:
                    db.session.remove()
                with lock:
                    told[number][outcome] += 1

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(900)
    assert not broken
    return told


def person(number: int) -> Account:
    return db.session.get_one(Account, number)


def again(number: int) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, number)


def count(action: str) -> int:
    db.session.rollback()
    query = text("SELECT count(*) FROM audit_event WHERE action = :action")
    return db.session.execute(query, {"action": action}).scalar_one()


@pytest.fixture
def approvers(cast) -> list[int]:
    found = []
    for number in range(APPROVERS):
        account = accounts.add(
            f"duyet{number}@example.edu.vn", full_name=f"Trần Quang Minh {number}", by=None, password_hash="x"
        )
        accounts.grant(account, Role.APPROVER, by=None, since=date(2021, 4, 1))
        found.append(account.id)
    return found


@pytest.mark.timeout(1800)
def test_sixteen_approvers_at_once_approve_each_piece_exactly_once(app, make, cast, approvers):
    pieces = [make.submission(state="edited") for _ in range(PIECES)]
    shown = [(piece.id, piece.digest, piece.version) for piece in pieces]

    def approver(number: int) -> Callable[[int], object]:
        def press(turn: int) -> None:
            piece, digest, version = shown[turn]
            submissions.approve(piece, by=person(number), seen=digest, version=version)

        return press

    told = race(app, [approver(number) for number in approvers], PIECES)

    assert told == [Counter({"done": 1, "409 stale_version": APPROVERS - 1})] * PIECES
    assert count("submission:approve") == PIECES
    refused = text("SELECT count(*) FROM audit_event WHERE stream LIKE 'refusal:%'")
    assert db.session.execute(refused).scalar_one() == 0, "a lost race is counted, not put on record"
    assert audit_check.check().is_whole


@pytest.mark.timeout(1800)
def test_what_is_approved_is_what_the_approver_saw_whoever_edits_meanwhile(app, make, cast):
    shown = [(piece.id, piece.digest) for piece in (make.submission(state="edited") for _ in range(DUELS))]
    minh, ha = cast.minh.id, cast.ha.id
    texts = [make.manuscript(f"Tít sửa {turn}") for turn in range(DUELS)]

    told = race(
        app,
        [
            lambda turn: submissions.approve(shown[turn][0], by=person(minh), seen=shown[turn][1]),
            lambda turn: writing.write(
                shown[turn][0], texts[turn], by=person(ha), seen=shown[turn][1], checklist=True
            ),
        ],
        DUELS,
    )

    for turn, (number, digest) in enumerate(shown):
        piece = again(number)
        assert told[turn]["done"] == 1
        assert (piece.state, piece.digest == digest) in {("approved", True), ("edited", False)}
        assert set(told[turn]) - {"done"} <= {"409 stale_version", "403 invalid_transition"}


@pytest.mark.timeout(1800)
def test_pieces_approved_while_they_migrate_are_neither_lost_nor_done_twice(app, make, cast):
    """Either the approval comes first and the migration finds it, or the other way round."""
    pieces = [make.submission(state="edited") for _ in range(PIECES)]
    shown = [(piece.id, piece.digest) for piece in pieces]
    minh, mai = cast.minh.id, cast.mai.id
    outcomes: Counter[str] = Counter()

    def approver(share: int) -> Callable[[int], object]:
        def press(_turn: int) -> None:
            for number, digest in shown[share::2]:
                try:
                    submissions.approve(number, by=person(minh), seen=digest)
                except Stale:
                    outcomes["stale"] += 1
                else:
                    outcomes["approved"] += 1

        return press

    def migrate(_turn: int) -> None:
        planned = procedures.plan(("monthly-submission", 1), ("unit-approval", 1))
        outcomes["moved"] = procedures.migrate(planned, reason="Thử.", by=person(mai))

    told = race(app, [approver(0), approver(1), migrate], 1)

    assert told == [Counter({"done": 3})]
    assert outcomes["moved"] == count("submission:migrate") == PIECES
    assert outcomes["approved"] + outcomes["stale"] == PIECES
    where = Counter((again(number).workflow, again(number).state) for number, _ in shown)
    assert outcomes["approved"] == count("submission:approve") == where["unit-approval", "cleared"]
    assert set(where) <= {("unit-approval", "cleared"), ("unit-approval", "corrected")}
    assert audit_check.check().is_whole


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("state", "decide", "who"),
    [("edited", submissions.approve, "minh"), ("approved", submissions.publish, "phuong")],
)
def test_nothing_is_approved_or_published_whose_consent_was_taken_back_before(
    app, make, cast, state, decide, who
):
    shown = []
    for _ in range(DUELS):
        piece = make.submission(state=state, with_picture=True)
        shown.append((piece.id, piece.digest, piece.revision.pictures[0].attachment_id))
    decider, binh = getattr(cast, who).id, cast.binh.id

    told = race(
        app,
        [
            lambda turn: decide(shown[turn][0], by=person(decider), seen=shown[turn][1]),
            lambda turn: writing.answer(shown[turn][0], shown[turn][2], Consent.NO, by=person(binh)),
        ],
        DUELS,
    )

    for outcome in told:
        assert outcome["done"] >= 1, "taking consent back is never lost"
        assert set(outcome) - {"done"} <= {"409 stale_version", "403 consent_missing"}
    assert count("submission:answer") == DUELS
    decided_after_a_no = text(
        "SELECT count(*) FROM audit_event p JOIN audit_event a USING (submission_id) WHERE a.seq < p.seq"
        " AND p.action = :action AND a.payload::jsonb ->> 'answer' = 'no'"
    )
    action = {"action": f"submission:{decide.__name__}"}
    assert db.session.execute(decided_after_a_no, action).scalar_one() == 0


@pytest.mark.timeout(1800)
def test_one_leader_one_specialist_three_teachers_under_eight_writers(app, cast):
    committees_of, people = [], []
    for number in range(WRITERS):
        account = accounts.add(
            f"uv{number}@example.edu.vn", full_name=f"Lê Thị Hoa {number}", by=None, password_hash="x"
        )
        people.append(account.id)
    from workflow import organisation

    for number in range(COMMITTEES):
        described = organisation.UnitDescription(
            f"h-dua-{number}", f"Phòng GDĐT huyện số {number}", "phong_gddt", date(2021, 4, 1),
            admin_unit=f"Huyện {number}",
        )  # fmt: skip
        unit, _ = organisation.save_unit(described, by=None)
        committees_of.append(committees.found(unit, since=date(2021, 4, 1), by=None).id)
    kinds = [SeatKind.TEACHER, SeatKind.LEADER, SeatKind.SPECIALIST, SeatKind.TEACHER]

    def writer(number: int) -> Callable[[int], object]:
        def seat(turn: int) -> None:
            committee = db.session.get_one(committees.Committee, committees_of[turn])
            committees.seat(
                committee, person(people[number]), kinds[number % 4], by=None, since=date(2021, 4, 1)
            )

        return seat

    told = race(app, [writer(number) for number in range(WRITERS)], COMMITTEES)

    seats = text(
        "SELECT committee_id, seat_kind, count(*) FROM seat WHERE valid_to IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )
    mine = set(committees_of)
    held = [tuple(row) for row in db.session.execute(seats) if row.committee_id in mine]
    allowed = {"leader": 1, "specialist": 1, "teacher": 3}
    assert {(committee, kind) for committee, kind, n in held if n > allowed[kind]} == set()
    assert all(n == allowed[kind] for _, kind, n in held), held
    assert [outcome["done"] for outcome in told] == [5] * COMMITTEES
