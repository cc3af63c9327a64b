"""Acts beside the state: who may, when, and what stays on record."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from models.base import db
from models.publication import Publication
from models.submission import Revision, Submission
from models.vocabulary import Kind
from workflow import submissions, writing
from workflow.engine.errors import Stale

pytestmark = pytest.mark.database


def again(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_a_claimed_piece_is_neither_withdrawn_nor_claimed_again(make, cast, refused):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)

    assert refused(lambda: submissions.withdraw(piece.id, by=cast.binh)) == "claimed"
    assert refused(lambda: submissions.claim(piece.id, by=cast.ha)) == "claimed"
    assert again(piece).claimant.full_name == "Nguyễn Văn Sơn"


def test_another_editor_takes_over_with_a_reason_and_the_first_no_longer_finishes(make, cast, refused):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)

    assert refused(lambda: submissions.perform(piece.id, "take_over", by=cast.ha)) == "reason_required"
    submissions.perform(piece.id, "take_over", by=cast.ha, reason="Đồng chí Sơn đi công tác.")

    assert refused(lambda: submissions.finish_editing(piece.id, by=cast.son)) == "not_claimed_by_you"
    assert submissions.finish_editing(piece.id, by=cast.ha).state == "edited"


def test_a_claim_lapses_after_three_working_days(make, cast, clock_at):
    piece = make.submission(state="submitted")  # Monday the 17th
    submissions.claim(piece.id, by=cast.son)
    clock_at("2021-05-20 08:31")

    assert submissions.claim(piece.id, by=cast.ha).state == "submitted"


def test_a_piece_set_aside_keeps_its_state_and_waits_until_it_is_taken_up(make, cast, refused):
    piece = make.submission(state="edited")
    submissions.perform(piece.id, "set_aside", by=cast.minh, reason="Trùng chủ đề.")

    assert again(piece).state == "edited"
    assert refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=piece.digest)) == "set_aside"
    submissions.perform(piece.id, "take_up", by=cast.minh, reason="Dùng cho số sau.")
    assert submissions.approve(piece.id, by=cast.minh, seen=piece.digest).state == "approved"


def test_a_published_piece_cannot_be_set_aside(make, cast, refused):
    piece = make.submission(state="published")

    code = refused(lambda: submissions.perform(piece.id, "set_aside", by=cast.minh, reason="Không cần."))

    assert code == "invalid_transition"


def test_r6_an_editor_takes_a_duplicate_out_of_the_count_and_puts_it_back(make, cast, refused):
    piece = make.submission(state="submitted")

    assert refused(lambda: submissions.perform(piece.id, "uncount", by=cast.binh)) == "forbidden"
    submissions.perform(piece.id, "uncount", by=cast.son, kind="duplicate", reason="Trùng bài khác.")
    assert (again(piece).uncounted, again(piece).uncounted_reason) == ("duplicate", "Trùng bài khác.")

    submissions.perform(piece.id, "count", by=cast.son, reason="Nhầm.")
    assert again(piece).uncounted is None


def test_an_excuse_hides_the_late_mark_and_the_fact_stays(make, cast, refused):
    late, on_time = make.submission(), make.submission(state="submitted")
    submissions.submit(late.id, by=cast.binh, at=datetime.fromisoformat("2021-05-20T08:00+07:00"))

    assert (
        refused(lambda: submissions.perform(on_time.id, "excuse", by=cast.son, reason="x")) == "not_sent_late"
    )
    submissions.perform(late.id, "excuse", by=cast.son, reason="Bão số 1.")

    assert (again(late).excused_reason, again(late).sent_late) == ("Bão số 1.", True)


def test_a_set_time_must_be_ahead_and_the_clock_publishes_then(make, cast, clock_at, refused):
    piece = make.submission(state="approved")

    for moment, code in (("2021-05-17T08:00+07:00", "time_passed"),):
        until = datetime.fromisoformat(moment)
        assert (
            refused(lambda u=until: submissions.perform(piece.id, "schedule", by=cast.phuong, until=u))
            == code
        )
    submissions.perform(
        piece.id, "schedule", by=cast.phuong, until=datetime.fromisoformat("2021-05-18T07:00+07:00")
    )
    clock_at("2021-05-18 07:00")
    submissions.publish(piece.id, by=None, seen=piece.digest)

    assert (again(piece).state, again(piece).scheduled_at) == ("published", None)


def test_reclassifying_is_a_new_revision_with_before_and_after(make, cast, audited):
    piece = make.submission(state="submitted")
    seen = piece.digest

    make.category("vui-choi", "Vui chơi")
    writing.reclassify(
        piece.id, by=cast.son, reason="Nhầm đơn vị.", unit=cast.district_ky_anh, kind=Kind.ARTICLE,
        category="vui-choi",
    )  # fmt: skip

    assert (again(piece).unit.code, again(piece).kind, again(piece).digest == seen) == (
        "h-ky-anh",
        "article",
        False,
    )
    told = db.session.scalar(
        text("SELECT payload::jsonb FROM audit_event WHERE action = 'submission:reclassify'")
    )
    assert [told[side] for side in ("before", "after")] == [
        {"unit": "h-can-loc", "kind": "news", "period": "KY-2021-05", "section": "ban-tru"},
        {"unit": "h-ky-anh", "kind": "article", "period": "KY-2021-05", "section": "vui-choi"},
    ]


def test_a_discarded_draft_comes_back(make, cast, refused):
    piece = make.submission()
    submissions.perform(piece.id, "discard", by=cast.lan)

    assert (
        refused(lambda: writing.write(piece.id, make.manuscript(), by=cast.lan, seen=piece.digest))
        == "discarded"
    )
    submissions.perform(piece.id, "restore", by=cast.binh)
    assert again(piece).discarded_at is None


def test_r2_a_contributors_piece_waits_for_the_committee(make, cast, refused):
    piece = make.submission(author=cast.lan)

    assert refused(lambda: submissions.submit(piece.id, by=cast.lan)) == "forbidden"
    assert refused(lambda: submissions.submit(piece.id, by=cast.nga)) == "forbidden"
    assert submissions.submit(piece.id, by=cast.binh).state == "submitted"


def test_every_revision_stays_as_it_was_and_an_old_text_is_not_overwritten(make, cast):
    piece = make.submission()
    first = piece.digest
    writing.write(piece.id, make.manuscript("Bản hai"), by=cast.binh, seen=first)

    with pytest.raises(Stale):
        writing.write(piece.id, make.manuscript("Bản của người đến sau"), by=cast.lan, seen=first)

    titles = db.session.scalars(
        select(Revision.title).where(Revision.submission_id == piece.id).order_by(Revision.number)
    ).all()
    assert titles[1:] == ["Bản hai"]


def test_the_digest_covers_the_text_and_not_the_consent(make, cast):
    from models.vocabulary import Consent

    piece = make.submission(with_picture=True)
    before = piece.digest
    file = piece.revision.pictures[0].attachment_id

    writing.answer(piece.id, file, Consent.NO, by=cast.lan)
    assert again(piece).digest == before
    writing.write(
        piece.id, make.manuscript(piece.revision.title, kept=[writing.KeptFile(file, "Chú thích khác.")]),
        by=cast.lan, seen=before,
    )  # fmt: skip
    assert again(piece).digest != before


def test_the_page_keeps_the_published_revision_until_the_corrected_one_is_published(make, cast):
    piece = make.submission(state="published")
    shown = piece.revision_id
    submissions.perform(piece.id, "revise", by=cast.son, reason="Sai tên trường.")
    done = writing.write(
        piece.id, make.manuscript("Tít đã sửa"), by=cast.son, seen=piece.digest, checklist=True
    )

    assert db.session.scalars(select(Publication.revision_id)).one() == shown
    submissions.approve(piece.id, by=cast.minh, seen=done.digest)
    submissions.publish(piece.id, by=cast.phuong, seen=done.digest)
    db.session.expire_all()
    page = db.session.scalars(select(Publication)).one()
    assert (page.revision_id == shown, page.correction_note != "") == (False, True)


def test_a_retracted_page_says_why_and_can_come_back(make, cast):
    piece = make.submission(state="published")

    submissions.retract(piece.id, by=cast.phuong, reason="Phụ huynh đề nghị.")
    page = db.session.scalars(select(Publication)).one()
    assert (again(piece).state, page.retraction_reason) == ("approved", "Phụ huynh đề nghị.")

    submissions.publish(piece.id, by=cast.phuong, seen=piece.digest)
    db.session.expire_all()
    assert db.session.scalars(select(Publication.retracted_at)).one() is None


@pytest.mark.parametrize(("step", "code"), [("return", "reason_required"), ("send_back", "reason_required")])
def test_sending_back_needs_a_reason(make, cast, refused, step, code):
    piece = make.submission(state="edited")

    assert refused(lambda: submissions.perform(piece.id, step, by=cast.minh)) == code


def test_a_title_too_long_is_told_with_its_length(make, cast, refused):
    assert refused(lambda: make.submission(title="a" * 201)) == "title_too_long"


def test_r3_what_a_file_is_its_bytes_say(make, cast, refused):
    program = writing.NewFile("anh.jpg", b"MZ" + bytes(200))

    assert refused(lambda: make.submission(new=[program])) == "file_type_not_allowed"


def test_r8_text_from_outside_cannot_bring_a_script(make):
    piece = make.submission(
        body='<p onclick="x()">Chữ <b>đậm</b><script>alert(1)</script></p>'
        '<img src=x onerror=y><a href="javascript:z">a</a>'
    )

    assert piece.revision.body == '<p>Chữ <strong>đậm</strong></p><a rel="noopener nofollow">a</a>'


def test_r2_nobody_writes_for_a_unit_they_do_not_belong_to(make, cast, refused):
    for stranger in (cast.nga, cast.son, cast.mai):
        assert refused(lambda by=stranger: make.submission(author=by)) == "forbidden"
