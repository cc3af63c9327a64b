"""The second step: nothing is open before it, a code opens once, and who needs it gets no further without (T01)."""

import json
import re
import time
from datetime import timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.people import RoleGrant
from models.second_step import CodeApp, RecoveryCode
from models.sign_in import DeviceSession
from models.vocabulary import Role
from tests.cast import PASSWORD
from workflow import accounts, code_apps, delegations, passkeys, second_step
from workflow.settings import settings

pytestmark = pytest.mark.database

STEP, MEANS = "/vao/buoc-hai", "/vao/hai-buoc"
HOME = "/quan-tri/"


@pytest.fixture
def required(monkeypatch):
    monkeypatch.setenv("SECOND_STEP_REQUIRED", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def app_of():
    """`app_of(account)`: her phone, set up; `.code()` is what it shows, each asked for later than the last."""

    class Phone:
        def __init__(self, account):
            self.totp = TOTP.from_uri(code_apps.propose(account))
            code_apps.confirm(account, self.code(-30))

        def code(self, later=0):
            return self.totp.generate(time.time() + later).token

    return Phone


def past_the_password(client, account):
    visitor = client.application.test_client()
    visitor.read_token("/vao/dang-nhap")
    assert visitor.send("/vao/dang-nhap", email=account.email, password=PASSWORD).status_code == 302
    visitor.read_token(STEP)
    return visitor


def is_inside(visitor):
    return visitor.get(HOME).status_code == 200


def events(account, *actions):
    db.session.rollback()
    query = select(AuditEvent).where(
        AuditEvent.stream == f"account:{account.id}", AuditEvent.action.in_(actions)
    )
    return [row.action for row in db.session.scalars(query.order_by(AuditEvent.id))]


# --- the app ------------------------------------------------------------------------------------------------------


def test_an_app_is_set_up_by_a_picture_and_asked_for_from_then_on(cast, client):
    son = client.as_(cast.son)
    page = son.send(f"{MEANS}/ung-dung").text
    key = re.search(r"<code>([A-Z2-7-]+)</code>", page)[1].replace("-", "")
    assert "<svg" in page
    assert "style=" not in page
    phone = TOTP(key=key, format="base32")

    done = son.send(f"{MEANS}/ung-dung/ma", code=phone.generate().token)

    assert done.text.count("<code>") == 10
    assert is_inside(son)
    visitor = past_the_password(client, cast.son)
    assert not is_inside(visitor)
    answer = visitor.send(STEP, code=phone.generate(time.time() + 30).token)
    assert (answer.status_code, answer.location) == (303, "/vao/tiep")
    assert is_inside(visitor)
    assert events(cast.son, "account:add_second_step", "account:new_codes") == [
        "account:add_second_step",
        "account:new_codes",
    ]


def test_half_way_nothing_is_open(cast, client, app_of, make):
    piece = make.submission(state="submitted")
    app_of(cast.son)
    son = past_the_password(client, cast.son)

    for path in (
        HOME,
        f"/quan-tri/bai/{piece.id}/",
        "/don-vi/",
        "/vao/tiep",
        "/vao/thiet-bi",
        MEANS,
        "/tep/1",
    ):
        answer = son.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, STEP), path
    assert son.send(f"/quan-tri/bai/{piece.id}/buoc/claim").status_code == 401
    assert events(cast.son, "account:sign_in") == []
    db.session.expire_all()
    assert piece.state == "submitted"


def test_after_the_step_one_is_where_one_was_going_and_the_token_is_another(cast, client, app_of):
    phone = app_of(cast.son)
    son = past_the_password(client, cast.son)
    with son.session_transaction() as kept:
        before = kept["ticket"]
    where = son.get("/quan-tri/bai/").location

    answer = son.post(where, data={"csrf_token": son.token, "code": phone.code()})

    assert answer.location == "/quan-tri/bai/"
    with son.session_transaction() as kept:
        assert kept["ticket"] != before
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account:sign_in")).one()
    assert json.loads(event.payload)["second_step"] == "app"


def test_a_code_opens_once_and_none_older_than_it(cast, client, app_of):
    phone = app_of(cast.son)
    code, older = phone.code(), phone.code(-30)
    first, second = past_the_password(client, cast.son), past_the_password(client, cast.son)

    assert first.send(STEP, code=code).status_code == 303
    assert second.send(STEP, code=code).status_code == 422
    assert second.send(STEP, code=older).status_code == 422
    assert not is_inside(second)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "٠١٢٣٤٥", "abcdef", "0" * 100_000, "½½½½½½"])
