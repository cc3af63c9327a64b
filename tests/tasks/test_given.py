"""Between a mail server's 250 and our commit: who dies, sleeps or loses the database there gives no letter twice."""

import pytest
from sqlalchemy import text

from models.base import db
from models.outbox import Letter
from tasks import delivery, leases
from tasks.relay import relay_once
from tests.mail_peer import mail_peer
from workflow import clock, letters
from workflow.settings import settings

pytestmark = pytest.mark.database


@pytest.fixture
def peer(set_to, broker):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        yield peer


@pytest.fixture
def row(peer, broker):
    """The row of one letter, claimed by a worker."""
    sheet = letters.Sheet(
        key="receipt|lan@example.edu.vn|1", kind="receipt", to_address="lan@example.edu.vn",
        to_name="Trần Thị Lan", subject="[Tiếp nhận] Thử", text="Thử.\n", html="<p>Thử.</p>\n",
        written_at=clock.now(),
    )  # fmt: skip
    assert letters.keep([sheet]) == 1
    relay_once(broker)
    [claimed] = leases.claim(db.session.scalars(text("SELECT id FROM outbox")).all())
    return claimed


def test_what_was_taken_before_its_worker_died_is_written_down_by_the_next(row, peer, rows, age, work):
    delivery.HANDLERS["post"]([row])  # and then the worker is gone
    age(lease_until=121)
    work()
    age(next_at=10)
    work()

    assert len(peer.taken) == 1
    assert rows("state, attempts, is_suspect") == [("done", 1, False)]
    letter = db.session.query(Letter).one()
    assert (letter.state, letter.server) == ("sent", f"127.0.0.1:{peer.port}: 250 OK queued as 4711")
    assert list((settings().data / "given").iterdir()) == []


def test_a_mark_of_another_letter_is_not_believed(row, peer, rows):
    (settings().data / "given").mkdir(exist_ok=True)
    (settings().data / "given" / str(row.id)).write_text("<another@example.edu.vn>\n250 OK")

    delivery.carry_out([row])

    assert len(peer.taken) == 1
    assert rows("state") == [("done",)]


def test_a_disk_that_takes_no_mark_holds_no_letter_back(row, peer, rows):
    (settings().data / "given").mkdir(exist_ok=True)
    (settings().data / "given" / str(row.id)).mkdir()

    delivery.carry_out([row])

    assert (len(peer.taken), rows("state")) == (1, [("done",)])


def test_who_slept_past_his_lease_before_the_letter_gives_nothing(row, peer, rows, age):
    age(lease_until=121)

    delivery.carry_out([row])

    assert (peer.taken, rows("state, attempts")) == ([], [("running", 1)])


def test_who_slept_past_his_lease_after_the_250_writes_it_down_unless_another_has_claimed_it(
    row, peer, rows, age, broker
):
    then = delivery.HANDLERS["post"]([row])
    age(lease_until=121)
    relay_once(broker)
    assert rows("state") == [("new",)]

    delivery._insist([row], then)

    assert (len(peer.taken), rows("state")) == (1, [("done",)])


def test_a_letter_that_was_refused_and_is_sent_again_is_the_same_letter(row, peer, rows, work, cast):
    peer.to_data = ["554 looks like spam"]
    delivery.carry_out([row])
    letter = db.session.query(Letter).one()
    assert (letter.state, rows("state")) == ("failed", [("dead",)])

    letters.send_again(letter.id, reason="Máy chủ đã nhận thư của chúng ta", by=cast.son)
    work()

    assert rows("key, state") == [
        (f"letter:{letter.id}:post", "dismissed"), (f"letter:{letter.id}:post:1", "done"),
    ]  # fmt: skip
    assert [one["Message-ID"] for one in peer.letters()] == [letter.message_id]
    assert letter.state == "sent"
