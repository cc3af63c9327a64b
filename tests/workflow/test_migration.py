"""Moving pieces to another version: shown before it is done, each piece on record, undone by another one back."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.base import db
from models.submission import Submission
from tasks import deadlines as errands
from tasks import foresight, publishing
from workflow import bulk, clock, lapses, procedures, submissions
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


# --- a version that the program no longer has -----------------------------------------------------------------------


SAYS = "chương trình không còn bản này"


@pytest.mark.parametrize("is_known", [True, False], ids=["states known elsewhere", "states unknown"])
def test_a_piece_of_a_vanished_version_is_shown_as_it_stands_and_offers_nothing(
    make, cast, client, refused, clock_at, superuser, vanishing, is_known
):
    pieces = [make.submission(state=state) for state in STATES]
    _, sent, edited, approved, _ = pieces
    submissions.claim(sent.id, by=cast.son)
    submissions.perform(approved.id, "schedule", by=cast.phuong, until=clock.now() + timedelta(hours=1))
    if is_known:
        left_behind(superuser, version=7)
    else:
        procedures.migrate(procedures.plan(FIRST, SECOND, renamed=WAY), reason="Thử.", by=cast.mai)
        vanishing(SECOND)
    before = rows()
    clock_at("2021-05-27 10:00")
    visitors = {name: client.as_(getattr(cast, name)) for name in ("mai", "minh", "son", "lan", "binh")}

    # No page falls over it, and each piece's own page says why nothing is offered.
    asked = [
        ("mai", "/quan-tri/"),
        ("minh", "/quan-tri/bai/"),
        ("mai", "/quan-tri/thu-da-gui/"),
        ("mai", "/quan-tri/hang-doi/"),
        ("minh", f"/quan-tri/quyet-dinh/{edited.id}/{edited.digest[7:23]}"),
        ("son", "/quan-tri/quy-trinh/"),
        ("binh", "/don-vi/"),
        ("lan", "/don-vi/"),
        ("binh", "/"),
        ("mai", "/quan-tri/ky/"),
    ]
    answers = {path: visitors[name].get(path).status_code for name, path in asked}
    assert {path: status for path, status in answers.items() if status != 200} == {}
    for piece in pieces:
        for visitor, page in (("minh", f"/quan-tri/bai/{piece.id}/"), ("binh", f"/don-vi/bai/{piece.code}")):
            shown = visitors[visitor].get(page)
            assert (shown.status_code, SAYS in shown.text) == (200, True), page

    # No step is taken: by a door, by many at once, by the clock; and no run of the clock stops over it.
    minh = visitors["minh"]
    minh.read_token("/vao/ra")
    minh.send(f"/quan-tri/bai/{edited.id}/buoc/approve", seen=edited.digest)
    visitors["binh"].send(f"/don-vi/bai/{sent.code}/buoc/withdraw")
    assert SAYS in minh.get("/quan-tri/").text
    assert SAYS in minh.get(f"/quan-tri/quyet-dinh/{edited.id}/{edited.digest[7:23]}").text
    assert (
        refused(lambda: submissions.approve(edited.id, by=cast.minh, seen=edited.digest))
        == "definition_missing"
    )
    many = bulk.perform_all({edited.id: edited.digest}, "approve", by=cast.minh)
    assert [[why.code for why in one.refusals] for one in many] == [["definition_missing"]]
    assert lapses.sweep() == 0
    assert publishing.publish_due(clock.now()) == {"published": 0, "refused": 0, "busy": 0, "failed": 1}
    assert errands.lapse_claims(clock.now())["lapsed"] == 0
    assert [one.why for one in foresight.foresee(clock.now()) if one.what == "publication_refused"] == [
        "definition_missing"
    ]
    assert rows() == before


def left_behind(superuser, *, version: int) -> None:
    """The pieces follow a version of the first definition that this program never had."""
    with superuser.begin() as connection:
        connection.execute(text("UPDATE submission SET workflow_version = :version"), {"version": version})
    db.session.expire_all()


def test_pieces_are_led_out_of_a_vanished_version_by_the_names_of_their_states(
    make, cast, refused, superuser, vanishing
):
    piece = make.submission(state="submitted")
    left_behind(superuser, version=7)

    planned = procedures.plan(("monthly-submission", 7), FIRST)
    assert [(line.state, line.target, line.pieces) for line in planned.lines] == [
        ("submitted", "submitted", 1)
    ]
    assert procedures.migrate(planned, reason="Chương trình cũ.", by=cast.mai) == 1
    assert submissions.claim(piece.id, by=cast.son).state == "submitted"
    assert audit_check.check().is_whole

    procedures.migrate(procedures.plan(FIRST, SECOND), reason="Thử.", by=cast.mai)
    vanishing(SECOND)
    planned = procedures.plan(SECOND, FIRST)
    assert [(line.state, line.target) for line in planned.lines] == [("received", None)]
    assert refused(lambda: procedures.migrate(planned, reason="Thử.", by=cast.mai)) == "states_unmapped"


def test_a_month_whose_definition_vanished_takes_no_new_piece_and_says_so(make, cast, refused, vanishing):
    vanishing(FIRST)

    assert refused(make.submission) == "workflow_unknown"
