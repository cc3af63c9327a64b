"""Around one piece: talking, comparing versions, what a step will send, who has it open, what was typed."""

import re
import uuid

import pytest
from sqlalchemy import text

from models.base import db
from models.desk import Comment, KeptText
from models.submission import Submission
from tasks import letters
from tests.factories import ROAD
from workflow import deadlines, keeping, privacy, submissions, writing
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries.comments import said

pytestmark = pytest.mark.database


def at(piece: Submission, place: str = "") -> str:
    return f"/quan-tri/bai/{piece.id}/{place}"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_a_question_reaches_the_unit_and_its_answer_the_desk(make, cast, client):
    piece = make.submission(state="submitted")
    son, binh = client.as_(cast.son), client.as_(cast.binh)
    son.read_token(at(piece))
    command = str(uuid.uuid4())

    for _ in range(2):
        son.send(at(piece, "trao-doi"), text="Số liệu 85 trẻ lấy từ đâu?", audience="unit", command=command)
    son.send(at(piece, "trao-doi"), text="Ảnh 2 hơi mờ.", audience="internal")
    page = binh.get(f"/don-vi/bai/{piece.code}").text
    binh.read_token(f"/don-vi/bai/{piece.code}")
    binh.send(f"/don-vi/bai/{piece.code}/trao-doi", text="Từ sổ bán trú.", command=str(uuid.uuid4()))

    assert ("Số liệu 85 trẻ lấy từ đâu?" in page, "Ảnh 2 hơi mờ." in page) == (True, False)
    assert [row.text for row in said(piece.id, everything=True)] == [
        "Số liệu 85 trẻ lấy từ đâu?",
        "Ảnh 2 hơi mờ.",
        "Từ sổ bán trú.",
    ]
    assert "Từ sổ bán trú." in son.get(at(piece)).text
    privacy.forget(cast.binh, reason="Đề nghị của người viết.", by=None)
    for reader, page in ((son, at(piece)), (binh, f"/don-vi/bai/{piece.code}")):
        assert "Nội dung đã được xóa theo đề nghị của người viết." in reader.get(page).text


def test_who_reads_it_must_be_chosen_and_another_units_piece_is_not_there(make, cast, client):
    piece = make.submission(state="submitted")
    son, nga = client.as_(cast.son), client.as_(cast.nga)
    son.read_token(at(piece))
    nga.read_token("/don-vi/soan")

    page = son.send(at(piece, "trao-doi"), text="Câu hỏi.", follow_redirects="x")
    answer = nga.send(f"/don-vi/bai/{piece.code}/trao-doi", text="Câu hỏi.")

    assert (page.status_code, answer.status_code) == (303, 404)
    assert "Vui lòng chọn ai đọc được." in son.get(at(piece)).text
    assert db.session.query(Comment).count() == 0


def test_any_two_versions_are_compared_by_words(make, cast, client):
    piece = make.submission(state="submitted", title="Bếp ăn mới")
    submissions.claim(piece.id, by=cast.son)
    for title in ("Bếp ăn một chiều mới", "Bếp ăn một chiều"):
        now = db.session.get_one(Submission, piece.id, populate_existing=True)
        writing.write(piece.id, make.manuscript(title), by=cast.son, seen=now.digest)
    son = client.as_(cast.son)

    newest = son.get(at(piece, "so-sanh")).text
    across = son.get(at(piece, "so-sanh?tu=1&den=3")).text

    assert "một <del>chiều mới</del><ins>chiều</ins>" in newest
    assert plain(re.search(r'<dd class="compared">(.*?)</dd>', across, re.S)[1]) == "Bếp ăn mớimột chiều"
    assert "không khác nhau chỗ nào" in son.get(at(piece, "so-sanh?tu=2&den=2")).text
    assert son.get(at(piece, "so-sanh?tu=1&den=9")).status_code == 404
    assert at(piece, "so-sanh") in son.get(at(piece)).text


@pytest.mark.parametrize(
    ("state", "who", "trigger", "kind", "answers"),
    [
        ("submitted", "son", "return", "returned", {"reason": "Thiếu ảnh."}),
        ("submitted", "son", "set_aside", "set_aside", {"reason": "Trùng."}),
        ("edited", "minh", "approve", "approved", {}),
        ("approved", "phuong", "publish", "published", {}),
        ("published", "phuong", "retract", "retracted", {"reason": "Sai số liệu."}),
    ],
)
def test_the_page_tells_how_many_letters_a_step_sends_and_so_many_go(
    make, cast, client, state, who, trigger, kind, answers
):
    piece = make.submission(state=state)
    page = client.as_(getattr(cast, who)).get(at(piece)).text
    form = page.index(f"buoc/{trigger}")
    told = re.search(r"Sẽ gửi (\d+) thư", page[form:])

    asked = {**answers, **({"seen": piece.digest} if trigger in ("approve", "publish") else {})}
    submissions.perform(piece.id, trigger, by=getattr(cast, who), **asked)
    sent = db.session.execute(
        text("SELECT payload FROM outbox WHERE topic = :topic"), {"topic": f"letter:{kind}"}
    ).scalar_one()

    assert told is not None
    assert int(told[1]) == len(letters.write(f"letter:{kind}", sent)) > 0


