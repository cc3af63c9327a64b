"""A session is a row of ours: it ends with its row, whoever holds a copy of the cookie (T03, T04)."""

import json
import re

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.people import RoleGrant
from models.sign_in import DeviceSession
from models.vocabulary import Ending, Role
from workflow import accounts, committees, invitations, sessions
from workflow.queries import audit_check, private_words

pytestmark = pytest.mark.database

HOME = "/quan-tri/"
PASSWORD = "hoa phượng nở tháng năm"


def is_in(visitor, path=HOME):
    """Inside, or sent to the sign-in page: there is nothing else."""
    answer = visitor.get(path)
    if answer.status_code == 200:
        return True
    assert "/vao/dang-nhap" in answer.location
    return False


def copy_of(visitor):
    """Another browser with the same cookie, byte for byte."""
    thief = visitor.application.test_client()
    thief.set_cookie("session", visitor.get_cookie("session").value)
    return thief


def age(superuser, **columns):
    """Turn back what no clock of ours can: the database's own times."""
    changes = ", ".join(f"{name} = now() - CAST('{ago}' AS interval)" for name, ago in columns.items())
    with superuser.begin() as connection:
        connection.execute(text(f"UPDATE device_session SET {changes}"))


def endings():
    db.session.rollback()
    return sorted(
        str(one.value) if one else "open" for one in db.session.scalars(select(DeviceSession.ending))
    )


def test_a_copied_cookie_is_worth_nothing_after_signing_out(cast, client):
    son = client.as_(cast.son)
    thief = copy_of(son)
    assert is_in(thief)

    son.send("/vao/dang-xuat")

    assert not is_in(thief)
    assert endings() == ["sign_out"]


def test_signing_in_again_is_another_token_and_leaves_the_other_browser_alone(cast, client):
    at_work, at_home = client.as_(cast.son), client.as_(cast.son)

    at_work.send("/vao/dang-xuat")

    assert is_in(at_home)
    assert endings() == ["open", "sign_out"]


def test_the_database_keeps_only_the_digest_of_a_token_of_256_bits(cast, client):
    son = client.as_(cast.son)

    with son.session_transaction() as kept:
        token = kept["ticket"]
    assert len(token) == 43
    row = db.session.scalars(select(DeviceSession)).one()
    assert row.token_hash == sessions.digest(token)
    assert token not in str(list(vars(row).values()))


@pytest.mark.parametrize(
    ("columns", "inside"),
    [
        ({"seen_at": "29 minutes"}, True),
        ({"seen_at": "31 minutes"}, False),
        ({"created_at": "11 hours 59 minutes"}, True),
        ({"created_at": "12 hours 1 minute"}, False),
    ],
    ids=["busy", "idle", "old", "too-old"],
)
def test_half_an_hour_without_a_click_or_twelve_hours_in_all(cast, client, superuser, columns, inside):
    son = client.as_(cast.son)

    age(superuser, **columns)

    assert is_in(son) is inside


def test_a_rehearsal_that_jumps_a_month_signs_nobody_out(cast, client, clock_at):
    son = client.as_(cast.son)

    clock_at("2031-05-20 08:00")

    assert is_in(son)


ENDS = {
    "role": lambda cast: accounts.revoke(
        db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == cast.son.id)).one(), by=cast.mai
    ),
    "more": lambda cast: accounts.grant(cast.son, Role.PUBLISHER, by=cast.mai),
    "shut": lambda cast: accounts.set_active(cast.son, False, by=cast.mai),
    "password": lambda cast: invitations.accept(
        invitations.link(cast.son).rpartition("/")[2], password_hash="$argon2id$x"
    ),
}


@pytest.mark.parametrize("what", ENDS)
def test_the_next_click_is_signed_out_when_role_account_or_password_change(cast, client, what):
    son, ha = client.as_(cast.son), client.as_(cast.ha)

    ENDS[what](cast)

    assert not is_in(son)
    assert is_in(ha)
    assert endings() == ["open", "role" if what == "more" else what]


def test_who_leaves_a_committee_is_signed_out_of_it(make, cast, client):
    binh = client.as_(cast.binh)
    assert is_in(binh, "/don-vi/")
    [placed] = committees.standing(committees.in_force(cast.can_loc))

    committees.unseat(placed, on=make.clock_at("2021-05-18 08:00").date(), by=cast.son)

    assert not is_in(binh, "/don-vi/")