def test_what_is_no_code_is_no_error(cast, client, app_of, typed):
    app_of(cast.son)
    son = past_the_password(client, cast.son)

    assert son.send(STEP, code=typed).status_code == 422


def test_guessed_codes_end_before_a_shut_door(cast, client, app_of, superuser):
    phone = app_of(cast.son)
    son = past_the_password(client, cast.son)

    for _ in range(10):
        assert son.send(STEP, code="000000").status_code == 422
        with superuser.begin() as connection:
            connection.execute(
                text("UPDATE sign_in_tries SET wait_until = wait_until - interval '20 seconds'")
            )

    assert son.send(STEP, code=phone.code()).status_code == 429
    assert not is_inside(son)
    assert events(cast.son, "account:sign_in_failed", "account:lock") == ["account:sign_in_failed"] * 10 + [
        "account:lock"
    ]


def test_the_secret_is_sealed_and_worth_nothing_under_another_key(cast, app_of, monkeypatch):
    phone = app_of(cast.son)
    row = db.session.get_one(CodeApp, cast.son.id)
    assert phone.totp.key not in row.secret

    monkeypatch.setenv("SECRET_KEY", "another-key-of-this-house-32-letters")
    settings.cache_clear()

    assert not code_apps.is_right(cast.son, phone.code())
    monkeypatch.undo()
    settings.cache_clear()
    assert code_apps.is_right(cast.son, phone.code())


def test_an_app_that_was_never_confirmed_is_not_asked_for(cast, client):
    code_apps.propose(cast.son)

    assert is_inside(client.as_(cast.son))


def test_who_waits_too_long_with_the_second_step_begins_again(cast, client, app_of, superuser):
    phone = app_of(cast.son)
    son = past_the_password(client, cast.son)
    with superuser.begin() as connection:
        connection.execute(text("UPDATE device_session SET created_at = now() - interval '11 minutes'"))

    answer = son.send(STEP, code=phone.code())

    assert "/vao/dang-nhap" in answer.location
    assert not is_inside(son)


def test_a_role_taken_away_half_way_ends_the_half_as_well(cast, client, app_of):
    phone = app_of(cast.son)
    son = past_the_password(client, cast.son)
    given = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == cast.son.id)).one()

    accounts.revoke(given, by=cast.mai)

    assert "/vao/dang-nhap" in son.send(STEP, code=phone.code()).location
    assert db.session.scalars(select(DeviceSession.is_half)).all() == [True]


# --- codes on paper -----------------------------------------------------------------------------------------------


def test_a_code_on_paper_opens_once_and_the_others_stay(cast, client, app_of):
    app_of(cast.son)
    codes = second_step.new_codes(cast.son)
    assert len(set(codes)) == 10

    assert past_the_password(client, cast.son).send(STEP, code=f" {codes[0].upper()} ").status_code == 303
    assert past_the_password(client, cast.son).send(STEP, code=codes[0]).status_code == 422

    assert past_the_password(client, cast.son).send(STEP, code=codes[1].replace("-", "")).status_code == 303
    assert events(cast.son, "account:use_code") == ["account:use_code"] * 2


def test_only_digests_of_the_codes_are_kept_and_new_ones_void_the_old(cast, app_of):
    old = second_step.new_codes(cast.son)
    new = second_step.new_codes(cast.son)

    kept = db.session.scalars(select(RecoveryCode).where(RecoveryCode.account_id == cast.son.id)).all()
    assert len(kept) == 10
    assert {len(row.code_hash) for row in kept} == {32}
    assert not second_step.use_code(cast.son, old[0])
    assert second_step.use_code(cast.son, new[0])
    assert not second_step.use_code(cast.ha, new[1])


# --- who needs it -------------------------------------------------------------------------------------------------


def test_approver_and_administrator_set_it_up_before_anything_else(cast, client, required, make):
    piece = make.submission(state="edited")
    for person in (cast.minh, cast.mai):
        visitor = client.as_(person)
        answer = visitor.get(HOME)
        assert (answer.status_code, answer.location) == (303, f"{MEANS}?ve=/quan-tri/")
        assert "Vai trò của đồng chí cần xác thực hai bước." in visitor.get(answer.location).text
    minh = client.as_(cast.minh)

    refused = minh.send(f"/quan-tri/bai/{piece.id}/buoc/approve", seen=piece.digest)

    assert refused.status_code == 403
    assert "second_step_required" in refused.text
    db.session.expire_all()
    assert piece.state == "edited"
    assert is_inside(client.as_(cast.son))


