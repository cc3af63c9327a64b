"""Between a mail server's 250 and our commit: who dies, sleeps or loses the database there gives no letter twice."""

from pathlib import Path

import pytest
from sqlalchemy import text

from models.base import db
from models.outbox import Letter
from tasks import delivery, leases
from tasks.relay import relay_once
from tests.mail_peer import mail_peer
from workflow import bounces, clock, letters
from workflow.engine.errors import Invalid
from workflow.engine.unit_of_work import change
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


def mark_of(row) -> Path:
    """Where the mark of a row stands; those of other tests stand beside it."""
    return settings().data / "given" / str(row.id)


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
    assert not mark_of(row).exists()


def test_a_bounce_that_came_before_it_was_written_down_stands(row, peer, rows, age, work):
    delivery.HANDLERS["post"]([row])  # and then the worker is gone
    with change():
        bounces.note_refused(row.payload["letter"], says="550 no such user")
    age(lease_until=121)
    work()
    age(next_at=10)
    work()

    letter = db.session.query(Letter).filter_by(kind="receipt").one()
    assert (letter.state, letter.error) == ("bounced", "550 no such user")
    assert letter.server == f"127.0.0.1:{peer.port}: 250 OK queued as 4711"
    assert rows("state", f"id = {row.id}") == [("done",)]


def test_a_torn_mark_is_read_as_far_as_it_goes(row, peer, rows, age):
    delivery.HANDLERS["post"]([row])
    mark_of(row).write_bytes(mark_of(row).read_bytes()[:-4] + b"\xe1\xbb\0\0")

    delivery.carry_out([row])

    assert (len(peer.taken), rows("state, error")) == (1, [("done", "")])


def test_a_mark_of_another_letter_is_not_believed(row, peer, rows):
    mark_of(row).parent.mkdir(exist_ok=True)
    mark_of(row).write_text("<another@example.edu.vn>\n250 OK")

    delivery.carry_out([row])

    assert len(peer.taken) == 1
    assert rows("state") == [("done",)]


def test_a_disk_that_takes_no_mark_holds_no_letter_back(row, peer, rows):
    mark_of(row).mkdir(parents=True)

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


def test_who_slept_through_the_last_try_writes_down_that_the_letter_is_away(
    row, peer, rows, age, broker, set_to
):
    then = delivery.HANDLERS["post"]([row])
    set_to(ATTEMPTS=1)
    with change() as session:
        session.execute(text("UPDATE outbox SET is_suspect = true"))
    age(lease_until=121)
    relay_once(broker)
    letter = db.session.query(Letter).one()
    assert (letter.state, rows("state")) == ("failed", [("dead",)])

    delivery._insist([row], then)

    assert (letter.state, rows("state, error")) == ("sent", [("done", "")])


def test_a_letter_is_not_sent_again_while_a_worker_has_it_and_never_by_two_rows(
    row, peer, rows, age, work, broker, cast
):
    letter = db.session.get(Letter, row.payload["letter"])
    with change():
        bounces.note_refused(letter.id, says="550 no such user")

    with pytest.raises(Invalid) as refused:
        letters.send_again(letter.id, reason="Hộp thư đã mở lại", by=cast.son)
    assert refused.value.code == "being_sent"

    age(lease_until=121)
    relay_once(broker)
    assert rows("state", f"id = {row.id}") == [("new",)]
    letters.send_again(letter.id, reason="Hộp thư đã mở lại", by=cast.son)
    work()

    assert rows("state", "topic = 'post' AND (payload->>'letter')::int = " + str(letter.id)) == [
        ("dismissed",), ("done",),
    ]  # fmt: skip
    assert sum("lan@example.edu.vn" in one["To"] for one in peer.letters()) == 1
    assert letter.state == "sent"


@pytest.mark.parametrize("wakes", ["before", "after"])
def test_who_slept_while_his_letter_came_back_and_was_sent_again_neither_stops_it_nor_speaks_for_it(
    row, peer, rows, age, work, broker, cast, wakes
):
    letter = db.session.get(Letter, row.payload["letter"])
    then = delivery.HANDLERS["post"]([row])
    with change():
        bounces.note_refused(letter.id, says="550 no such user")
    age(lease_until=121)
    relay_once(broker)
    letters.send_again(letter.id, reason="Hộp thư đã mở lại", by=cast.son)
    if wakes == "after":
        work()

    with pytest.raises(leases.LeaseLost):
        delivery._insist([row], then)

    if wakes == "before":
        assert (letter.state, len(peer.letters())) == ("waiting", 1)
        work()
    assert rows("state", "topic = 'post'") == [("dismissed",), ("done",)]
    sent = [one["Message-ID"] for one in peer.letters() if "lan@example.edu.vn" in one["To"]]
    assert sent == [letter.message_id] * 2
    db.session.expire_all()
    assert (letter.state, letter.error) == ("sent", "")


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
