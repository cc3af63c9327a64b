"""Nothing is published that was not approved, and a correction is a writing like any other (R8, R10)."""

from datetime import datetime

import pytest
from sqlalchemy import select

from models.base import db
from models.publication import Publication
from models.submission import Submission
from models.vocabulary import Consent, Kind, Role
from tests.factories import picture
from workflow import accounts, deadlines, submissions, writing
from workflow.engine.errors import Stale
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def again(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_r10_who_reclassified_a_piece_wrote_it_and_may_not_approve_it(make, cast, refused):
    accounts.grant(cast.ha, Role.APPROVER, by=None)
    piece = make.submission(state="edited", editor=cast.son)
    done = writing.reclassify(piece.id, by=cast.ha, reason="Sai tên tác giả.", author_line="Lê Thị Mai")

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.ha, seen=done.digest)) == "four_eyes_violation"
    )


def test_r11_a_piece_reclassified_after_approval_is_not_published_before_it_is_approved_again(
    make, cast, refused
):
    piece = make.submission(state="approved")
    done = writing.reclassify(piece.id, by=cast.son, reason="Sai tên tác giả.", author_line="Lê Thị Mai")

    code = refused(lambda: submissions.publish(piece.id, by=cast.phuong, seen=done.digest))

    assert code == "changed_since_approval"
    submissions.perform(piece.id, "send_back", by=cast.minh, reason="Duyệt lại.")
    submissions.approve(piece.id, by=cast.minh, seen=done.digest)
    assert submissions.publish(piece.id, by=cast.phuong, seen=done.digest).state == "published"


def test_r11_a_page_taken_down_comes_back_with_the_approved_revision_or_not_at_all(make, cast, refused):
    piece = make.submission(state="published")
    done = writing.reclassify(piece.id, by=cast.son, reason="Sai tên tác giả.", author_line="Lê Thị Mai")
    submissions.retract(piece.id, by=cast.phuong, reason="Phụ huynh đề nghị.")

    code = refused(lambda: submissions.publish(piece.id, by=cast.phuong, seen=done.digest))

    assert code == "changed_since_approval"


def test_r6_reclassifying_to_another_month_judges_the_lateness_there(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-05-20 09:00")
    submissions.submit(piece.id, by=cast.binh)
    assert again(piece).sent_late is True
    with change():
        may, june = deadlines.ensure_period(2021, 5), deadlines.ensure_period(2021, 6)

    writing.reclassify(piece.id, by=cast.son, reason="Bài của tháng Sáu.", period=june)
    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-06", False)
    writing.reclassify(piece.id, by=cast.son, reason="Bài của tháng Năm.", period=may)
    assert (again(piece).period.code, again(piece).sent_late) == ("KY-2021-05", True)


def test_a_piece_that_waits_for_approval_keeps_its_section_and_its_answers(make, cast, refused):
    piece = make.submission(state="edited")
    unanswered = writing.NewFile("anh.jpg", picture("navy"), "Ảnh 1.")

    for words, code in (
        ({"category": None}, "category_required"),
        ({"new": [unanswered]}, "consent_unanswered"),
        ({"title": " "}, "title_required"),
    ):
        manuscript = make.manuscript(**{"title": "Tít mới", **words})
        assert (
            refused(
                lambda m=manuscript: writing.write(piece.id, m, by=cast.ha, seen=piece.digest, checklist=True)
            )
            == code
        )
    assert again(piece).digest == piece.digest


def test_a_piece_without_a_title_is_not_handed_on_for_approval(make, cast, refused):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    writing.write(piece.id, make.manuscript(" "), by=cast.son, seen=piece.digest)

    assert refused(lambda: submissions.finish_editing(piece.id, by=cast.son)) == "title_required"


def test_the_clock_publishes_nothing_whose_hour_was_taken_back(make, cast):
    piece = make.submission(state="approved")

    with pytest.raises(Stale):
        submissions.publish(piece.id, by=None, seen=piece.digest)
    until = datetime.fromisoformat("2021-05-18T07:00+07:00")
    submissions.perform(piece.id, "schedule", by=cast.phuong, until=until)
    with pytest.raises(Stale):
        submissions.publish(piece.id, by=None, seen=piece.digest)

    assert again(piece).state == "approved"


def test_r8_consent_for_a_picture_of_the_public_page_is_taken_back_while_the_piece_is_being_corrected(
    make, cast
):
    piece = make.submission(state="published", with_picture=True)
    file = piece.revision.pictures[0].attachment_id
    submissions.perform(piece.id, "revise", by=cast.son, reason="Bỏ ảnh.")
    writing.write(piece.id, make.manuscript("Không ảnh"), by=cast.son, seen=piece.digest, checklist=True)

    writing.answer(piece.id, file, Consent.NO, by=cast.binh)

    assert db.session.scalars(select(Publication.revision_id)).one() != again(piece).revision_id


def test_a_claim_runs_anew_when_the_piece_is_sent_back_to_its_editor(make, cast, clock_at, refused):
    piece = make.submission(state="edited", editor=cast.son)  # claimed on Monday the 17th
    clock_at("2021-05-24 09:00")
    submissions.perform(piece.id, "send_back", by=cast.minh, reason="Sửa tít.")

    assert refused(lambda: submissions.perform(piece.id, "lapse_claim", by=None)) == "claim_in_force"
    assert refused(lambda: submissions.claim(piece.id, by=cast.ha)) == "claimed"
    assert again(piece).claimed_by == cast.son.id


def test_a_discarded_draft_comes_back_for_thirty_days(make, cast, clock_at, refused):
    piece = make.submission()
    submissions.perform(piece.id, "discard", by=cast.lan)
    clock_at("2021-06-16 08:31")

    assert refused(lambda: submissions.perform(piece.id, "restore", by=cast.lan)) == "restore_too_late"
    clock_at("2021-06-16 08:29")
    assert submissions.perform(piece.id, "restore", by=cast.lan).state == "drafted"


def test_a_reason_for_not_counting_that_nobody_knows_is_refused(make, cast, refused):
    piece = make.submission(state="submitted")

    code = refused(lambda: submissions.perform(piece.id, "uncount", by=cast.son, kind="boring", reason="x"))

    assert code == "kind_unknown"


def test_who_has_been_shut_out_does_nothing_even_where_a_door_forgets_to_ask(make, cast, refused):
    piece = make.submission()
    accounts.set_active(cast.binh, False, by=cast.mai)

    assert refused(lambda: submissions.submit(piece.id, by=cast.binh)) == "forbidden"


def test_r6_a_kind_corrected_is_the_kind_that_counts(make, cast):
    piece = make.submission(state="submitted", kind=Kind.VIDEO)

    writing.reclassify(piece.id, by=cast.son, reason="Là tin.", kind=Kind.NEWS)

    assert again(piece).kind == "news"
