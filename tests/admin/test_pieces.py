"""Pieces through the console: each press is a verb, each refusal is on record, nothing typed is lost."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from models.attachment import ConsentAnswer
from models.base import db
from models.submission import Revision, Submission
from models.vocabulary import Consent, Role
from workflow import accounts, clock, submissions, writing
from workflow.grammar import ACTIONS
from workflow.intake import receiving
from workflow.wording import CHECKLIST

pytestmark = pytest.mark.database


def at(piece: Submission, place: str = "") -> str:
    return f"/quan-tri/bai/{piece.id}/{place}"


def now_of(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_claim_edit_finish_approve_publish_by_pressing_buttons(make, cast, client, audited):
    piece = make.submission(state="submitted", with_picture=True)
    son, minh, phuong = (client.as_(person) for person in (cast.son, cast.minh, cast.phuong))
    son.read_token(at(piece))

    assert son.send(at(piece, "buoc/claim")).status_code == 303
    assert son.send(at(piece, "buoc/edit"), checklist=list(CHECKLIST)).status_code == 303
    minh.read_token(at(piece))
    assert minh.send(at(piece, "buoc/approve"), seen=piece.digest).status_code == 303
    phuong.read_token(at(piece))
    assert phuong.send(at(piece, "buoc/publish"), seen=piece.digest).status_code == 303

    assert now_of(piece).state == "published"
    assert audited(piece)[-4:] == [
        "submission:claim",
        "submission:edit",
        "submission:approve",
        "submission:publish",
    ]


def test_the_next_step_stands_out_and_taking_over_never_does(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    leading = re.compile(r'class="btn btn-primary[^>]*>(?:<svg.*?</svg>)?\s*([^<]+)', re.S)

    def leads(page: str) -> list[str]:
        moves = page[page.index('<div class="moves">') :].partition("</aside>")[0]
        return [
            said.strip()
            for said in leading.findall(re.sub(r'<form class="reason-box".*?</form>', "", moves, flags=re.S))
        ]

    free = son.get(at(piece)).text
    submissions.claim(piece.id, by=cast.ha)
    held = son.get(at(piece)).text

    assert leads(free)[:1] == ["Nhận biên tập"]
    assert "Nhận thay" in held
    assert {"Nhận thay", "Trả lại đơn vị", "Để lại, không sử dụng"}.isdisjoint(leads(held))


def test_a_piece_that_came_by_mail_says_from_whose_mailbox_and_leads_to_the_mail(make, cast, client):
    mail = EmailMessage()
    mail["Received"] = "from mail.example.edu.vn by mx.example.edu.vn; Mon, 17 May 2021 09:00:00 +0700"
    mail["Authentication-Results"] = "mx.example.edu.vn; dmarc=pass header.from=example.edu.vn"
    mail["From"] = f"Phòng GDĐT <{cast.binh.email}>"
    mail["Subject"] = "Tin: Ngày hội đọc sách của bé"
    mail.set_content(
        "Ngày hội đọc sách của bé\n\n"
        "Ngày 12/5/2021, Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho 120 trẻ cùng cha mẹ tại sân trường.\n\n"
        "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của chính mình."
    )
    outcome = receiving.receive(bytes(mail), received_at=clock.now())
    [code] = outcome.submissions
    piece = db.session.scalars(select(Submission).where(Submission.code == code)).one()
    son, minh = client.as_(cast.son), client.as_(cast.minh)
    to_the_mail = f'href="/quan-tri/thu-den/{outcome.envelope_id}/"'

    pages = [visitor.get(at(piece)).text for visitor in (son, minh)]

    assert [page.count("Gửi từ hộp thư</dt><dd>Phòng GDĐT<br>") for page in pages] == [1, 1]
    assert [page.count(f'<span class="small ink-3">{cast.binh.email}</span>') for page in pages] == [1, 1]
    # An approver reads no tray.
    assert [to_the_mail in page for page in pages] == [True, False]
    assert "Gửi từ hộp thư" not in son.get(at(make.submission(state="submitted"))).text


def test_a_state_in_the_form_is_ignored(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    son.read_token(at(piece))

    son.send(at(piece, "buoc/claim"), state="published", version="99", approved_by=str(cast.son.id))

    assert now_of(piece).state == "submitted"
    assert now_of(piece).claimed_by == cast.son.id


@pytest.mark.parametrize("trigger", ["publish_now", "lapse", "write", "answer", "reclassify", "submit"])
def test_what_is_no_button_of_the_desk_is_not_there(make, cast, client, trigger):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    son.read_token(at(piece))

    assert son.send(at(piece, f"buoc/{trigger}")).status_code == 404


def test_r10_the_refused_button_stands_with_its_reason_and_a_press_is_on_record(make, cast, client, audited):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    piece = make.submission(state="edited", editor=cast.son)
    son = client.as_(cast.son)
    page = son.get(at(piece)).text

    button = re.search(r'<button class="btn" aria-disabled="true"[^>]*>.*?Phê duyệt', page, re.S)
    assert button is not None
    assert "Đồng chí đã biên tập bài này nên không thể tự phê duyệt." in page
    son.read_token(at(piece))
    answer = son.send(at(piece, "buoc/approve"), seen=piece.digest)

    assert answer.headers["Location"].endswith(f"/quan-tri/bai/{piece.id}/#reasons-approve")
    assert now_of(piece).state == "edited"
    assert audited(cast.son) == ["submission:refused/four_eyes_violation"]
    assert "Bị từ chối" in son.get(at(piece)).text


def test_finishing_needs_the_whole_checklist(make, cast, client):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    son = client.as_(cast.son)
    son.read_token(at(piece))

    son.send(at(piece, "buoc/edit"), checklist=list(CHECKLIST)[:-1])

    assert now_of(piece).state == "submitted"
    assert "Vui lòng hoàn thành danh mục kiểm tra." in son.get(at(piece)).text


def test_the_same_press_twice_is_one_act(make, cast, client, audited):
    piece = make.submission(state="edited")
    minh = client.as_(cast.minh)
    page = minh.get(at(piece)).text
    command = re.search(r'buoc/approve".*?name="command" value="([^"]+)"', page, re.S)[1]
    minh.read_token(at(piece))

    answers = [minh.send(at(piece, "buoc/approve"), seen=piece.digest, command=command) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert audited(piece).count("submission:approve") == 1


def test_approval_of_a_text_that_has_changed_shows_both_versions(make, cast, client):
    piece = make.submission(state="edited")
    seen = piece.digest
    writing.write(piece.id, make.manuscript("Tít đã sửa"), by=cast.son, seen=seen, checklist=True)
    minh = client.as_(cast.minh)
    minh.read_token(at(piece))

    answer = minh.send(at(piece, "buoc/approve"), seen=seen)

    assert answer.status_code == 409
    assert "<ins>Tít đã sửa</ins>" in answer.text
    assert now_of(piece).state == "edited"


def typed(piece: Submission, **words: str) -> dict[str, str]:
    return {
        "title": "Tít của tôi", "summary": "Tóm tắt của tôi.", "body": "<div>Nội dung của tôi.</div>",
        "category": "ban-tru", "author_line": "Trần Thị Lan", "author_title": "", "school": "",
        "seen": piece.digest, **words,
    }  # fmt: skip


def test_saving_makes_the_next_revision(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    submissions.claim(piece.id, by=cast.son)
    file = piece.revision.pictures[0].attachment_id
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))

    answer = son.send(
        at(piece, "sua"), **typed(piece, body="<div>Một.<br><br>[Ảnh 1]<br><br>Hai.</div>"),
        **{f"caption-{file}": "Chú thích mới."},
    )  # fmt: skip

    assert answer.status_code == 303
    revision = now_of(piece).revision
    assert (revision.number, revision.title) == (2, "Tít của tôi")
    assert revision.body == '<p>Một.</p>\n<figure data-picture="1"></figure>\n<p>Hai.</p>'
    assert revision.pictures[0].caption == "Chú thích mới."


def test_a_newer_text_is_told_with_409_and_what_was_typed_stays(make, cast, client):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))
    mine = typed(piece)
    writing.write(piece.id, make.manuscript("Tít của người khác"), by=cast.son, seen=piece.digest)

    answer = son.send(at(piece, "sua"), **mine)

    assert answer.status_code == 409
    assert 'value="Tít của tôi"' in answer.text
    assert "Nội dung của tôi." in answer.text
    assert "<ins>Tít của người khác</ins>" in answer.text
    assert now_of(piece).revision.title == "Tít của người khác"
    again = re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text)[1]
    assert son.send(at(piece, "sua"), **typed(piece, seen=again)).status_code == 303
    assert now_of(piece).revision.title == "Tít của tôi"


def test_who_may_not_save_is_told_before_she_types(make, cast, client):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.ha)

    page = client.as_(cast.son).get(at(piece, "sua")).text

    assert "Chưa thể lưu bản sửa, vì:" in page
    assert "Đồng chí chưa nhận biên tập bài này." in page


@pytest.mark.parametrize("form", ["sua", "phan-loai"])
def test_who_has_no_such_step_is_shown_the_piece_and_why_and_no_form(make, cast, client, form):
    piece = make.submission(state="submitted")

    answer = client.as_(cast.khang).get(at(piece, form), follow_redirects=True)

    assert answer.request.path == at(piece)
    assert "Đồng chí không có quyền sửa bài ở trạng thái này." in answer.text


def test_an_answer_about_a_picture_is_kept_with_who_said_so(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True, consent=None)
    file = piece.revision.pictures[0].attachment_id
    son = client.as_(cast.son)
    son.read_token(at(piece))

    assert "Chưa có câu trả lời" in son.get(at(piece)).text
    son.send(at(piece, f"anh/{file}"), note="Không chọn gì.")
    son.send(at(piece, f"anh/{file}"), consent="yes", note="Cô Lan xác nhận qua điện thoại.")

    kept = db.session.scalars(select(ConsentAnswer)).one()
    assert (kept.answer, kept.answered_by, kept.note) == (
        Consent.YES,
        cast.son.id,
        "Cô Lan xác nhận qua điện thoại.",
    )


def test_dropping_a_picture_moves_the_others_up(make, cast, client):
    from tests.factories import picture

    piece = make.submission(
        state="submitted",
        new=[
            writing.NewFile(f"{colour}.jpg", picture(colour), colour, consent=Consent.YES)
            for colour in ("red", "blue")
        ],
    )
    submissions.claim(piece.id, by=cast.son)
    first, second = (shown.attachment_id for shown in piece.revision.pictures)
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))

    son.send(
        at(piece, "sua"),
        **typed(piece, body="<div>A<br>[Ảnh 1]<br>B<br>[Ảnh 2]</div>"),
        **{f"drop-{first}": "1"},
    )

    revision = now_of(piece).revision
    assert [shown.attachment_id for shown in revision.pictures] == [second]
    assert re.findall(r'data-picture="(\d)"', revision.body) == ["1"]


def test_reclassifying_corrects_unit_and_kind_with_a_reason(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    son.read_token(at(piece, "phan-loai"))
    form = {
        "unit": "tx-ky-anh",
        "period": "2021-05",
        "kind": "article",
        "category": "ban-tru",
        "author_line": "Lan",
    }

    assert son.send(at(piece, "phan-loai"), **form, reason="").status_code == 422
    assert son.send(at(piece, "phan-loai"), **form, reason="Gửi nhầm đơn vị.").status_code == 303

    moved = now_of(piece)
    assert (moved.unit.code, moved.kind, moved.state) == ("tx-ky-anh", "article", "submitted")


def test_two_who_correct_the_filing_at_once_lose_nothing(make, cast, client):
    piece = make.submission(state="submitted")
    son, ha = client.as_(cast.son), client.as_(cast.ha)
    place = at(piece, "phan-loai")
    form = {"unit": "h-can-loc", "period": "2021-05", "category": "", "author_line": "Lan", "reason": "Sửa."}
    seen = version_on(son.get(place).text)
    for one in (son, ha):
        one.read_token(place)
    ha.send(place, **{**form, "unit": "tx-ky-anh"}, kind="article", version=seen)

    late = son.send(place, **form, kind="news", version=seen)
    assert late.status_code == 409
    assert "Phân loại đã nhập được giữ nguyên dưới đây." in late.text
    assert "Đơn vị: <b>" in late.text and "Thể loại: <b>Bài</b>" in late.text
    assert re.search(r'<option[^>]*value="news"[^>]*selected|<option selected[^>]*value="news"', late.text)
    assert (now_of(piece).unit.code, now_of(piece).kind) == ("tx-ky-anh", "article")

    assert son.send(place, **form, kind="news", version=version_on(late.text)).status_code == 303
    assert (now_of(piece).unit.code, now_of(piece).kind) == ("h-can-loc", "news")


def version_on(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def test_more_time_for_a_late_piece_is_more_time_for_its_unit(make, cast, clock_at, client):
    from workflow import deadlines

    piece = make.submission()
    clock_at("2021-05-20 00:05")
    deadlines.sweep()
    son = client.as_(cast.son)
    son.read_token(at(piece))

    # A page from before asked for an hour; what it sends is no day.
    son.send(at(piece, "buoc/extend"), until="2021-05-21T17:00", reason="Mất điện diện rộng.")
    assert now_of(piece).state == "late"
    assert "Vui lòng chọn ngày." in son.get(at(piece)).text
    son.send(at(piece, "buoc/extend"), last_day="2021-05-21", reason="Mất điện diện rộng.")

    assert now_of(piece).state == "drafted"
    clock_at("2021-05-21 00:05")
    assert deadlines.sweep() == 0


def test_the_list_finds_without_accents_and_counts_under_its_filters(make, cast, client):
    make.submission(state="submitted", title="Bếp ăn một chiều ở Đức Thọ")
    make.submission(state="edited", title="Ngày hội thể thao")
    son = client.as_(cast.son)

    page = son.get("/quan-tri/bai/?q=bep an duc tho").text

    assert "Bếp ăn một chiều ở Đức Thọ" in page
    assert "Ngày hội thể thao" not in page
    assert re.search(r"Đã gửi\s*<span>1</span>", page)
    assert re.search(r"Đã biên tập\s*<span>0</span>", page)


@pytest.mark.parametrize(
    "asked", ["trang=-3", "trang=x", "trang=99999999999999999999", "q=" + "a" * 5000, "ky=;--",
              "don-vi=%27", "loai=x", "q=%25%5C_"]
)  # fmt: skip
def test_bad_words_in_the_address_are_no_error(make, cast, client, asked):
    make.submission(state="submitted")

    assert client.as_(cast.son).get(f"/quan-tri/bai/?{asked}").status_code == 200


def test_a_list_costs_at_most_twelve_statements(make, cast, client, statements):
    for _ in range(6):
        make.submission(state="submitted", with_picture=True)
    son = client.as_(cast.son)
    lists = ("/quan-tri/bai/", "/quan-tri/don-vi/", "/quan-tri/ban-truyen-thong/", "/quan-tri/ky/",
             "/quan-tri/thu-da-gui/", "/quan-tri/thu-den/", "/quan-tri/chuyen-muc/")  # fmt: skip

    for address in lists:
        with statements() as seen:
            son.get(address)
        assert len(seen) <= 12, (address, seen)


def test_every_step_of_the_definition_has_a_name_in_the_trail():
    from workflow import definitions

    triggers = {step.trigger for engine in definitions.engines().values() for step in engine.definition.steps}

    assert {f"submission:{trigger}" for trigger in triggers} - set(ACTIONS) == set()


def test_the_page_shows_the_text_of_its_revision_clean(make, cast, client):
    piece = make.submission(state="submitted", title="<b>Tít</b>", body="<p>Lời</p><script>alert(1)</script>")

    page = client.as_(cast.son).get(at(piece)).text

    assert "&lt;b&gt;Tít" in page
    assert "alert(1)" not in page
    assert db.session.scalars(select(Revision)).one().body == "<p>Lời</p>"


def test_a_collision_tells_every_part_that_differs_and_keeps_what_was_typed(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    submissions.claim(piece.id, by=cast.son)
    seen = typed(piece)
    make.category("le-hoi", "Lễ hội")
    writing.write(
        piece.id,
        make.manuscript("Tít mới", body=piece.revision.body, category="le-hoi", author_line="Lê Thị Mai"),
        by=cast.son,
        seen=piece.digest,
    )
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))

    answer = son.send(at(piece, "sua"), **seen)

    assert answer.status_code == 409
    for part in (
        "<ins>Tít mới</ins>",
        "<ins>Lễ hội</ins>",
        "<ins>Mai</ins>",
        "<del>anh.jpg: Ảnh 1.</del>",
    ):
        assert part in answer.text, part
    assert 'value="Tít của tôi"' in answer.text
    assert now_of(piece).revision.title == "Tít mới"


def test_a_text_sent_twice_is_one_revision(make, cast, client):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    son = client.as_(cast.son)
    page = son.get(at(piece, "sua")).text
    command = re.search(r'name="command" value="([^"]+)"', page)[1]
    son.read_token(at(piece, "sua"))

    answers = [son.send(at(piece, "sua"), **typed(piece), command=command) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert now_of(piece).revision.number == 2
