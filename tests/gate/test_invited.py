"""A new person comes in by a link: once, within seven days, and nobody else by it."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from models.audit import AuditEvent
from models.base import db
from models.people import Account
from models.vocabulary import Purpose
from tests.clients import Client
from workflow import accounts, invitations, links

pytestmark = pytest.mark.database

PATH = links.PATHS[Purpose.INVITATION]
PASSWORD = "hoa phượng nở tháng năm"


@pytest.fixture
def newcomer(app: Flask) -> Account:
    return accounts.add("moi@example.edu.vn", full_name="Hồ Thị Mới", by=None)


def path_of(account: Account) -> str:
    link = invitations.link(account)
    return link[link.index(PATH) :]


def test_a_newcomer_chooses_a_password_and_signs_in_with_it(client: Client, newcomer: Account) -> None:
    path = path_of(newcomer)
    client.read_token(path)

    answer = client.send(path, password=PASSWORD, again=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/vao/dang-nhap")
    assert client.as_(newcomer, PASSWORD)
    told = db.session.query(AuditEvent.action).filter_by(stream=f"account:{newcomer.id}").all()
    assert "account:choose_password" in {row.action for row in told}


def test_a_link_works_once(client: Client, newcomer: Account) -> None:
    path, older = path_of(newcomer), path_of(newcomer)
    client.read_token(path)
    client.send(path, password=PASSWORD, again=PASSWORD)

    for used in (path, older):
        answer = client.get(used)
        assert answer.status_code == 422
        assert "invitation_invalid" in answer.text


def test_a_link_of_last_week_is_too_old(client: Client, newcomer: Account, superuser: Engine) -> None:
    path = path_of(newcomer)
    with superuser.begin() as connection:
        connection.execute(text("UPDATE one_time_link SET expires_at = expires_at - interval '8 days'"))

    answer = client.get(path)

    assert answer.status_code == 422
    assert "invitation_expired" in answer.text


@pytest.mark.parametrize(
    ("password", "again"),
    [("ngắn", "ngắn"), (PASSWORD, f"{PASSWORD}!"), ("", ""), ("Basketball", "Basketball")],
    ids=["short", "two", "none", "known"],
)
def test_a_password_that_will_not_do_keeps_the_link(
    client: Client, newcomer: Account, password: str, again: str
) -> None:
    path = path_of(newcomer)
    client.read_token(path)

    answer = client.send(path, password=password, again=again)

    assert answer.status_code == 200
    assert client.get(path).status_code == 200


def test_a_forged_link_and_a_shut_account_are_refused(client: Client, newcomer: Account, cast) -> None:
    path = path_of(newcomer)
    accounts.set_active(newcomer, False, by=cast.mai)

    assert client.get(path).status_code == 422
    assert client.get(f"{PATH}WzEsICJ4Il0.forged").status_code == 422