def test_somebody_else_who_has_it_open_is_told_and_forgotten_when_she_is_gone(make, cast, client):
    piece = make.submission(state="submitted")
    son, ha = client.as_(cast.son), client.as_(cast.ha)

    assert "đang mở bài này" not in ha.get(at(piece)).text
    ha.read_token(at(piece))
    assert "Lê Thị Hà cũng đang mở bài này." in son.get(at(piece)).text
    ha.get(at(piece, "sua"))
    son.read_token(at(piece))
    assert son.send(at(piece, "dang-mo")).json == {"says": "Lê Thị Hà đang sửa bài này."}
    with bookkeeping() as session:
        session.execute(text("UPDATE open_piece SET seen_at = now() - interval '3 minutes'"))
    assert son.send(at(piece, "dang-mo")).json == {"says": ""}
    assert son.send("/quan-tri/bai/999999/dang-mo").status_code == 404


def test_what_was_typed_is_kept_offered_taken_back_and_gone_when_saved(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    submissions.claim(piece.id, by=cast.son)
    file = piece.revision.pictures[0].attachment_id
    typed = {
        "title": "Tít gõ dở", "summary": "", "body": "<div>Đang gõ</div>", "category": "ban-tru",
        "author_line": "Lan", "author_title": "", "school": "", "seen": piece.digest,
        f"caption-{file}": "Chú thích gõ dở",
    }  # fmt: skip
    son, ha = client.as_(cast.son), client.as_(cast.ha)
    son.read_token(at(piece, "sua"))

    assert son.send(at(piece, "giu"), **typed, state="published", version="9").status_code == 200
    fresh = client.as_(cast.son)
    offered = fresh.get(at(piece, "sua")).text
    back = fresh.get(at(piece, "sua?lay-lai=1")).text

    assert "chưa lưu." in offered and "Tít gõ dở" not in offered
    assert 'value="Tít gõ dở"' in back and "Chú thích gõ dở" in back and "Đang gõ" in back
    assert "Lấy lại bản gõ dở" not in ha.get(at(piece, "sua")).text
    assert set(db.session.query(KeptText).one().fields) == set(typed)
    fresh.read_token(at(piece, "sua"))
    assert fresh.send(at(piece, "sua"), **typed).status_code == 303
    assert keeping.kept(piece.id, by=cast.son) is None


def test_what_was_kept_over_an_older_text_meets_the_newer_one_side_by_side(make, cast, client):
    piece = make.submission(state="submitted", title="Tít đầu")
    submissions.claim(piece.id, by=cast.son)
    typed = {
        "title": "Tít của tôi", "summary": "", "body": "<div>Của tôi</div>", "category": "ban-tru",
        "author_line": "Lan", "author_title": "", "school": "", "seen": piece.digest,
    }  # fmt: skip
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))
    son.send(at(piece, "giu"), **typed)
    writing.write(piece.id, make.manuscript("Tít của Hà"), by=cast.son, seen=piece.digest)

    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', son.get(at(piece, "sua?lay-lai=1")).text)[1]
    answer = son.send(at(piece, "sua"), **{**typed, "seen": seen})

    assert answer.status_code == 409
    left, right = re.search(
        r">Tiêu đề</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", answer.text, re.S
    ).groups()
    assert (plain(left), plain(right)) == ("Tít của Hà", "Tít của tôi")
    assert keeping.kept(piece.id, by=cast.son) is not None


def test_what_is_not_wanted_is_dropped_and_hostile_fields_are_not_kept(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    son.read_token(at(piece, "sua"))

    son.send(at(piece, "giu"), title="a", **{"caption-x": "1", "drop-1": "1", "csrf_token2": "x"})
    assert db.session.query(KeptText).one().fields == {"title": "a", "drop-1": "1"}
    son.send(at(piece, "giu/bo"))

    assert db.session.query(KeptText).count() == 0
    assert son.send("/quan-tri/bai/999999/giu", title="x").status_code == 404


def test_the_page_of_a_piece_costs_at_most_twelve_statements_in_every_state_for_everybody(
    make, cast, client, statements
):
    pages = {state: at(make.submission(state=state, with_picture=True)) for state in ROAD}
    pages["late"] = at(make.submission(with_picture=True))
    make.clock_at("2021-05-21 08:30")
    deadlines.sweep()
    cost = {}

    for name in ("son", "minh", "phuong", "khang", "mai"):
        visitor = client.as_(getattr(cast, name))
        for state, page in pages.items():
            with statements() as seen:
                assert visitor.get(page).status_code == 200
            cost[name, state] = seen

    assert {key: sent for key, sent in cost.items() if len(sent) > 12} == {}
