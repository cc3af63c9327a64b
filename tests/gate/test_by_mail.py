"""Signing in by a link in a letter: once, by its button only, and the same answer for every address (T02)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.outbox import Letter, OutboxMessage
from models.second_step import OneTimeLink
from models.vocabulary import Purpose
from tasks import mailing
from tasks.letters import write
from workflow import accounts, guessing, invitations, letters, links, mail_sign_in, sessions

pytestmark = pytest.mark.database

ASK = "/vao/thu"
NOBODY = "khong-co@example.edu.vn"


@pytest.fixture
def post():
    """`post()` writes what waits in the outbox; the letters as they leave the house, newest last."""

    def write_all():
        db.session.rollback()
        for row in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all():
            if row.topic.startswith("letter:"):
                letters.keep(write(row.topic, row.payload))
        kept = db.session.scalars(select(Letter).order_by(Letter.id)).all()
        return [mailing.made_ready(letter) for letter in kept]

    return write_all


@pytest.fixture
def link_for(client, post):
    """The path of a link that somebody has asked for, as it stands in her letter."""

    def asked(account):
        client.read_token(ASK)
        assert client.send(ASK, email=account.email).status_code == 200
        return path_in(post()[-1].text)

    return asked


def path_in(words):
    return re.search(r"https?://[^/]+(/vao/\S+)", words)[1]


def pass_time(superuser, seconds):
    with superuser.begin() as connection:
        for table in ("one_time_link", "sign_in_tries"):
            column = "expires_at" if table == "one_time_link" else "wait_until"
            connection.execute(
                text(f"UPDATE {table} SET {column} = {column} - make_interval(secs => {seconds})")
            )


def events(*actions):
    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.action.in_(actions)).order_by(AuditEvent.id)
    return [(row.action, row.stream) for row in db.session.scalars(query)]


def is_inside(visitor):
    return visitor.get("/quan-tri/").status_code == 200


def test_a_letter_leads_to_a_button_and_the_button_inside(cast, client, link_for):
    path = link_for(cast.son)

    page = client.get(path)
    assert page.status_code == 200
    assert "Nguyễn Văn Sơn" in page.text
    assert not is_inside(client)
    client.read_token(path)
    answer = client.send(path)

    assert (answer.status_code, answer.location) == (303, "/vao/tiep")
    assert is_inside(client)
    assert events("account:ask_link", "account:sign_in") == [
        ("account:ask_link", f"account:{cast.son.id}"),
        ("account:sign_in", f"account:{cast.son.id}"),
    ]


def test_a_mail_scanner_that_opens_every_link_spends_nothing(cast, client, link_for):
    path = link_for(cast.son)

    for method in ("get", "head", "options"):
        for _ in range(3):
            getattr(client, method)(path)

    assert db.session.scalars(select(OneTimeLink.spent_at)).all() == [None]
    client.read_token(path)
    assert client.send(path).status_code == 303


def test_a_link_opens_once(cast, client, link_for):
    path = link_for(cast.son)
    client.read_token(path)
    client.send(path)
    other = client.application.test_client()
    other.read_token(ASK)

    assert other.get(path).status_code == 422
    answer = other.send(path)

    assert answer.status_code == 422
    assert "link_invalid" in answer.text
    assert not is_inside(other)


def test_eight_that_press_at_once_are_one_inside(cast, app, link_for):
    token = link_for(cast.son).rpartition("/")[2]

    def press(_number):
        with app.app_context():
            return links.spend(token, Purpose.SIGN_IN)

    with ThreadPoolExecutor(8) as together:
        spent = list(together.map(press, range(8)))

    assert sorted(one for one in spent if one) == [cast.son.id]


def test_a_link_is_good_for_a_quarter_of_an_hour(cast, client, link_for, superuser):
    path = link_for(cast.son)
    client.read_token(path)
    pass_time(superuser, 14 * 60)
    assert client.get(path).status_code == 200

    pass_time(superuser, 90)

    assert "link_expired" in client.get(path).text
    assert client.send(path).status_code == 422
    assert not is_inside(client)


def test_a_shut_account_gets_no_letter_and_its_links_open_nothing(cast, client, link_for, post):
    path = link_for(cast.son)
    accounts.set_active(cast.son, False, by=cast.mai)
    accounts.set_active(cast.son, True, by=cast.mai)
    assert client.get(path).status_code == 422

    accounts.set_active(cast.son, False, by=cast.mai)
    before = len(post())
    client.read_token(ASK)
    client.send(ASK, email=cast.son.email)

    assert len(post()) == before


def test_an_address_without_an_account_gets_the_same_answer_for_the_same_work(cast, client, statements, post):
    pages, work = [], []
    for email in (cast.son.email, NOBODY):
        client.read_token(ASK)
        with statements() as seen:
            answer = client.send(ASK, email=email)
        shown = [line for line in answer.text.splitlines() if "nonce" not in line and "csrf" not in line]
        pages.append((answer.status_code, shown))
        work.append([sql.split()[0] for sql in seen])

    assert pages[0] == pages[1]
    assert work[0] == work[1]
    assert "Nếu địa chỉ vừa nhập có tài khoản" in "".join(pages[1][1])
    assert [letter.to_address for letter in post()] == [cast.son.email]


def test_who_asks_again_and_again_waits_and_keeps_nobody_out(cast, client, superuser, post):
    client.read_token(ASK)

    statuses = []
    for _ in range(12):
        statuses.append(client.send(ASK, email=cast.son.email).status_code)
        pass_time(superuser, 20)

    assert statuses == [200] * 10 + [429] * 2
    assert db.session.query(OutboxMessage).count() == 10
    assert guessing.standing(cast.son) is None, "the password is not shut"
    path = path_in(post()[-1].text)
    client.read_token(path)
    assert client.send(path).status_code == 303
    assert is_inside(client)


def test_a_made_up_link_is_a_guess_from_this_address(cast, client):
    client.read_token(ASK)

    for number in range(3):
        assert client.send(f"{ASK}/bia-ra-{number}").status_code == 422

    assert events("account:sign_in_failed") == [("account:sign_in_failed", "settings:sign_in")] * 3


def test_only_the_digest_is_kept_and_nobody_reads_the_link_in_the_console(cast, client, link_for):
    token = link_for(cast.minh).rpartition("/")[2]

    row = db.session.scalars(select(OneTimeLink)).one()
    letter = db.session.scalars(select(Letter)).one()
    assert row.token_hash == sessions.digest(token)
    everything = db.session.execute(
        text("SELECT to_jsonb(l)::text || to_jsonb(o)::text FROM letter l, outbox o")
    )
    assert token not in "".join(everything.scalars())
    shown = client.as_(cast.mai).get(f"/quan-tri/thu-da-gui/{letter.id}")
    assert f"{ASK}/~{row.id}" in shown.text
    assert client.get(f"{ASK}/~{row.id}").status_code == 422


def test_a_mark_in_anothers_letter_stays_a_mark(cast, link_for):
    link_for(cast.minh)
    row = db.session.scalars(select(OneTimeLink)).one()
    quoted = f"Kính gửi: http://127.0.0.1:8021{ASK}/~{row.id}"

    assert links.opened(quoted, account_id=cast.son.id) == quoted
    assert links.opened(quoted, account_id=None) == quoted
    assert links.opened(quoted.replace(ASK, "/vao/loi-moi"), account_id=cast.minh.id) != links.opened(
        quoted, account_id=cast.minh.id
    )
    assert links.opened(quoted, account_id=cast.minh.id) != quoted


def test_an_administrator_who_invites_cannot_take_the_invited_ones_place(cast, client, post):
    """Else she could choose an approver's password and approve with it (R10)."""
    invitations.send(cast.minh, role="Người phê duyệt", by=cast.mai)

    path = path_in(post()[-1].text)

    letter = db.session.scalars(select(Letter)).one()
    shown = client.as_(cast.mai).get(f"/quan-tri/thu-da-gui/{letter.id}").text
    assert path not in shown
    assert path_in(letter.text) in shown
    assert client.get(path).status_code == 200


