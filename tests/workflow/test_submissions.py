"""One piece through its month: the moves, who may make them, what they leave behind."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.base import db
from models.publication import Publication
from models.submission import Submission
from models.vocabulary import Consent, Role
from workflow import delegations, submissions, writing
from workflow.engine.errors import NotAllowed, Stale, StrayWrite

pytestmark = pytest.mark.database


def test_a_piece_goes_from_draft_to_public_page_and_each_act_is_on_record(make, cast, audited):
    piece = make.submission(state="published")

    assert piece.state == "published"
    assert audited(piece) == [
        "submission:create",
        "submission:submit",
        "submission:claim",
        "submission:edit",
        "submission:approve",
        "submission:publish",
    ]
    page = db.session.scalars(select(Publication)).one()
    assert (page.submission_id, page.revision_id) == (piece.id, piece.revision_id)


def test_r10_author_may_not_approve_her_own_article(make, cast, refused, audited):
    from models.vocabulary import Role
    from workflow import accounts

    accounts.grant(cast.binh, Role.APPROVER, by=None)
    piece = make.submission(state="edited")

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.binh, seen=piece.digest))
        == "four_eyes_violation"
    )
    db.session.refresh(piece)
    assert piece.state == "edited"
    assert audited(cast.binh) == ["submission:refused/four_eyes_violation"]


def test_r10_the_editor_may_not_approve_what_she_edited(make, cast, refused):
    from models.vocabulary import Role
    from workflow import accounts

    accounts.grant(cast.son, Role.APPROVER, by=None)
    piece = make.submission(state="edited", editor=cast.son)

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.son, seen=piece.digest))
        == "four_eyes_violation"
    )


def test_r10_who_stands_in_for_the_editor_may_not_approve(make, cast, refused):
    from datetime import date

    piece = make.submission(state="edited", editor=cast.son)
    lent = {"since": date(2021, 5, 17), "until": date(2021, 6, 1), "reason": "Nghỉ phép"}
    delegations.give(cast.minh, role=Role.EDITOR, by=cast.son, **lent)

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=piece.digest))
        == "four_eyes_violation"
    )
    assert submissions.approve(piece.id, by=cast.ly, seen=piece.digest).state == "approved"


@pytest.mark.parametrize("answer", [Consent.NO, Consent.UNKNOWN])
def test_r8_approval_waits_while_a_picture_has_no_consent(make, cast, refused, answer):
    piece = make.submission(state="edited", with_picture=True, consent=answer)

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=piece.digest)) == "consent_missing"
    )


def test_r8_editing_cannot_be_finished_while_a_picture_is_unanswered(make, cast, refused):
    piece = make.submission(state="submitted", with_picture=True, consent=None)
    submissions.claim(piece.id, by=cast.son)

    assert refused(lambda: submissions.finish_editing(piece.id, by=cast.son)) == "consent_unanswered"


def test_r8_consent_taken_back_after_approval_stops_publication(make, cast, refused):
    piece = make.submission(state="approved", with_picture=True)
    file = piece.revision.pictures[0].attachment_id
    writing.answer(piece.id, file, Consent.NO, by=cast.binh)

    assert (
        refused(lambda: submissions.publish(piece.id, by=cast.phuong, seen=piece.digest)) == "consent_missing"
    )


def test_approval_binds_to_the_text_that_was_seen(make, cast):
    piece = make.submission(state="edited")
    seen = piece.digest
    writing.write(piece.id, make.manuscript("Tít mới"), by=cast.son, seen=seen, checklist=True)

    with pytest.raises(Stale):
        submissions.approve(piece.id, by=cast.minh, seen=seen)


def test_the_same_command_twice_is_one_event(make, cast, audited):
    piece = make.submission(state="edited")
    command = str(uuid4())

    first = submissions.approve(piece.id, by=cast.minh, seen=piece.digest, command=command)
    db.session.refresh(piece)
    again = submissions.perform(piece.id, "approve", by=cast.minh, seen=piece.digest, command=command)

    assert first.version == again.version
    assert audited(piece).count("submission:approve") == 1


def test_all_reasons_are_told_at_once(make, cast):
    piece = make.submission(state="submitted", with_picture=True, consent=None, category=None)

    with pytest.raises(NotAllowed) as refusal:
        submissions.finish_editing(piece.id, by=cast.son)

    assert [reason.code for reason in refusal.value.refusals] == [
        "not_claimed_by_you",
        "category_required",
        "consent_unanswered",
    ]


def test_a_stray_write_is_refused_at_run_time(make, cast):
    piece = make.submission()

    piece.state = "published"
    with pytest.raises(StrayWrite):
        db.session.flush()
    db.session.rollback()
    for sql in (
        "UPDATE submission SET state = 'published'",
        "WITH moved AS (UPDATE submission SET state = 'published' RETURNING id) SELECT id FROM moved",
    ):
        with pytest.raises(StrayWrite):
            db.session.execute(text(sql))


def test_even_with_sql_no_state_moves_without_its_event(make, app):
    piece = make.submission()
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="without its audit event"):
        connection.execute(
            text("UPDATE submission SET state = 'published', version = version + 1 WHERE id = :id"),
            {"id": piece.id},
        )
        connection.commit()

    db.session.expire_all()
    assert db.session.get_one(Submission, piece.id).state == "drafted"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET seq = 0", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_r11_the_program_cannot_change_the_audit_trail(make, statement):
    make.submission()

    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(statement))
