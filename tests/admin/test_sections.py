"""Sections of the forum end: retired with what they hold, or merged into another that shows their pieces."""

import json

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.submission import Category
from workflow import categories
from workflow.queries import desk, standings

pytestmark = pytest.mark.database

PAGE = "/quan-tri/chuyen-muc/"


@pytest.fixture
def mai(make, cast, client):
    for code, name in (("cu", "Mục cũ"), ("moi", "Mục mới"), ("xua", "Mục xưa")):
        categories.save(code, name_vi=name, name_en=code, by=None)
    visitor = client.as_(cast.mai)
    visitor.read_token(PAGE)
    return visitor


def acts() -> list[tuple[str, str]]:
    db.session.rollback()
    names = ("category:retire", "category:reopen", "category:merge")
    found = db.session.scalars(select(AuditEvent).where(AuditEvent.action.in_(names)).order_by(AuditEvent.id))
    return [(event.action, json.loads(event.payload)["category"]) for event in found]


def offered() -> set[str]:
    return {code for code, _ in desk.section_choices()}


def test_a_retired_section_is_offered_no_more_until_it_is_used_again(mai):
    assert mai.send(f"{PAGE}cu/ngung", reason="Không còn bài").status_code == 303
    assert "cu" not in offered()
    assert "cu" in {code for code, _ in desk.choices("sections")["sections"]}
    assert "Ngừng dùng" in mai.get(PAGE).text

    mai.send(f"{PAGE}cu/dung-lai")

    assert "cu" in offered()
    assert acts() == [("category:retire", "cu"), ("category:reopen", "cu")]


def test_a_merged_section_leads_to_its_heir_with_its_pieces(make, mai, client):
    piece = make.submission(state="published", category="cu")
    assert piece.revision.title in client.get("/chuyen-muc/cu").text

    mai.send(f"{PAGE}cu/gop", reason="Trùng nội dung", into="moi")

    answer = client.get("/chuyen-muc/cu")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/chuyen-muc/moi")
    assert piece.revision.title in client.get("/chuyen-muc/moi").text
    # At the desk too, by either name, and in the month's figures.
    figures = standings.figures(piece.period_id, paced=[])
    assert [(section["code"], section["value"]) for section in figures["sections"]] == [("moi", 1)]
    assert [piece.code in mai.get(f"/quan-tri/bai/?muc={code}").text for code in ("moi", "cu")] == [
        True,
        True,
    ]
    assert acts() == [("category:merge", "cu")]


def test_what_was_merged_before_goes_the_whole_way(mai, client):
    mai.send(f"{PAGE}xua/gop", reason="x", into="cu")
    mai.send(f"{PAGE}cu/gop", reason="x", into="moi")

    assert client.get("/chuyen-muc/xua").headers["Location"] == "/chuyen-muc/moi"


def test_a_text_put_under_a_merged_section_is_put_under_its_heir(mai, make, cast):
    mai.send(f"{PAGE}cu/gop", reason="x", into="moi")

    piece = make.submission(category="cu")

    assert piece.revision.category.code == "moi"


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("cu/ngung", {"reason": " "}, "Vui lòng ghi lý do."),
        ("cu/gop", {"reason": "x", "into": "cu"}, "chuyên mục khác đang dùng"),
        ("cu/gop", {"reason": "x", "into": ""}, "Không tìm thấy"),
        ("khong-co/ngung", {"reason": "x"}, "Không tìm thấy"),
        ("cu/dung-lai", {}, "đang dùng hoặc đã được gộp"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(mai, path, typed, says):
    mai.send(f"{PAGE}{path}", **typed)

    assert says in mai.get(PAGE).text
    assert acts() == []
    assert db.session.scalars(select(Category).where(Category.retired_at.is_not(None))).all() == []


def test_only_who_writes_sections_ends_one(mai, cast, client):
    khang = client.as_(cast.khang)

    khang.send(f"{PAGE}cu/ngung", reason="x")

    assert acts() == []
