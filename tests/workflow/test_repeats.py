"""A command that comes twice is one event; its id stands for one content and no other."""

import json
import threading
import uuid
from uuid import uuid4

import pytest
from sqlalchemy import text

from models.audit import AuditEvent
from models.base import db
from models.submission import Submission
from models.vocabulary import Consent
from workflow import clock, submissions, writing
from workflow.engine import audit, click, moves, repeats
from workflow.engine.errors import CommandReused
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def count(piece_id: int, action: str) -> int:
    db.session.rollback()
    query = text("SELECT count(*) FROM audit_event WHERE submission_id = :id AND action = :action")
    return db.session.execute(query, {"id": piece_id, "action": f"submission:{action}"}).scalar_one()


def test_a_repeat_is_answered_with_what_the_first_did_even_when_the_piece_has_gone_on(make, cast):
    piece = make.submission(state="edited")
    number, digest, command = piece.id, piece.digest, str(uuid4())

    first = submissions.approve(number, by=cast.minh, seen=digest, command=command)
    submissions.publish(number, by=cast.phuong, seen=digest)
    again = submissions.approve(number, by=cast.minh, seen=digest, command=command)

    assert again == first
    assert again.state == "approved"
    assert count(number, "approve") == 1


def test_a_repeat_is_no_refusal_on_record(make, cast, audited):
    piece = make.submission(state="submitted")
    command = str(uuid4())

    for _ in range(2):
        submissions.perform(piece.id, "claim", by=cast.son, command=command)

    assert audited(cast.son) == []


@pytest.mark.parametrize("other", ["person", "reason", "step", "piece", "kind"])
def test_the_same_id_with_other_content_is_refused(make, cast, refused, other):
    pieces = [make.submission(state="submitted").id for _ in range(2)]
    command = str(uuid4())
    asked = {"by": cast.son, "kind": "duplicate", "reason": "Trùng bài khác.", "command": command}
    submissions.perform(pieces[0], "uncount", **asked)
    number, trigger = (pieces[other == "piece"], "set_aside" if other == "step" else "uncount")
    changed = {"person": {"by": cast.ha}, "reason": {"reason": "Khác."}, "kind": {"kind": "empty"}}

    code = refused(lambda: submissions.perform(number, trigger, **{**asked, **changed.get(other, {})}))

    assert code == "command_reused"
    assert [count(number, "uncount") for number in pieces] == [1, 0]


def test_an_approval_repeated_with_another_digest_is_refused(make, cast, refused):
    piece = make.submission(state="edited")
    command = str(uuid4())
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest, command=command)

    other = f"sha256:{'0' * 64}"

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=other, command=command))
        == "command_reused"
    )


def test_a_text_saved_twice_is_one_revision_and_another_text_is_refused(make, cast):
    piece = make.submission()
    number, seen, command = piece.id, piece.digest, str(uuid4())
    manuscript = make.manuscript("Tít mới")

    first = writing.write(number, manuscript, by=cast.lan, seen=seen, command=command)
    assert writing.write(number, manuscript, by=cast.lan, seen=seen, command=command) == first
    with pytest.raises(CommandReused):
        writing.write(number, make.manuscript("Tít khác"), by=cast.lan, seen=seen, command=command)

    assert count(number, "write") == 1
    assert db.session.get_one(Submission, number).revision.title == "Tít mới"


def test_a_draft_made_twice_is_one_piece(make, cast, refused):
    manuscript, command = make.manuscript(), str(uuid4())

    made = [writing.draft(manuscript, unit=cast.can_loc, by=cast.lan, command=command).id for _ in range(2)]

    assert made[0] == made[1]
    assert db.session.execute(text("SELECT count(*) FROM submission")).scalar_one() == 1
    other = make.manuscript("Bài khác")
    assert (
        refused(lambda: writing.draft(other, unit=cast.can_loc, by=cast.lan, command=command))
        == "command_reused"
    )


