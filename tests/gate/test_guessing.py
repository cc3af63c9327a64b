"""Who guesses passwords waits longer each time, then stands before a shut door, with or without Redis (T01, T02)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from sqlalchemy import select, text

import gate
from models.audit import AuditEvent
from models.base import db
from models.sign_in import SignInTries
from workflow import guessing
from workflow.settings import settings

pytestmark = pytest.mark.database

NOBODY = "khong-co@example.edu.vn"
WRONG = "sai-mat-khau"
RIGHT = "mat-khau-thu-nghiem"


@pytest.fixture
def guesser(client):
    """`guess(email)` from an address; the status, and the seconds one is told to wait."""
    client.read_token("/vao/dang-nhap")

    def guess(email, password=WRONG, address="10.0.0.1"):
        answer = client.post(
            "/vao/dang-nhap",
            data={"csrf_token": client.token, "email": email, "password": password},
            environ_overrides={"REMOTE_ADDR": address},
        )
        return answer.status_code, int(answer.headers.get("Retry-After", 0))

    return guess


@pytest.fixture
def pass_time(superuser):
    """Let the waits run out: as if they had been set so many seconds earlier."""

    def earlier(seconds):
        with superuser.begin() as connection:
            connection.execute(
                text(
                    "UPDATE sign_in_tries SET wait_until = wait_until - make_interval(secs => :s),"
                    " last_at = last_at - make_interval(secs => :s)"
                ),
                {"s": seconds},
            )

    return earlier


def wait_of(email):
    """The wait that the last wrong password cost, in seconds."""
    db.session.rollback()
    row = db.session.get_one(SignInTries, guessing.of_account(email))
    return int((row.wait_until - row.last_at).total_seconds()) if row.wait_until else 0


def events(*actions):
    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.action.in_(actions)).order_by(AuditEvent.id)
    return [(row.action, row.stream) for row in db.session.scalars(query)]


def test_the_waits_double_and_end_in_a_lock():
    patience = guessing.Patience(free=5, most=10, lock_seconds=900)

    assert [patience.wait_seconds(n) for n in range(1, 13)] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 900, 900, 900]


def test_a_wait_that_would_outgrow_the_lock_is_the_lock():
    patience = guessing.Patience(free=25, most=50, lock_seconds=900)

    assert patience.wait_seconds(49) == 900


def test_thirty_guesses_with_redis_stopped_end_before_a_shut_door(cast, guesser, pass_time, monkeypatch):
    def away(*_, **__):
        raise redis.ConnectionError("away")

    monkeypatch.setattr(redis.connection.Connection, "connect", away)
    monkeypatch.setattr(redis.connection.UnixDomainSocketConnection, "connect", away)
    waits, refusals = [], 0

    for _ in range(10):
        assert guesser(cast.son.email)[0] == 200
        waits.append(wait_of(cast.son.email))
        if waits[-1]:
            # However slow this machine is, the wait is not over yet.
            pass_time(-3600)
            refusals += guesser(cast.son.email)[0] == 429
            pass_time(3600 + (waits[-1] if waits[-1] < 900 else 0))
    refusals += [guesser(cast.son.email)[0] for _ in range(14)].count(429)

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 900]
    assert refusals == 20
    assert guesser(cast.son.email, RIGHT)[0] == 429
    assert events("account:lock") == [("account:lock", f"account:{cast.son.id}")]
    assert len(events("account:sign_in_failed")) == 10


def test_after_the_lock_the_right_password_opens_and_the_count_starts_anew(cast, guesser, pass_time):
    for _ in range(10):
        guesser(cast.son.email)
        pass_time(20)
    assert guesser(cast.son.email, RIGHT)[0] == 429

    pass_time(900)
    assert guesser(cast.son.email, RIGHT)[0] == 302

    assert guessing.standing(cast.son) is None


def test_after_the_lock_one_more_wrong_one_shuts_it_again(cast, guesser, pass_time):
    for _ in range(10):
        guesser(cast.son.email)
        pass_time(20)
    pass_time(900)

    assert guesser(cast.son.email)[0] == 200
    assert guesser(cast.son.email, RIGHT)[0] == 429
    assert wait_of(cast.son.email) == 900


def test_an_account_that_is_not_there_answers_like_one_that_is(
    cast, guesser, pass_time, statements, monkeypatch
):
    """The same words, the same waits, one Argon2 each and as many statements: no clock tells them apart either."""
    import flask_security.forms
    from flask_security import UserMixin

    hashes = []
    hashed, verified = flask_security.forms.hash_password, UserMixin.verify_and_update_password
    monkeypatch.setattr(flask_security.forms, "hash_password", lambda p: hashes.append(1) or hashed(p))
    monkeypatch.setattr(
        UserMixin, "verify_and_update_password", lambda self, p: hashes.append(1) or verified(self, p)
    )

    told = {}
    for email, address in ((cast.son.email, "10.0.0.1"), (NOBODY, "10.0.0.2")):
        hashes.clear()
        with statements() as seen:
            statuses = []
            for _ in range(9):
                statuses.append(guesser(email, address=address)[0])
                pass_time(60)
            pass_time(-3600)
            statuses.append(guesser(email, address=address)[0])
        told[email] = (statuses, len(hashes), len(seen))

    assert told[cast.son.email] == told[NOBODY]
    assert told[NOBODY][:2] == ([200] * 9 + [429], 9)


def test_what_a_guesser_reads_is_the_same_page(cast, client):
    client.read_token("/vao/dang-nhap")
    pages = []
    for email in (cast.son.email, NOBODY):
        answer = client.send("/vao/dang-nhap", email=email, password=WRONG)
        pages.append(answer.text.replace(email, "").replace(client.token, ""))

    same = [
        [line for line in page.splitlines() if "csp-nonce" not in line and "nonce=" not in line]
        for page in pages
    ]
    assert same[0] == same[1]
    assert "Địa chỉ thư hoặc mật khẩu không đúng." in pages[0]


def test_the_wait_is_told_in_words(cast, client, guesser, pass_time):
    for _ in range(9):
        guesser(cast.son.email, address="127.0.0.1")
        pass_time(20)
    for seconds, says in ((30, r"sau (2\d|30) giây\."), (200, r"sau 4 phút\.")):
        pass_time(-seconds)

        answer = client.send("/vao/dang-nhap", email=cast.son.email, password=RIGHT)

        assert answer.status_code == 429
        assert re.search(f"Vui lòng thử lại {says}", answer.text)


def test_writing_an_address_in_another_way_is_no_new_account_to_guess(cast, guesser, pass_time):
    wide = str.maketrans("example", "ｅｘａｍｐｌｅ")
    spellings = (
        cast.son.email,
        cast.son.email.upper(),
        f"son@{'example.edu.vn'.translate(wide)}",
        "son@example。edu.vn",
    )

    for number in range(10):
        assert guesser(spellings[number % 4])[0] == 200
        pass_time(20)

    assert [guesser(one, RIGHT)[0] for one in spellings] == [429] * 4
    assert len(events("account:sign_in_failed")) == 10
    assert {stream for _, stream in events("account:sign_in_failed")} == {f"account:{cast.son.id}"}


def test_two_accounts_from_one_address_do_not_shut_each_other_out(cast, guesser):
    for _ in range(6):
        guesser(cast.son.email)

    assert guesser(cast.ha.email, RIGHT)[0] == 302


def test_one_address_that_tries_everybody_is_shut_out_and_the_others_are_not(cast, guesser, pass_time):
    for number in range(49):
        guessing.attempt(f"nguoi{number}@example.edu.vn", address="10.0.0.1")
        pass_time(1000)
    assert guesser("nguoi50@example.edu.vn")[0] == 200

    assert guesser(cast.ha.email, RIGHT)[0] == 429
    assert guesser(cast.ha.email, RIGHT, address="10.0.0.2")[0] == 302
    assert events("account:lock_address") == [("account:lock_address", "settings:sign_in")]


def test_forty_guesses_at_once_are_no_cheaper_than_in_a_row(app, monkeypatch):
    shut_after_five = guessing.Patience(free=5, most=5, lock_seconds=900)
    monkeypatch.setattr(guessing, "patiences", lambda: (shut_after_five, shut_after_five))

    def one(_number):
        with app.app_context():
            return guessing.attempt(NOBODY, address="10.0.0.9").wait_seconds

    with ThreadPoolExecutor(8) as together:
        waits = list(together.map(one, range(40)))

    assert waits.count(0) == 5


def test_a_day_later_all_is_forgotten_and_swept_away(cast, guesser, pass_time):
    for _ in range(4):
        guesser(cast.son.email)
    pass_time(25 * 3600)

    assert guessing.standing(cast.son) is None
    assert guessing.purge() == 2
    assert db.session.scalars(select(SignInTries)).all() == []


def test_an_administrator_sees_the_lock_and_opens_it_on_record(cast, client, guesser, pass_time):
    mai = client.as_(cast.mai)
    for _ in range(10):
        guesser(cast.son.email)
        pass_time(20)
    page = f"/quan-tri/tai-khoan/{cast.son.id}/"
    assert "Tạm khóa đăng nhập thêm" in mai.get(page).text
    assert "Nhập sai mật khẩu 10 lần liên tiếp." in mai.get(page).text

    mai.send(f"{page}mo-khoa-dang-nhap")

    assert "lần liên tiếp" not in mai.get(page).text
    assert guesser(cast.son.email, RIGHT)[0] == 302
    assert events("account:unlock") == [("account:unlock", f"account:{cast.son.id}")]


def test_only_an_administrator_opens_it(cast, refused):
    assert refused(lambda: guessing.unlock(cast.son, by=cast.son)) == "forbidden"


def test_neither_the_address_nor_the_account_can_be_read_from_the_counts(cast, guesser):
    guesser(NOBODY)

    kept = str([vars(row) for row in db.session.scalars(select(SignInTries))])

    assert "khong-co" not in kept
    assert "10.0.0.1" not in kept


def test_a_guess_by_a_program_is_a_guess(cast, client, pass_time):
    client.read_token("/vao/dang-nhap")

    def guess():
        return client.post(
            "/vao/dang-nhap",
            json={"email": cast.son.email, "password": WRONG},
            headers={"X-CSRFToken": client.token},
        ).status_code

    assert [guess() for _ in range(5)] == [400] * 5
    pass_time(-60)
    assert guess() == 429
    assert events("account:sign_in_failed") == [("account:sign_in_failed", f"account:{cast.son.id}")] * 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("?", "?", True),
    ],
)
def test_a_whole_customer_of_ipv6_is_one_address(app, one, other, same):
    assert (guessing.of_address(one) == guessing.of_address(other)) is same


@pytest.mark.parametrize(
    ("trusted", "counted"), [("0", {"127.0.0.1": 2}), ("1", {"10.9.9.0": 1, "10.9.9.1": 1})]
)
def test_a_proxy_is_believed_only_where_the_house_was_told_to(app, client, monkeypatch, trusted, counted):
    monkeypatch.setenv("TRUSTED_PROXIES", trusted)
    settings.cache_clear()
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
    gate.believe_proxies(app)
    settings.cache_clear()
    client.read_token("/vao/dang-nhap")

    for number in range(2):
        client.post(
            "/vao/dang-nhap",
            data={"csrf_token": client.token, "email": NOBODY, "password": WRONG},
            headers={"X-Forwarded-For": f"10.9.9.{number}"},
        )

    kept = dict(db.session.execute(select(SignInTries.key, SignInTries.failures)).all())
    assert {address: kept.get(guessing.of_address(address)) for address in counted} == counted
