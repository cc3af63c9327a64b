"""Changing one's own password, and passwords that are guessed first (ASVS 6.2)."""

import re

import pytest

from tests.cast import PASSWORD
from workflow import accounts, passwords
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
        "1qaz2wsx3edc", "dien-tap-2021", "ToaSoan.HaTinh.2026", "mam non giao duc 1", "Son Nguyen 1975",
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


def test_the_name_of_ones_own_unit_is_guessed_first(cast):
    unit = accounts.units_of(cast.binh)[0]

    with pytest.raises(Invalid, match="password_common"):
        passwords.refuse_common(f"{unit.short_name} 2026!", of=cast.binh)
    passwords.refuse_common(f"{unit.short_name} mùa hoa phượng", of=cast.binh)


def test_thousands_of_known_passwords_are_refused_however_they_are_spelt(cast):
    """ASVS 5, 6.2.4: three thousand at least; the list names none of them, so some are asked that stand in it."""
    known = [line for line in passwords.KNOWN.read_text("ascii").splitlines() if not line.startswith("#")]

    assert len(set(known)) >= 3000
    assert all(re.fullmatch("[0-9a-f]{12}", digest) for digest in known)
    for word in ("basketball", "Basketball", "Basket-Ball", "manchester", "microsoft1"):
        with pytest.raises(Invalid, match="password_known"):
            passwords.refuse_common(word, of=cast.son)
    passwords.refuse_common("basketball dưới mưa phùn", of=cast.son)


def test_what_is_too_long_is_told_by_its_length_and_compared_with_nothing(cast, client, monkeypatch):
    """Comparing costs more than its length: two million letters held a core for ten seconds."""
    monkeypatch.setattr(passwords, "refuse_common", lambda *_, **__: pytest.fail("was compared"))

    assert "Mật khẩu cần từ 10 đến 200 ký tự." in change(client.as_(cast.son), new="password" * 26).text


def test_wide_letters_are_letters(cast):
    with pytest.raises(Invalid, match="password_known"):
        passwords.refuse_common("ｂａｓｋｅｔｂａｌｌ", of=cast.son)


def test_the_page_says_why(cast, client):
    son = client.as_(cast.son)

    assert "Mật khẩu này dễ đoán." in change(son, new="matkhau2026").text
    assert "Mật khẩu này nằm trong danh sách mật khẩu đã bị lộ" in change(son, new="Basketball").text
    assert client.as_(cast.son), "the old one stands"


def test_a_known_password_is_told_in_english_too(cast, client):
    son = client.as_(cast.son)
    accounts.set_language(cast.son, "en")

    assert "This password is on a list of leaked passwords" in change(son, new="Basketball").text
