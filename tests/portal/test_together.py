"""Many of the unit's pieces at once, through the portal: what each would come to, the press, what came of each."""

import re

import pytest
from sqlalchemy import text

from models.base import db
from workflow import submissions

pytestmark = pytest.mark.database

PLACE = "/don-vi/cung-luc"


def rows() -> list[tuple[str, bool]]:
    """(state, is it discarded) of each piece, the oldest first."""
    db.session.rollback()
    asked = text("SELECT state, discarded_at IS NOT NULL FROM submission ORDER BY id")
    return [(row[0], row[1]) for row in db.session.execute(asked)]


def ticks(page: str) -> list[str]:
    return re.findall(r'name="chosen" value="([^"]+)"', page)


def test_drafts_are_thrown_away_together_and_come_back_together(make, cast, client, audited):
    drafts = [make.submission(title=f"Bản nháp {n}") for n in range(3)]
    binh = client.as_(cast.binh)
    assert PLACE in binh.get("/don-vi/").text
    page = binh.get(f"{PLACE}?buoc=discard").text
    command = re.search(r'name="command" value="([^"]+)"', page)[1]
    assert (sorted(ticks(page)), rows()) == (sorted(one.code for one in drafts), [("drafted", False)] * 3)
    binh.read_token(f"{PLACE}?buoc=discard")
    chosen = [drafts[0].code, drafts[2].code]

    answers = [binh.send(f"{PLACE}/discard", chosen=chosen, command=command) for _ in range(2)]

    assert ["Đã thực hiện với 2 trên 2 bài." in answer.text for answer in answers] == [True, True]
    assert rows() == [("drafted", True), ("drafted", False), ("drafted", True)]
    assert audited(drafts[0])[-1] == "submission:discard"
    causes = text(
        "SELECT count(*), count(DISTINCT cause) FROM audit_event WHERE action = 'submission:discard'"
    )
    assert tuple(db.session.execute(causes).one()) == (2, 1)
    assert sorted(ticks(binh.get(f"{PLACE}?buoc=restore").text)) == sorted(chosen)
    binh.send(f"{PLACE}/restore", chosen=chosen)
    assert rows() == [("drafted", False)] * 3


def test_what_may_not_be_withdrawn_is_told_with_its_reason_and_left(make, cast, client):
    waiting, taken = (make.submission(state="submitted", title=title) for title in ("Chờ nhận", "Đã nhận"))
    submissions.claim(taken.id, by=cast.son)
    binh = client.as_(cast.binh)
    page = binh.get(f"{PLACE}?buoc=withdraw").text
    binh.read_token(f"{PLACE}?buoc=withdraw")

    answer = binh.send(f"{PLACE}/withdraw", chosen=[waiting.code, taken.code])

    assert (ticks(page), "đã nhận bài này." in page) == ([waiting.code], True)
    assert "Đã thực hiện với 1 trên 2 bài." in answer.text
    assert rows() == [("drafted", False), ("submitted", False)]


def test_only_ones_own_pieces_and_steps_and_nothing_unticked(make, cast, client):
    ours = make.submission(title="Của Can Lộc")
    theirs = make.submission(title="Của Kỳ Anh", unit=cast.town_ky_anh, author=cast.nga)
    binh, lan = client.as_(cast.binh), client.as_(cast.lan)
    binh.read_token(f"{PLACE}?buoc=discard")

    nothing = binh.send(f"{PLACE}/discard")
    foreign = binh.send(f"{PLACE}/discard", chosen=[theirs.code])

    assert [answer.status_code for answer in (nothing, foreign)] == [422, 422]
    assert "Vui lòng chọn ít nhất một bài." in nothing.text
    for trigger in ("submit", "approve", "lapse", "write", "no-such"):
        assert binh.send(f"{PLACE}/{trigger}", chosen=[ours.code]).status_code == 404
    assert binh.get(f"{PLACE}?buoc=approve").status_code == 404
    # Lan writes and does not send: what others of her unit wrote is not hers to see.
    assert ours.code not in lan.get(PLACE).text or ours.created_by == cast.lan.id
    assert rows() == [("drafted", False)] * 2


def test_where_there_is_nothing_it_says_so(cast, client):
    assert "Không có bài nào để làm cùng lúc." in client.as_(cast.binh).get(PLACE).text
