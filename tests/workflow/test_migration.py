"""Moving pieces to another version: shown before it is done, each piece on record, undone by another one back."""

import pytest
from sqlalchemy import text

from models.base import db
from models.submission import Submission
from workflow import procedures, submissions
from workflow.queries import audit_check

pytestmark = pytest.mark.database

FIRST, SECOND = ("monthly-submission", 1), ("unit-approval", 1)
WAY = {"drafted": "written", "late": "overdue"}
BACK = {"written": "drafted", "overdue": "late"}
STATES = ("drafted", "submitted", "edited", "approved", "published")
KEPT = "id, code, state, state_since, digest, revision_id, first_sent_at, sent_late, claimed_by, workflow, period_id"


def rows() -> list[tuple[object, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(text(f"SELECT {KEPT} FROM submission ORDER BY id"))]


def state_of(piece: Submission) -> tuple[str, str]:
    db.session.expire_all()
    return piece.workflow, piece.state


def test_a_plan_says_what_would_change_and_changes_nothing(make):
    for state in ("drafted", "drafted", "submitted", "published"):
        make.submission(state=state)
    before = rows()

    planned = procedures.plan(FIRST, SECOND)

    assert {line.state: (line.target, line.pieces) for line in planned.lines} == {
        "drafted": (None, 2),
        "submitted": ("received", 1),
        "edited": ("corrected", 0),
        "approved": ("cleared", 0),
        "published": ("online", 1),
        "late": (None, 0),
    }
    assert (planned.pieces, planned.blocked, planned.merged) == (4, 2, [])
    assert rows() == before


def test_there_and_back_leaves_every_row_as_it_was(make, cast, audited):
    pieces = [make.submission(state=state) for state in STATES]
    before = rows()

    moved = procedures.migrate(
        procedures.plan(FIRST, SECOND, renamed=WAY), reason="Thử hai bước.", by=cast.mai
    )

    assert moved == 5
    assert [state_of(piece)[1] for piece in pieces] == [
        "written",
        "received",
        "corrected",
        "cleared",
        "online",
    ]
    assert {row[3] for row in rows()} == {row[3] for row in before}, "waiting goes on since when it began"

    procedures.migrate(procedures.plan(SECOND, FIRST, renamed=BACK), reason="Trở lại.", by=None)

    assert rows() == before
    assert [audited(piece)[-2:] for piece in pieces] == [["submission:migrate"] * 2] * 5
    assert audit_check.check().is_whole


def test_each_piece_has_its_event_with_before_after_reason_and_one_cause(make, cast):
    make.submission(state="submitted")
    make.submission(state="edited")

    procedures.migrate(procedures.plan(FIRST, SECOND), reason='Theo "công văn" 12 %s.', by=cast.mai)

    events = db.session.execute(
        text(
            "SELECT payload::jsonb AS told, cause FROM audit_event"
            " WHERE action = 'submission:migrate' ORDER BY submission_id"
        )
    ).all()
    assert [(e.told["from"], e.told["to"], e.told["actor"], e.told["reason"]) for e in events] == [
        ("submitted", "received", cast.mai.id, 'Theo "công văn" 12 %s.'),
        ("edited", "corrected", cast.mai.id, 'Theo "công văn" 12 %s.'),
    ]
    assert {e.cause for e in events} == {events[0].cause}
    assert events[0].told["before"] == {"version": 1, "workflow": "monthly-submission"}
    assert events[0].told["after"] == {"version": 1, "workflow": "unit-approval"}


def test_its_payload_is_written_canonically(make, cast):
    import json

    from workflow.engine.audit import canonical

    make.submission(state="submitted")
    procedures.migrate(procedures.plan(FIRST, SECOND), reason="Theo công văn.", by=cast.mai)

    payload = db.session.scalar(text("SELECT payload FROM audit_event WHERE action = 'submission:migrate'"))

    assert payload == canonical(json.loads(payload))


@pytest.mark.parametrize(
    ("target", "renamed", "code"),
    [
        (SECOND, {}, "states_unmapped"),
        (SECOND, {"drafted": "received"}, "phase_changed"),
        (SECOND, {"drafted": "melted"}, "state_unknown"),
        (("unit-approval", 7), {}, "workflow_unknown"),
        (FIRST, {}, "workflow_same"),
    ],
)
def test_what_would_lose_a_piece_or_move_it_on_is_refused(make, cast, refused, target, renamed, code):
    make.submission()
    before = rows()

    assert (
        refused(
            lambda: procedures.migrate(
                procedures.plan(FIRST, target, renamed=renamed), reason="Thử.", by=cast.mai
            )
        )
        == code
    )
    assert rows() == before


def test_only_the_administrator_migrates_and_says_why(make, cast, refused):
    planned = procedures.plan(FIRST, SECOND)

    assert refused(lambda: procedures.migrate(planned, reason="Thử.", by=cast.son)) == "forbidden"
    assert refused(lambda: procedures.migrate(planned, reason=" ", by=cast.mai)) == "reason_required"


def test_pieces_go_in_batches_and_a_merge_is_told(make, cast, monkeypatch):
    for _ in range(5):
        make.submission(state="submitted")
    monkeypatch.setattr(procedures, "BATCH", 2)
    assert procedures.migrate(procedures.plan(FIRST, SECOND), reason="Thử.", by=cast.mai) == 5

    back = procedures.plan(SECOND, FIRST, renamed={"written": "drafted", "endorsed": "drafted"})

    assert back.merged == ["drafted"]


def test_who_saw_the_piece_before_the_migration_acts_on_nothing_old(make, cast, refused):
    piece = make.submission(state="edited")
    procedures.migrate(procedures.plan(FIRST, SECOND), reason="Thử.", by=cast.mai)

    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)

    assert state_of(piece) == ("unit-approval", "cleared")


def test_the_screen_shows_before_it_does(make, cast, client):
    piece = make.submission(state="submitted")
    page = "/quan-tri/quy-trinh/monthly-submission/1/"
    mai = client.as_(cast.mai)
    mai.read_token(page)

    shown = mai.send(f"{page}chuyen", target="unit-approval@1").text
    assert "Chuyển 1 bài" in shown
    assert state_of(piece) == ("monthly-submission", "submitted")

    mai.send(f"{page}chuyen", target="unit-approval@1", sure="1", reason="Thử hai bước.")
    assert state_of(piece) == ("unit-approval", "received")
    assert "Chuyển bài sang" not in client.as_(cast.khang).get(page).text