def test_an_answer_given_twice_is_one_answer(make, cast):
    piece = make.submission(with_picture=True, consent=None)
    file, command = piece.revision.pictures[0].attachment_id, str(uuid4())

    for _ in range(2):
        writing.answer(piece.id, file, Consent.YES, by=cast.lan, command=command)

    assert db.session.execute(text("SELECT count(*) FROM consent_answer")).scalar_one() == 1


def test_two_copies_at_the_same_moment_are_one_event_and_both_are_answered(app, make, cast):
    piece = make.submission(state="edited")
    number, digest, minh, command = piece.id, piece.digest, cast.minh.id, str(uuid4())
    start, versions = threading.Barrier(4, timeout=30), []

    def press() -> None:
        from models.people import Account

        with app.app_context():
            by = db.session.get_one(Account, minh)
            start.wait()
            versions.append(submissions.approve(number, by=by, seen=digest, command=command).version)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(versions) == 4
    assert len(set(versions)) == 1
    assert count(number, "approve") == 1


@pytest.mark.parametrize("has_command", [True, False])
def test_an_answer_lost_at_commit_is_asked_for_again_and_written_once(
    make, cast, superuser, monkeypatch, has_command
):
    piece = make.submission(state="edited")
    number, digest = piece.id, piece.digest
    record, lost = moves.record, []

    def losing(connection, happening):
        version = record(connection, happening)
        if not lost:
            lost.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            with superuser.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": lost[0]})
            connection.execute(text("SELECT 1"))  # the answer never comes
        return version

    monkeypatch.setattr(moves, "record", losing)
    done = submissions.approve(
        number, by=cast.minh, seen=digest, command=str(uuid4()) if has_command else None
    )

    assert len(lost) == 1
    assert done.state == "approved"
    assert count(number, "approve") == 1


def test_a_form_s_first_event_bears_its_id_and_what_it_asked_the_others_follow(cast):
    """Two commits of one form, then a refusal and somebody else's command inside: each event where it belongs."""
    command, other, streams = str(uuid4()), str(uuid4()), ("probe:1", "probe:1", "probe:2")

    def write(stream, action="probe:write", **more):
        return audit.write(
            db.session.connection(), stream, action, actor=cast.son.id, at=clock.now(), because="Đo.", **more
        )

    def fill_in():
        with change():
            write("probe:1", "probe:refused/not_allowed")
        with change():
            numbers = [write(stream) for stream in streams]
            write("probe:3", command=other)
        return numbers

    with click.one():
        cause = click.cause()
        assert repeats.once(command, {"what": "probe"}, fill_in) == [2, 3, 1]
        assert repeats.once(command, {"what": "probe"}, fill_in) is None
        with pytest.raises(CommandReused):
            repeats.once(command, {"what": "something else"}, fill_in)

    rows = (
        db.session.query(AuditEvent).filter(AuditEvent.stream.like("probe:%")).order_by(AuditEvent.id).all()
    )
    wrote = [row for row in rows if "refused" not in row.action]
    told = [json.loads(row.payload) for row in wrote]
    assert [str(row.command_id) for row in wrote] == [
        command,
        *(str(uuid.uuid5(uuid.UUID(cause), f"probe:{which}")) for which in ("1:3", "2:1")),
        str(uuid.uuid5(uuid.UUID(other), "probe:3:1")),
    ]
    assert [one.get("asked") for one in told] == [repeats.asked(command, {"what": "probe"}), None, None, None]
    assert [one["cause"] for one in told] == [cause, cause, cause, other]
    for row, one in zip(wrote, told, strict=True):
        assert (one["stream"], one["seq"]) == (row.stream, row.seq)
        assert (one["action"], one["actor"], one["because"]) == ("probe:write", cast.son.id, "Đo.")
    assert [("asked" in json.loads(row.payload), row.seq) for row in rows if "refused" in row.action] == [
        (False, seq) for seq in sorted(row.seq for row in rows if "refused" in row.action)
    ]