def test_with_it_set_up_the_approver_approves(cast, client, required, make, app_of):
    piece = make.submission(state="edited")
    phone = app_of(cast.minh)
    minh = past_the_password(client, cast.minh)
    minh.send(STEP, code=phone.code())

    minh.send(f"/quan-tri/bai/{piece.id}/buoc/approve", seen=piece.digest)

    db.session.expire_all()
    assert piece.state == "approved"


def test_who_is_lent_the_approvers_role_needs_it_from_that_click_on(cast, client, required, clock_at, app_of):
    today = clock_at("2021-05-17 08:30").date()
    son = client.as_(cast.son)
    assert is_inside(son)
    phone = app_of(cast.son)

    delegations.give(
        cast.son,
        role=Role.APPROVER,
        since=today,
        until=today + timedelta(days=3),
        reason="Đi công tác.",
        by=cast.minh,
    )

    assert son.get(HOME).location == f"{STEP}?ve=/quan-tri/"
    son.read_token(STEP)
    assert (
        son.post(f"{STEP}?ve=/quan-tri/", data={"csrf_token": son.token, "code": phone.code()}).location
        == HOME
    )
    assert is_inside(son)


def test_the_last_way_of_who_needs_it_is_not_taken_away(cast, client, required, app_of, refused):
    app_of(cast.minh)
    assert refused(lambda: code_apps.remove(cast.minh)) == "last_second_step"

    app_of(cast.son)
    code_apps.remove(cast.son)

    assert is_inside(client.as_(cast.son))


def test_outside_a_rehearsal_it_is_required_unless_the_setting_says_otherwise(monkeypatch):
    from workflow.settings import Settings

    assert not Settings(TOASOAN_MODE="demo").second_step_required
    assert Settings(TOASOAN_MODE="production").second_step_required
    assert not Settings(TOASOAN_MODE="production", SECOND_STEP_REQUIRED="0").second_step_required


def test_an_administrator_starts_it_over_for_another_never_for_herself(cast, client, app_of, refused):
    app_of(cast.son)
    second_step.new_codes(cast.son)
    mai = client.as_(cast.mai)

    mai.send(f"/quan-tri/tai-khoan/{cast.son.id}/dat-lai-hai-buoc")

    assert is_inside(client.as_(cast.son))
    assert events(cast.son, "account:reset_second_step") == ["account:reset_second_step"]
    assert refused(lambda: second_step.start_over(cast.mai, by=cast.mai)) == "own_account"
    assert refused(lambda: second_step.start_over(cast.son, by=cast.ha)) == "forbidden"


def test_a_session_from_before_the_step_was_set_up_makes_no_codes_for_itself(cast, client, app_of):
    """Who has stolen the password and sits there already."""
    older = client.as_(cast.son)
    phone = app_of(cast.son)

    refused = [
        older.send(f"{MEANS}/{act}").status_code for act in ("ma-khoi-phuc", "ung-dung", "ung-dung/bo")
    ]

    assert refused == [403] * 3
    assert older.get(f"{MEANS}/khoa").location == f"{STEP}?ve={MEANS}/khoa"
    assert events(cast.son, "account:new_codes", "account:remove_second_step") == []
    older.read_token(STEP)
    older.send(STEP, code=phone.code())
    assert older.send(f"{MEANS}/ma-khoi-phuc").text.count("<code>") == 10


def test_the_pages_of_ones_ways_are_ones_own(cast, client, app_of):
    assert client.get(MEANS).status_code == 302
    ha = client.as_(cast.ha)

    assert ha.send(f"{MEANS}/khoa/999/bo").status_code == 404
    assert ha.send(f"{MEANS}/ung-dung/ma", code="000000").status_code == 422
    assert ha.get(MEANS).headers["Cache-Control"] == "no-store"


# --- passkeys -----------------------------------------------------------------------------------------------------

NONSENSE = [
    "",
    "null",
    "[]",
    "{",
    "[" * 20_000,
    json.dumps({"id": 1, "rawId": 2, "type": [], "response": "x"}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps(
        {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": {
                "clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "", "signature": "",
            },
        }
    ),
    json.dumps({"id": "☃", "rawId": "☃☃☃", "type": "public-key", "response": {"clientDataJSON": "☃"}}),
]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_answer_of_a_key_is_refused(cast, client, answer):
    son = client.as_(cast.son)
    son.get(f"{MEANS}/khoa")

    said = son.send(f"{MEANS}/khoa", answer=answer, name="Điện thoại")

    assert said.status_code == 422
    assert "passkey_refused" in said.text
    with son.session_transaction() as kept:
        assert kept["ticket"]
    number = db.session.scalars(select(DeviceSession.id)).one()
    assert not passkeys.is_right(cast.son, answer, session_id=number)
