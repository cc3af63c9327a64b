"""Changing one's own password, and passwords that are guessed first (ASVS 6.2)."""

import pytest

from tests.cast import PASSWORD
from workflow import passwords
from workflow.engine.errors import Invalid

pytestmark = pytest.mark.database

PAGE = "/vao/mat-khau"
NEW = "hoa phượng nở tháng năm"


def change(visitor, current=PASSWORD, new=NEW):
    return visitor.send(PAGE, current=current, password=new, again=new)


def test_a_new_password_opens_and_the_old_one_and_other_devices_do_not(cast, client):
    here, elsewhere = client.as_(cast.son), client.as_(cast.son)

    assert change(here).status_code == 303

    assert here.get("/quan-tri/").status_code == 200
    assert elsewhere.get("/quan-tri/").status_code == 303
    client.read_token("/vao/dang-nhap")
    assert client.send("/vao/dang-nhap", email=cast.son.email, password=PASSWORD).status_code == 200
    assert client.as_(cast.son, NEW)


def test_who_does_not_know_the_present_one_changes_nothing_and_is_counted(cast, client):
    son = client.as_(cast.son)

    answers = [change(son, current="sai-mat-khau").status_code for _ in range(5)]

    assert answers == [422] * 5
    assert change(son).status_code == 429
    assert client.as_(cast.ha)


def test_who_came_in_by_mail_chooses_a_first_one(cast, client):
    from models.base import db
    from workflow.engine.unit_of_work import bookkeeping

    son = client.as_(cast.son)
    with bookkeeping():
        cast.son.password = None
    db.session.rollback()

    assert "Mật khẩu hiện tại" not in son.get(PAGE).text
    assert change(son).status_code == 303
    assert client.as_(cast.son, NEW)


@pytest.mark.parametrize(
    "common",
    [
        "1234567890", "aaaaaaaaaaaa", "qwertyuiop", "Password123!", "matkhau2026", "Mật khẩu 123", "asdfghjkl;1",
        "son2021....", "NguyenVanSon1", "1q2w3e4r5t", "0987654321", "Hà Tĩnh 2021", "toasoan@2021", "9876543210",
        "1qaz2wsx3edc",
    ],
)  # fmt: skip
def test_what_guessers_try_first_is_refused(cast, common):
    with pytest.raises(Invalid, match="password_common"):
        passwords.refuse_common(common, of=cast.son)


@pytest.mark.parametrize(
    "good", [NEW, "mười hai con mèo", "correct horse battery", "Xe-dap-mau-xanh-2", "k3#vQ9!zLp2m"]
)
def test_a_sentence_is_taken(cast, good):
    passwords.refuse_common(good, of=cast.son)


def test_the_page_says_why(cast, client):
    son = client.as_(cast.son)

    assert "Mật khẩu này dễ đoán." in change(son, new="matkhau2026").text