def test_neither_a_remembered_sign_in_nor_a_token_goes_past_the_session(cast, client):
    client.read_token("/vao/dang-nhap")
    answer = client.send("/vao/dang-nhap", email=cast.son.email, password="mat-khau-thu-nghiem", remember="y")
    assert answer.status_code == 302
    assert client.get_cookie("remember_token") is None
    token = cast.son.get_auth_token()

    stranger = client.application.test_client()

    assert not is_in(stranger, f"{HOME}?auth_token={token}")
    assert stranger.get(HOME, headers={"Authentication-Token": token}).status_code == 303
    assert client.get("/vao/verify").status_code == 404


def test_what_was_typed_when_the_session_ended_is_sent_again_after_signing_in(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    sessions.end_all(cast.son, Ending.ADMIN)
    typed = {"reason": "\nThiếu “ảnh”\n<b>& tên</b>", "command": ""}

    kept = son.send(f"/quan-tri/bai/{piece.id}/buoc/return", **typed)

    assert kept.status_code == 401
    assert "session_ended" in kept.text
    assert "\n\nThiếu “ảnh”\n&lt;b&gt;&amp; tên&lt;/b&gt;</textarea>" in kept.text
    assert f'action="/quan-tri/bai/{piece.id}/buoc/return"' in kept.text
    db.session.refresh(piece)
    assert piece.state == "submitted"

    # In another tab of the same browser; the page with the words stays as it is.
    again = son.send("/vao/dang-nhap", email=cast.son.email, password="mat-khau-thu-nghiem")
    assert again.status_code == 302
    assert son.send(f"/quan-tri/bai/{piece.id}/buoc/return", **typed).status_code == 303
    db.session.refresh(piece)
    assert piece.state == "drafted"


def test_words_left_by_one_person_are_not_sent_by_another(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    sessions.end_all(cast.son, Ending.ADMIN)
    son.send(f"/quan-tri/bai/{piece.id}/buoc/return", reason="Thiếu ảnh", command="")

    son.send("/vao/dang-nhap", email=cast.ha.email, password="mat-khau-thu-nghiem")

    assert son.send(f"/quan-tri/bai/{piece.id}/buoc/return", reason="x", command="").status_code == 400
    assert is_in(son)


def test_a_foreign_form_gets_no_page_to_send_it_again(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)
    sessions.end_all(cast.son, Ending.ADMIN)
    son.token = "of another house"

    assert son.send(f"/quan-tri/bai/{piece.id}/buoc/return", reason="x").status_code == 400


def test_who_was_signed_out_reads_so_above_the_form(cast, client):
    son = client.as_(cast.son)
    sessions.end_all(cast.son, Ending.ADMIN)
    says = "Phiên đăng nhập đã kết thúc. Vui lòng đăng nhập lại."

    assert says in son.get("/vao/dang-nhap").text
    assert says not in client.get("/vao/dang-nhap").text


def test_a_click_costs_one_read_and_a_write_only_once_a_minute(cast, client, statements, superuser):
    son = client.as_(cast.son)

    def spent():
        with statements() as seen:
            son.get("/vao/ra")
        return [sql.split()[0] for sql in seen if "device_session" in sql]

    assert spent() == ["SELECT"]
    age(superuser, seen_at="2 minutes")
    assert spent() == ["SELECT", "UPDATE"]
    assert spent() == ["SELECT"]


def test_my_devices_shows_mine_and_ends_one_or_all_others(cast, client):
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    at_work, lost, at_home = (client.as_(cast.son) for _ in range(3))
    client.as_(cast.ha)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE device_session SET device = 'Chrome, Android'"))
    phone = db.session.scalars(select(DeviceSession.id).order_by(DeviceSession.id)).all()[1]

    page = at_work.get("/vao/thiet-bi", headers={"User-Agent": chrome}).text
    assert page.count("<b>Chrome, Android</b>") == 3
    assert page.count("Thiết bị này") == 1
    assert "127.0.0.1" in page

    assert at_work.send(f"/vao/thiet-bi/{phone}").status_code == 303
    assert (is_in(at_work), is_in(lost), is_in(at_home)) == (True, False, True)

    at_work.send("/vao/thiet-bi/khac")
    assert (is_in(at_work), is_in(at_home)) == (True, False)
    assert endings() == ["devices", "devices", "open", "open"]


def test_nobody_ends_another_persons_session_from_there(cast, client):
    son, ha = client.as_(cast.son), client.as_(cast.ha)
    of_ha = db.session.scalars(select(DeviceSession.id).where(DeviceSession.account_id == cast.ha.id)).one()

    son.send(f"/vao/thiet-bi/{of_ha}")

    assert is_in(ha)


def test_members_of_a_unit_find_their_devices_from_their_own_door(make, cast, client):
    binh = client.as_(cast.binh)

    assert 'href="/vao/thiet-bi"' in binh.get("/don-vi/").text
    assert binh.get("/vao/thiet-bi").status_code == 200


def test_an_administrator_ends_all_of_somebodys_sessions_on_record(cast, client):
    son, mai = client.as_(cast.son), client.as_(cast.mai)
    assert "127.0.0.1" in mai.get(f"/quan-tri/tai-khoan/{cast.son.id}/").text

    mai.send(f"/quan-tri/tai-khoan/{cast.son.id}/ket-thuc-phien")

    assert not is_in(son)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_id, event.stream) == (
        "account:end_sessions", cast.mai.id, f"account:{cast.son.id}",
    )  # fmt: skip
    assert json.loads(event.payload)["sessions"] == 1
    assert audit_check.check().is_whole


def test_an_inspector_sees_but_ends_nothing(cast, client):
    son, khang = client.as_(cast.son), client.as_(cast.khang)

    khang.send(f"/quan-tri/tai-khoan/{cast.son.id}/ket-thuc-phien")

    assert is_in(son)
    assert "ket-thuc-phien" not in khang.get(f"/quan-tri/tai-khoan/{cast.son.id}/").text


def test_the_address_of_a_session_is_sealed_and_goes_when_it_is_forgotten(cast, client):
    from workflow import privacy
    from workflow.queries import sign_ins

    client.as_(cast.son)
    row = db.session.scalars(select(DeviceSession)).one()
    assert row.address.startswith(private_words.MARK)
    assert [one.address for one in sign_ins.devices(cast.son.id)] == ["127.0.0.1"]

    privacy.forget(cast.son, reason="Đề nghị của đồng chí Sơn", by=cast.mai)

    assert [one.address for one in sign_ins.devices(cast.son.id)] == [""]


def test_a_restored_backup_brings_no_session_back_to_life(cast, client):
    son, ha = client.as_(cast.son), client.as_(cast.ha)

    assert sessions.end_everybodys() == 2

    assert not is_in(son)
    assert not is_in(ha)


def test_the_clock_sweeps_what_is_over_and_nothing_else(cast, client, superuser):
    from tasks import timetable

    client.as_(cast.son)
    age(superuser, seen_at="2 days")
    ha, ly = client.as_(cast.ha), client.as_(cast.ly)
    ly.send("/vao/dang-xuat")

    timetable.run("sign_ins", "2021-05-17T01:40:00+00:00")

    assert endings() == ["open"]
    assert is_in(ha)


@pytest.mark.parametrize(
    ("url", "name", "flags"),
    [
        ("https://tinbai.example.edu.vn", "__Host-session", {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"}),
        ("http://127.0.0.1:8021", "session", {"HttpOnly", "Path=/", "SameSite=Lax"}),
    ],
)
def test_the_cookie_says_how_it_may_travel(app, url, name, flags):
    import gate

    before = dict(app.config)
    app.config.update(gate.cookie(url))
    try:
        set_cookie = app.test_client().get("/vao/dang-nhap", base_url=url).headers["Set-Cookie"]
    finally:
        app.config.update({key: before[key] for key in gate.cookie(url)})

    cookie, *said = (part.strip() for part in set_cookie.split(";"))
    assert cookie.partition("=")[0] == name
    assert set(said) == flags


@pytest.mark.parametrize(
    ("name", "path", "frame", "first"),
    [
        ("son", "/quan-tri/khong-co", "door-console", "/quan-tri/"),
        ("binh", "/don-vi/khong-co", "door-portal", "/don-vi/"),
        ("binh", "/don-vi/bai/khong-co", "door-portal", "/don-vi/"),
        ("binh", "/quan-tri/khong-co", "door-console", "/vao/tiep"),
        ("", "/don-vi/khong-co", "door-forum", "/"),
    ],
)
def test_a_wrong_address_is_told_in_the_frame_of_the_door_one_is_in(cast, client, name, path, frame, first):
    answer = (client.as_(getattr(cast, name)) if name else client).get(path)

    main = answer.text.partition('<main id="content"')[2].partition("</main>")[0]
    assert (answer.status_code, f'class="{frame}"' in answer.text) == (404, True)
    assert f'href="{first}"' in main
    assert re.search(r'<p class="small[^>]*>[^<]{10,}: <code>not_found</code></p>', main)
    assert ('<nav class="places' in answer.text) == (frame != "door-forum" and first != "/vao/tiep")
