"""A phone that sends twice, and two people at one text: one event, and the difference told."""

import re

import pytest
from sqlalchemy import text

from models.base import db
from tests.portal.test_writing import typed
from workflow import writing

pytestmark = pytest.mark.database


def command_on(page: str) -> str:
    return re.search(r'name="command" value="([^"]+)"', page)[1]


def count(table: str) -> int:
    db.session.rollback()
    return db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


@pytest.mark.parametrize(
    ("address", "words"), [("/don-vi/soan", typed()), ("/don-vi/gui-nhanh", {"words": "Bếp mới."})]
)
def test_a_draft_sent_twice_is_one_piece_and_another_text_keeps_what_was_typed(
    make, cast, client, address, words
):
    make.category()
    lan = client.as_(cast.lan)
    command = command_on(lan.get(address).text)

    answers = [lan.send(address, **words, command=command) for _ in range(2)]
    other = {**words, ("words" if "words" in words else "title"): "Chữ gõ thêm về sau"}
    back = lan.send(address, **other, command=command)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert count("submission") == 1
    assert back.status_code == 409
    assert "Chữ gõ thêm về sau" in back.text
    assert command_on(back.text) != command


def test_an_answer_pressed_twice_is_one_answer(make, cast, client):
    piece = make.submission(with_picture=True, consent=None)
    file = piece.revision.pictures[0].attachment_id
    lan = client.as_(cast.lan)
    command = command_on(lan.get(f"/don-vi/bai/{piece.code}").text)

    for _ in range(2):
        lan.send(f"/don-vi/bai/{piece.code}/tra-loi/{file}", consent="yes", command=command)

    assert count("consent_answer") == 1


def test_somebody_elses_text_is_shown_word_by_word_and_the_next_press_is_knowing(make, cast, client):
    piece = make.submission()
    code, seen = piece.code, piece.digest
    writing.write(
        piece.id, make.manuscript("Tít của Bình", school="Trường Mầm non Sao Mai"), by=cast.binh, seen=seen
    )
    lan = client.as_(cast.lan)
    mine = {**typed(), "title": "Tít của Lan", "seen": seen}

    answer = lan.send(f"/don-vi/bai/{code}/soan", **mine)

    assert answer.status_code == 409
    assert "<ins>Tít của Bình</ins>" in answer.text
    assert re.search(r"Trường Mầm non <del>Hoa</del> *<ins>Sao</ins>", answer.text)
    assert "Phan Đình Bình sửa:" in answer.text
    assert "Tít của Lan" in answer.text
    present = re.search(r'name="seen" value="([^"]+)"', answer.text)[1]
    again = lan.send(f"/don-vi/bai/{code}/soan", **{**mine, "seen": present})
    assert again.status_code == 303
    title = text("SELECT title FROM revision ORDER BY number DESC LIMIT 1")
    db.session.rollback()
    assert db.session.execute(title).scalar_one() == "Tít của Lan"
