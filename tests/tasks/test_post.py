"""Letters over a real SMTP conversation, with each of its faults, and into the demo's folder."""

import smtplib
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from socket import create_server

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tasks.mail_server import BadSmtpUrl, MailServer
from tasks.message import Mailing, Sender, compose
from tasks.post import OutboxFolder, PermanentFailure, TemporaryFailure
from tests.mail_peer import mail_peer

FORUM = Sender(
    address="noreply-gdmn@example.edu.vn",
    name="Diễn đàn Giáo dục Mầm non Hà Tĩnh",
    reply_to="tinbai.gdmn@example.edu.vn",
)
PUBLISHED = Mailing(
    key="published|12|1",
    to_address="lan@example.edu.vn",
    to_name="Nguyễn Thị Lan",
    subject="[Kết quả] Đã đăng trên Diễn đàn: Bữa phụ của bé (GDMN-2021-05-0012)",
    text="Kính gửi: Nguyễn Thị Lan\n.\n..một dòng bắt đầu bằng dấu chấm\n",
    html="<p>Kính gửi: Nguyễn Thị Lan</p>\n",
    written_at=datetime(2021, 5, 20, 1, tzinfo=UTC),
    code="GDMN-2021-05-0012",
)
LETTER = compose(PUBLISHED, FORUM)


@pytest.fixture
def peer():
    with mail_peer() as running:
        yield running


def post(peer, seconds=5.0):
    return MailServer.at(peer.url, timeout_seconds=seconds)


def refusal(kind, peer, seconds=5.0):
    with pytest.raises(kind) as refused:
        post(peer, seconds).send(LETTER, LETTER.as_bytes())
    return refused.value


def test_a_letter_is_delivered_to_its_reader(peer):
    receipt = post(peer).send(LETTER, LETTER.as_bytes())

    assert receipt.server == f"127.0.0.1:{peer.port}"
    assert receipt.reply == "250 OK queued as 4711"
    assert abs(receipt.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert peer.senders == ["tinbai.gdmn@example.edu.vn"]
    assert peer.recipients == [["lan@example.edu.vn"]]
    assert peer.taken == [LETTER.as_bytes()]
    assert peer.letters()[0].get_body(("plain",)).get_content().splitlines() == PUBLISHED.text.splitlines()


def test_the_answer_to_a_mail_has_an_empty_return_path(peer):
    answer = compose(replace(PUBLISHED, is_answer=True), FORUM)
    post(peer).send(answer, answer.as_bytes())

    assert peer.senders == ["<>"]


@pytest.mark.parametrize(
    ("recipient", "data", "kind", "step"),
    [
        ("450 try again later", None, TemporaryFailure, "RCPT"),
        ("550 no such mailbox", None, PermanentFailure, "RCPT"),
        ("530 sign in first", None, TemporaryFailure, "RCPT"),
        ("554 5.7.1 <lan@example.edu.vn>: Relay access denied", None, TemporaryFailure, "RCPT"),
        ("550 relay not permitted", None, TemporaryFailure, "RCPT"),
        ("550 5.1.1 <relay@example.edu.vn>: no such user", None, PermanentFailure, "RCPT"),
        (None, "451 greylisted", TemporaryFailure, "DATA"),
        (None, "554 looks like spam", PermanentFailure, "DATA"),
        (None, "421 closing", TemporaryFailure, "DATA"),
    ],
)
def test_a_4xx_may_be_tried_again_and_a_5xx_may_not(peer, recipient, data, kind, step):
    if recipient:
        peer.to_recipient["lan@example.edu.vn"] = recipient
    if data:
        peer.to_data.append(data)

    failure = refusal(kind, peer)

    assert (failure.step, failure.reply) == (step, recipient or data)
    assert peer.taken == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("451 busy", TemporaryFailure),
        ("550 your address is blocked", TemporaryFailure),
        ("552 too large", PermanentFailure),
    ],
)
def test_a_server_that_refuses_the_sender_refuses_us_and_not_the_reader(peer, answer, kind):
    peer.to_mail = answer

    assert refusal(kind, peer).reply == answer


def test_who_slept_between_the_servers_354_and_the_letter_hangs_up(peer, monkeypatch):
    say = smtplib.SMTP.docmd

    def sleepy(self, command, arguments=""):
        answer = say(self, command, arguments)
        if command == "DATA":
            time.sleep(0.4)
        return answer

    monkeypatch.setattr(smtplib.SMTP, "docmd", sleepy)

    refusal(TemporaryFailure, peer, seconds=0.4)

    assert peer.taken == []


def test_a_server_that_hangs_after_data_is_given_up_in_time(peer):
    peer.to_data.append("hang")
    began = time.monotonic()

    failure = refusal(TemporaryFailure, peer, seconds=0.5)

    assert failure.step == "DATA"
    assert time.monotonic() - began < 5


def test_a_server_that_never_greets_is_given_up_in_time():
    with create_server(("127.0.0.1", 0)) as silent:
        silent_post = MailServer(host="127.0.0.1", port=silent.getsockname()[1], timeout_seconds=0.3)

        with pytest.raises(TemporaryFailure) as refused:
            silent_post.send(LETTER, LETTER.as_bytes())

    assert refused.value.step == "CONNECT"