def test_an_invitation_is_no_link_to_sign_in(cast, client):
    token = invitations.link(cast.minh).rpartition("/")[2]

    assert client.get(f"{ASK}/{token}").status_code == 422
    assert links.spend(token, Purpose.SIGN_IN) is None


def test_the_page_is_kept_by_no_cache_and_told_to_no_other_house(cast, client, link_for):
    answer = client.get(link_for(cast.son))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_restored_backup_brings_no_link_back_to_life(cast, client, link_for):
    path, invited = link_for(cast.son), invitations.link(cast.minh).partition(":8021")[2]

    links.spend_everybodys()

    assert [client.get(one).status_code for one in (path, invited)] == [422, 422]


def test_old_links_are_swept_away(cast, link_for, superuser):
    link_for(cast.son)
    assert links.purge() == 0

    pass_time(superuser, 8 * 24 * 3600)

    assert links.purge() == 1


def test_the_link_signs_in_as_its_owner_whoever_was_here(cast, client, link_for):
    path = link_for(cast.son)
    ha = client.as_(cast.ha)
    ha.read_token(path)

    ha.send(path)

    assert "Nguyễn Văn Sơn" in ha.get("/vao/ra").text
    with pytest.raises(Exception, match="link_invalid"):
        mail_sign_in.holder(path.rpartition("/")[2])
