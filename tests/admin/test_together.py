"""Many pieces through the console: ticked or filtered, foretold piece by piece, pressed once, told piece by piece."""

import re

import pytest
from sqlalchemy import text

from models.base import db
from models.submission import Submission
from models.vocabulary import Role
from workflow import accounts, writing

pytestmark = pytest.mark.database

LIST = "/quan-tri/bai/"


def states() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(text("SELECT state FROM submission ORDER BY id")))


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_ticked_pieces_are_foretold_approved_and_told_one_by_one(make, cast, client, audited):
    accounts.grant(cast.ha, Role.APPROVER, by=None)
    pieces = [make.submission(state="edited", editor=editor) for editor in (cast.son, cast.ha, cast.son)]
    ha = client.as_(cast.ha)
    assert 'value="approve">Phê duyệt' in ha.get(f"{LIST}?trang-thai=ready").text

    page = ha.get(f"{LIST}cung-luc?buoc=approve&" + "&".join(f"chosen={piece.id}" for piece in pieces)).text

    assert "Thực hiện được với 2 trên 3 bài đã chọn." in page
    assert "Đồng chí đã biên tập bài này nên không thể tự phê duyệt." in page
    assert (states(), audited(cast.ha)) == (["edited"] * 3, [])
    ha.read_token(f"{LIST}cung-luc?buoc=approve&chosen={pieces[0].id}")
    sent = {"pieces": hidden(page, "pieces"), "command": hidden(page, "command")}
    answers = [ha.send(f"{LIST}cung-luc/approve", **sent) for _ in range(2)]

    assert ["Đã thực hiện với 2 trên 2 bài." in answer.text for answer in answers] == [True, True]
    assert states() == ["approved", "edited", "approved"]
    causes = text(
        "SELECT count(*), count(DISTINCT cause) FROM audit_event WHERE action = 'submission:approve'"
    )
    assert tuple(db.session.execute(causes).one()) == (2, 1)


def test_a_piece_that_was_edited_after_the_page_was_shown_is_left_and_told(make, cast, client):
    pieces = [make.submission(state="edited") for _ in range(2)]
    minh = client.as_(cast.minh)
    page = minh.get(f"{LIST}cung-luc?buoc=approve&tat-ca=1&trang-thai=ready").text
    minh.read_token(f"{LIST}cung-luc?buoc=approve&tat-ca=1")
    writing.write(
        pieces[0].id, make.manuscript("Tít khác"), by=cast.son, seen=pieces[0].digest, checklist=True
    )

    answer = minh.send(
        f"{LIST}cung-luc/approve", pieces=hidden(page, "pieces"), command=hidden(page, "command")
    )

    assert "Đã thực hiện với 1 trên 2 bài." in answer.text
    assert "Bài vừa được người khác xử lý." in answer.text
    assert states() == ["edited", "approved"]


def test_all_that_the_filters_find_are_set_aside_with_one_reason(make, cast, client):
    for unit in (cast.can_loc, cast.can_loc, cast.town_ky_anh):
        make.submission(state="submitted", unit=unit, author=cast.binh if unit is cast.can_loc else cast.nga)
    son = client.as_(cast.son)
    page = son.get(f"{LIST}cung-luc?buoc=set_aside&tat-ca=1&don-vi=h-can-loc").text
    son.read_token(f"{LIST}cung-luc?buoc=set_aside&tat-ca=1")

    without = son.send(
        f"{LIST}cung-luc/set_aside", pieces=hidden(page, "pieces"), command=hidden(page, "command")
    )
    assert "Vui lòng ghi lý do." in without.text
    son.send(
        f"{LIST}cung-luc/set_aside", pieces=hidden(page, "pieces"), command=hidden(page, "command"),
        reason="Bài quảng cáo.",
    )  # fmt: skip

    db.session.expire_all()
    reasons = db.session.scalars(text("SELECT set_aside_reason FROM submission ORDER BY id")).all()
    assert reasons == ["Bài quảng cáo.", "Bài quảng cáo.", None]


def test_nothing_ticked_goes_back_to_the_list_as_it_was(make, cast, client):
    make.submission(state="edited")
    minh = client.as_(cast.minh)

    answer = minh.get(f"{LIST}cung-luc?buoc=approve&trang-thai=ready&ky=2021-05")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/quan-tri/bai/?trang-thai=ready&ky=2021-05")


@pytest.mark.parametrize("trigger", ["write", "reclassify", "submit", "extend", "lapse", "x", "answer"])
def test_what_is_about_one_text_is_not_offered_together(make, cast, client, trigger):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)

    assert f'value="{trigger}"' not in son.get(f"{LIST}?trang-thai=sent").text
    assert son.get(f"{LIST}cung-luc?buoc={trigger}&chosen={piece.id}").status_code == 404


def test_an_auditor_is_offered_nothing_and_a_press_moves_nothing(make, cast, client):
    piece = make.submission(state="edited")
    khang = client.as_(cast.khang)

    assert 'name="buoc"' not in khang.get(LIST).text
    khang.send(f"{LIST}cung-luc/approve", pieces=f"{piece.id}={piece.digest}")
    assert states() == ["edited"]


@pytest.mark.parametrize("typed", ["", "x", "1", "=", "1=,2=", "9" * 30 + "=a", "٣=a"])
def test_a_tampered_pile_breaks_nothing(make, cast, client, typed):
    make.submission(state="edited")
    minh = client.as_(cast.minh)
    minh.read_token(f"{LIST}cung-luc?buoc=approve&tat-ca=1")

    assert minh.send(f"{LIST}cung-luc/approve", pieces=typed).status_code in (200, 303)
    assert states() == ["edited"]


def test_a_lost_race_at_the_button_is_told_with_409_and_is_no_refusal_on_record(make, cast, client, audited):
    piece = make.submission(state="edited")
    minh, ly = client.as_(cast.minh), client.as_(cast.ly)
    shown = ly.get(f"{LIST}{piece.id}/").text
    ly.read_token(f"{LIST}{piece.id}/")
    minh.read_token(f"{LIST}{piece.id}/")
    minh.send(f"{LIST}{piece.id}/buoc/approve", seen=piece.digest)

    answer = ly.send(f"{LIST}{piece.id}/buoc/approve", seen=piece.digest, version=hidden(shown, "version"))

    assert answer.status_code == 409
    assert "Bài vừa được người khác xử lý" in answer.text
    assert audited(cast.ly) == []


def test_the_same_command_for_another_press_is_a_409(make, cast, client):
    piece = make.submission(state="submitted")
    command = "7e0f0b9e-5d0c-4f37-9d2a-6f0a5a1d0001"
    son = client.as_(cast.son)
    son.read_token(f"{LIST}{piece.id}/")
    son.send(f"{LIST}{piece.id}/buoc/claim", command=command)

    answer = son.send(f"{LIST}{piece.id}/buoc/release", command=command)

    assert answer.status_code == 409
    assert "Mã lệnh này đã được dùng cho một thao tác khác." in answer.text
    db.session.expire_all()
    assert db.session.get_one(Submission, piece.id).claimed_by == cast.son.id