def test_no_server_at_all_may_be_tried_again():
    with create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    with pytest.raises(TemporaryFailure):
        MailServer(host="127.0.0.1", port=port, timeout_seconds=2).send(LETTER, LETTER.as_bytes())


def test_a_line_dropped_after_250_is_a_letter_delivered(peer):
    peer.to_data.append("drop after 250")

    receipt = post(peer).send(LETTER, LETTER.as_bytes())

    assert receipt.reply == "250 OK"
    assert len(peer.taken) == 1


def test_a_letter_whose_250_was_lost_goes_again_with_the_same_message_id(peer):
    peer.to_data.append("drop before 250")

    refusal(TemporaryFailure, peer)
    post(peer).send(LETTER, LETTER.as_bytes())

    first, second = peer.letters()
    assert first["Message-ID"] == second["Message-ID"]
    assert peer.taken[0] == peer.taken[1]


def test_the_password_travels_only_under_tls(tmp_path):
    def knows(server, session, envelope, mechanism, data):
        return AuthResult(success=data == LoginPassword(b"toa soan", b"m@t/khau"), handled=False)

    server_side, client_side = certificate(tmp_path)
    with mail_peer(tls_context=server_side, authenticator=knows, auth_required=True) as guarded:
        address = f"localhost:{guarded.port}?starttls=1"
        right = MailServer.at(f"smtp://toa%20soan:m%40t%2Fkhau@{address}", timeout_seconds=5, tls=client_side)
        wrong = MailServer.at(f"smtp://toa%20soan:sai@{address}", timeout_seconds=5, tls=client_side)
        stranger = MailServer.at(f"smtp://{address}", timeout_seconds=5)

        right.send(LETTER, LETTER.as_bytes())
        failures = []
        for post in (wrong, stranger):
            with pytest.raises(TemporaryFailure) as refused:
                post.send(LETTER, LETTER.as_bytes())
            failures.append(refused.value.step)

    assert len(guarded.taken) == 1
    assert failures == ["LOGIN", "STARTTLS"]


def certificate(folder):
    """TLS for `localhost`: the server's side and that of a client who trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "localhost.pem"
    path.write_bytes(private + pem)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(path)
    return server_side, ssl.create_default_context(cadata=pem.decode())


def test_the_check_of_the_settings_sends_nothing(peer, tmp_path):
    assert post(peer).check() == f"127.0.0.1:{peer.port}"
    assert OutboxFolder(tmp_path / "outbox").check() == str(tmp_path / "outbox")

    assert peer.taken == []
    assert list((tmp_path / "outbox").iterdir()) == []


def test_the_demo_keeps_each_letter_once_in_a_folder(tmp_path):
    folder = OutboxFolder(tmp_path / "thư đi")

    receipts = [folder.send(LETTER, LETTER.as_bytes()), folder.send(LETTER, LETTER.as_bytes())]

    (kept,) = (tmp_path / "thư đi").iterdir()
    letter = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert kept.name.startswith("20210520T010000Z-")
    assert (kept.suffix, f"{kept.stat().st_mode:o}") == (".eml", "100644")
    assert [receipt.reply for receipt in receipts] == [kept.name, kept.name]
    assert str(letter["Subject"]) == PUBLISHED.subject


def test_a_folder_that_cannot_be_written_may_be_tried_again(tmp_path):
    (tmp_path / "outbox").write_text("a file stands where the folder should be")

    with pytest.raises(TemporaryFailure):
        OutboxFolder(tmp_path / "outbox").send(LETTER, LETTER.as_bytes())


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "starttls"),
    [
        ("smtp://127.0.0.1", "127.0.0.1", 25, False, False),
        ("smtp://an:mat@mail.example.edu.vn?starttls=1", "mail.example.edu.vn", 587, False, True),
        ("smtps://an:mat@mail.example.edu.vn", "mail.example.edu.vn", 465, True, False),
        ("smtps://mail.example.edu.vn:2465/", "mail.example.edu.vn", 2465, True, False),
        ("smtp://an:mat@localhost:1025", "localhost", 1025, False, False),
    ],
)
def test_the_address_says_how_to_reach_the_server(url, host, port, is_tls, starttls):
    server = MailServer.at(url, timeout_seconds=7)

    assert (server.host, server.port, server.is_tls, server.starttls) == (host, port, is_tls, starttls)
    assert server.timeout_seconds == 7
    assert "mat" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.edu.vn",
        "http://mail.example.edu.vn",
        "smtp://",
        "smtp://mail.example.edu.vn:chin",
        "smtp://mail.example.edu.vn/thu",
        "smtp://mail.example.edu.vn?tls=1",
        "smtps://mail.example.edu.vn?starttls=1",
        "smtp://an:bimat@mail.example.edu.vn",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_telling_the_password(url):
    with pytest.raises(BadSmtpUrl) as refused:
        MailServer.at(url)

    assert "bimat" not in str(refused.value)
