"""A unit's people write, answer and send through the portal's forms, on a phone (R2, R3, R6, R8)."""

import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from models.attachment import Attachment, ConsentAnswer
from models.base import db
from models.submission import Submission
from models.vocabulary import Consent
from tests.clients import typed
from tests.factories import picture
from workflow import clock, deadlines, submissions, writing
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def photo(colour: str = "red", name: str = "anh.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture(colour)), name


def only_piece() -> Submission:
    db.session.rollback()
    return db.session.scalars(select(Submission)).one()


def test_r2_r6_a_member_writes_answers_sends_and_sees_one_of_two(make, cast, clock_at, client):
    with change():
        deadlines.ensure_around(clock_at("2021-05-17 08:30"))
    binh = client.as_(cast.binh)
    assert "Còn thiếu 2" in binh.get("/don-vi/").text

    binh.send("/don-vi/soan", **typed(act="add", files=photo()))
    piece = only_piece()
    [file] = db.session.scalars(select(Attachment))
    address = f"/don-vi/bai/{piece.code}"
    assert re.search(r"Đã lưu nháp 08:3\d", binh.get(f"{address}/soan").text)
    answered = {f"caption-{file.id}": "Trồng hoa.", f"consent-{file.id}": "none", "seen": piece.digest}
    saved = binh.send(f"{address}/soan", **typed(act="send", **answered))
    assert saved.location == f"{address}#gui"
    answered_at = db.session.scalars(select(ConsentAnswer.created_at)).one()
    assert answered_at.astimezone(clock.ZONE).date() == date(2021, 5, 17)
    sent = binh.send(f"{address}/gui", statement="1")

    assert sent.location == "/don-vi/"
    month = binh.get("/don-vi/").text
    assert "Đã nhận 1 bài" in month
    assert "Còn thiếu 1" in month
    assert "Tháng 5/2021 đã gửi 1 trên 2." in month
    assert only_piece().state == "submitted"


def test_sending_without_the_statement_is_refused_beside_it(make, cast, client):
    piece = make.submission(author=cast.binh)
    binh = client.as_(cast.binh)

    answer = binh.send(f"/don-vi/bai/{piece.code}/gui")

    assert answer.status_code == 422
    assert "Vui lòng xác nhận nội dung đúng sự thật trước khi gửi." in answer.text
    assert only_piece().state == "drafted"


def test_r8_each_picture_needs_an_answer_before_sending_and_none_is_chosen(make, cast, client):
    piece = make.submission(author=cast.binh, with_picture=True, consent=None)
    [file] = db.session.scalars(select(Attachment))
    binh = client.as_(cast.binh)

    form = binh.get(f"/don-vi/bai/{piece.code}/soan").text
    refused = binh.send(f"/don-vi/bai/{piece.code}/soan", **typed(act="send", seen=piece.digest))
    unsent = binh.send(f"/don-vi/bai/{piece.code}/gui", statement="1")

    assert not re.search(rf'name="consent-{file.id}" value="\w+" checked', form)
    assert refused.status_code == 422
    assert "Vui lòng chọn một câu trả lời cho ảnh 1." in refused.text
    assert unsent.status_code == 422
    assert only_piece().state == "drafted"


def test_what_was_typed_and_stored_stays_when_something_is_missing(make, cast, client):
    binh = client.as_(cast.binh)

    answer = binh.send("/don-vi/soan", **typed(act="send", title="", files=photo()))

    assert answer.status_code == 422
    assert "Vui lòng nhập tiêu đề." in answer.text
    assert "hơn 40 phụ huynh tham gia" in answer.text
    [file] = db.session.scalars(select(Attachment))
    assert f"/tep/{file.id}" in answer.text


def test_a_title_that_is_too_long_is_told_with_its_numbers_and_kept(make, cast, client):
    answer = client.as_(cast.binh).send("/don-vi/soan", **typed(title="dài " * 60))

    assert answer.status_code == 422
    assert "Tiêu đề không quá 200 ký tự (hiện có 239)." in answer.text
    assert "dài dài dài" in answer.text


def test_one_bad_file_does_not_cost_the_good_one(make, cast, client):
    binh = client.as_(cast.binh)
    files = [photo(), (io.BytesIO(b"MZ\x90\x00 a program"), "bai viet.docx.exe")]

    answer = binh.post(
        "/don-vi/soan",
        data=MultiDict(
            [*typed(act="add", csrf_token=binh.token).items(), *(("files", file) for file in files)]
        ),
        follow_redirects=True,
    )

    assert "Loại tệp của “bai viet.docx.exe” không được phép." in answer.text
    assert [file.name for file in db.session.scalars(select(Attachment))] == ["anh.jpg"]


def test_somebody_elses_newer_text_is_not_overwritten(make, cast, client):
    piece = make.submission(author=cast.lan)
    seen = piece.digest
    writing.write(piece.id, make.manuscript(title="Bản của Lan"), by=cast.lan, seen=seen)

    answer = client.as_(cast.binh).send(
        f"/don-vi/bai/{piece.code}/soan", **typed(title="Bản của Bình", seen=seen)
    )

    assert answer.status_code == 409
    assert "Bản của Bình" in answer.text
    assert only_piece().revision.title == "Bản của Lan"


def test_who_types_while_a_colleague_sends_keeps_what_she_typed(make, cast, client):
    lan = client.as_(cast.lan)
    lan.send("/don-vi/soan", **typed())
    piece = only_piece()
    submissions.submit(piece.id, by=cast.binh)

    answer = lan.send(
        f"/don-vi/bai/{piece.code}/soan", **typed(title="Ba mươi phút viết thêm"), seen=piece.digest
    )

    assert answer.status_code == 409
    assert "Ba mươi phút viết thêm" in answer.text
    assert only_piece().revision.title == "Phụ huynh chung tay làm đồ chơi ngoài trời"


def test_quick_lines_become_a_draft_titled_by_their_first_sentence(make, cast, client):
    lines = "Sáng nay bé trồng rau. Cô và trò gieo hạt, tưới nước.\nBé rất vui."

    client.as_(cast.lan).send("/don-vi/gui-nhanh", words=lines, files=photo())

    piece = only_piece()
    assert piece.state == "drafted"
    assert piece.revision.title == "Sáng nay bé trồng rau"
    assert piece.revision.body.count("<p>") == 2
    assert piece.revision.author_line == "Trần Thị Lan"
    assert len(piece.revision.pictures) == 1


def test_a_quick_form_without_anything_is_told_so(make, cast, client):
    answer = client.as_(cast.lan).send("/don-vi/gui-nhanh", words="  ")

    assert answer.status_code == 422
    assert "Vui lòng viết vài dòng hoặc thêm ảnh." in answer.text


def test_a_picture_may_be_left_out_and_the_text_keeps_its_places(make, cast, client):
    new = [writing.NewFile(f"{c}.jpg", picture(c), f"Ảnh {c}.") for c in ("red", "blue")]
    piece = make.submission(author=cast.binh, new=new)
    first, second = db.session.scalars(select(Attachment).order_by(Attachment.id))

    client.as_(cast.binh).send(
        f"/don-vi/bai/{piece.code}/soan",
        **typed(seen=piece.digest, **{f"remove-{first.id}": "1", f"caption-{second.id}": "Chú thích mới."}),
    )

    shown = only_piece().revision.pictures
    assert [(one.attachment_id, one.caption) for one in shown] == [(second.id, "Chú thích mới.")]


def test_r8_consent_taken_back_after_publishing_is_recorded_at_once(make, cast, client):
    piece = make.submission(state="published", with_picture=True)
    [file] = db.session.scalars(select(Attachment))

    client.as_(cast.binh).send(f"/don-vi/bai/{piece.code}/tra-loi/{file.id}", consent="no")

    db.session.rollback()
    newest = db.session.scalars(select(ConsentAnswer).order_by(ConsentAnswer.id.desc())).first()
    assert (newest.answer, newest.answered_by) == (Consent.NO, cast.binh.id)


def test_the_form_sent_twice_is_one_sending(make, cast, client, audited):
    piece = make.submission(author=cast.binh)
    binh = client.as_(cast.binh)
    page = binh.get(f"/don-vi/bai/{piece.code}").text
    command = re.search(r'name="command" value="([^"]+)"', page)[1]

    for _ in range(2):
        answer = binh.send(f"/don-vi/bai/{piece.code}/gui", statement="1", command=command)

    assert answer.location == "/don-vi/"
    assert audited(only_piece()).count("submission:submit") == 1


def test_withdraw_discard_and_restore_by_their_buttons(make, cast, client):
    piece = make.submission(state="submitted")
    binh = client.as_(cast.binh)

    binh.send(f"/don-vi/bai/{piece.code}/buoc/withdraw")
    assert only_piece().state == "drafted"
    binh.send(f"/don-vi/bai/{piece.code}/buoc/discard")
    assert only_piece().discarded_at is not None
    assert "Bản nháp đã xóa (1)" in binh.get("/don-vi/").text
    binh.send(f"/don-vi/bai/{piece.code}/buoc/restore")
    assert only_piece().discarded_at is None


def test_a_claimed_piece_cannot_be_withdrawn_and_says_why(make, cast, client, audited):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    binh = client.as_(cast.binh)

    page = binh.get(f"/don-vi/bai/{piece.code}").text
    answer = binh.post(
        f"/don-vi/bai/{piece.code}/buoc/withdraw", data={"csrf_token": binh.token}, follow_redirects=True
    )

    assert 'aria-disabled="true"' in page
    assert "Biên tập viên Nguyễn Văn Sơn đã nhận bài này." in answer.text
    db.session.rollback()
    assert audited(cast.binh) == ["submission:refused/claimed"]


def test_a_press_that_changes_nothing_makes_no_revision(make, cast, client):
    body = "<h2>Hai</h2><p>Một dòng.</p><h3>Ba</h3><p>Dòng khác.</p>"
    piece = make.submission(author=cast.binh, with_picture=True, body=body)
    page = client.as_(cast.binh)
    form = page.get(f"/don-vi/bai/{piece.code}/soan").text
    [file] = db.session.scalars(select(Attachment))
    revision = piece.revision
    shown = unescape(re.search(r'name="body" value="([^"]*)"', form)[1])

    page.send(
        f"/don-vi/bai/{piece.code}/soan",
        kind=revision.kind.value,
        title=revision.title,
        summary=revision.summary,
        body=shown.replace("<p>", "<div>").replace("</p>", "</div>"),
        author_line=revision.author_line,
        school=revision.school,
        category="ban-tru",
        seen=piece.digest,
        act="send",
        **{f"caption-{file.id}": "Ảnh 1."},
    )

    assert "Ảnh 1." in form
    assert only_piece().revision.number == 1


def test_who_writes_for_a_whole_afternoon_loses_nothing(make, cast, clock_at, client):
    with change():
        deadlines.ensure_around(clock_at("2021-05-17 08:30"))
    binh = client.as_(cast.binh)
    binh.read_token("/don-vi/soan")

    with time_machine.travel(timedelta(hours=4), tick=True):
        saved = binh.send("/don-vi/soan", **typed())

    assert (saved.status_code, saved.location) == (303, f"/don-vi/bai/{only_piece().code}/soan")
