"""The page of lent roles: give, see, end, through the form."""

import pytest
from sqlalchemy import select

from models.base import db
from models.people import Delegation

pytestmark = pytest.mark.database

PAGE = "/quan-tri/uy-quyen/"


@pytest.fixture
def filled(cast):
    return {
        "role": "approver", "to": str(cast.phuong.id), "since": "2021-05-17", "last": "2021-05-21",
        "reason": "Đi công tác tại Hà Nội",
    }  # fmt: skip


def given():
    db.session.expire_all()
    return db.session.scalars(select(Delegation)).all()


def test_an_approver_lends_her_role_and_both_see_it(cast, client, clock_at, filled):
    clock_at("2021-05-17 08:30")

    answer = client.as_(cast.minh).send(f"{PAGE}trao", **filled)

    assert answer.status_code == 303
    [row] = given()
    assert (row.from_account_id, row.to_account_id, row.role) == (cast.minh.id, cast.phuong.id, "approver")
    assert f"{row.valid_from} {row.valid_to}" == "2021-05-17 2021-05-22"
    for reader in (cast.minh, cast.phuong, cast.khang):
        assert "Đi công tác tại Hà Nội" in client.as_(reader).get(PAGE).text
    assert "Đi công tác tại Hà Nội" not in client.as_(cast.son).get(PAGE).text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"to": ""}, "Vui lòng chọn người được ủy quyền."),
        ({"role": "admin"}, "Chỉ được ủy quyền vai trò của chính mình"),
        ({"role": "khong-co"}, "Vui lòng chọn vai trò."),
        ({"last": "2021-05-16"}, "Ngày kết thúc phải sau ngày bắt đầu."),
        ({"last": ""}, "Vui lòng chọn ngày."),
        ({"last": "9999-12-31"}, "Ngày “9999-12-31” không hợp lệ."),
        ({"reason": " "}, "Vui lòng ghi lý do."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, client, clock_at, filled, changed, says):
    clock_at("2021-05-17 08:30")

    answer = client.as_(cast.minh).send(f"{PAGE}trao", **{**filled, **changed})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{filled["since"]}"' in answer.text
    assert given() == []


def test_a_delegate_sees_the_approvers_button_and_is_told_whose_place_she_takes(
    make, cast, client, filled, clock_at
):
    piece = make.submission(state="edited")
    client.as_(cast.minh).send(f"{PAGE}trao", **filled)
    phuong = client.as_(cast.phuong)

    answer = phuong.send(f"/quan-tri/bai/{piece.id}/buoc/approve", seen=piece.digest)

    assert answer.status_code == 303
    page = client.as_(cast.khang).get(f"/quan-tri/bai/{piece.id}/").text
    assert "thay mặt Trần Quang Minh" in page


def test_the_lender_ends_it_and_nobody_else_may(cast, client, clock_at, filled):
    clock_at("2021-05-17 08:30")
    minh = client.as_(cast.minh)
    minh.send(f"{PAGE}trao", **filled)
    [row] = given()

    for person in (cast.phuong, cast.khang):
        client.as_(person).send(f"{PAGE}{row.id}/ket-thuc", reason="x")
    assert str(given()[0].valid_to) == "2021-05-22"
    minh.send(f"{PAGE}{row.id}/ket-thuc", reason="Về sớm")

    assert str(given()[0].valid_to) == "2021-05-17"
    assert "Đã chấm dứt ngay ngày đầu" in minh.get(PAGE).text


def test_who_has_nothing_to_lend_sees_no_form(cast, client):
    assert "Người được ủy quyền</label>" not in client.as_(cast.khang).get(PAGE).text


def test_the_page_costs_few_statements(cast, client, statements):
    minh = client.as_(cast.minh)
    with statements() as seen:
        minh.get(PAGE)

    assert len(seen) <= 12
