"""The outbox and Redis: what is waiting is handed on, what was lost comes back, what cannot be done is put aside."""

import threading
import time
from contextlib import contextmanager

import pytest
import redis
from dramatiq.middleware import TimeLimit
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.base import db
from models.outbox import Letter
from tasks import company, delivery
from tasks.broker import ring
from tasks.delivery import deliver
from tasks.leases import claim
from tasks.relay import AHEAD, relay_once
from workflow.engine.unit_of_work import bookkeeping
from workflow.settings import settings

pytestmark = pytest.mark.database


@pytest.fixture
def done(monkeypatch):
    """Effects of the topic `public_copy`, as a list of what was carried out."""
    effects = []

    def handler(rows):
        return lambda: effects.extend(row.payload["attachment"] for row in rows)

    monkeypatch.setitem(delivery.HANDLERS, "public_copy", handler)
    return effects


def test_a_waiting_row_is_marked_queued_and_then_rung_for(broker, put, rows, waiting):
    number = put("public_copy", "a", attachment=1)

    assert relay_once(broker) == 1

    assert rows("state") == [("queued",)]
    [(message, _)] = waiting()
    assert (message.queue_name, message.args) == ("media", ([number],))


def test_a_row_is_done_in_the_transaction_of_its_effect(broker, put, rows, work, done):
    put("public_copy", "a", attachment=1)

    work()

    assert done == [1]
    assert rows("state, attempts, error") == [("done", 1, "")]


def test_letters_travel_together_and_pictures_alone(broker, put, waiting):
    letters = [put("letter:receipt", f"l{n}", submission=0, event=0) for n in range(20)]
    pictures = [put("public_copy", f"p{n}", attachment=n) for n in range(2)]

    relay_once(broker)

    sizes = sorted((message.queue_name, len(message.args[0])) for message, _ in waiting())
    assert sizes == [("mail", 4), ("mail", 16), ("media", 1), ("media", 1)]
    assert len(letters) + len(pictures) == 22


def test_a_doubled_message_does_nothing_the_second_time(broker, put, rows, done):
    number = put("public_copy", "a", attachment=1)
    relay_once(broker)

    deliver([number])
    deliver([number, number])

    assert done == [1]


def test_a_forged_message_changes_nothing(broker, put, rows, done):
    number = put("public_copy", "a", attachment=1)

    deliver([number, 999_999])

    assert done == []
    assert rows("state, attempts") == [("new", 0)]


def test_a_message_that_nobody_took_is_rung_for_again(broker, put, rows, age, waiting):
    put("public_copy", "a", attachment=1)
    relay_once(broker)
    age(queued_at=20)

    assert relay_once(broker) == 1

    assert len(waiting()) == 2


def test_a_wiped_redis_is_noticed_before_the_long_wait_is_over(broker, put, age, waiting):
    put("public_copy", "a", attachment=1)
    relay_once(broker)
    broker.client.flushdb()
    age(queued_at=2)

    assert relay_once(broker) == 1

    assert len(waiting()) == 1


def test_a_row_that_was_queued_a_moment_ago_is_left_alone(broker, put):
    put("public_copy", "a", attachment=1)
    relay_once(broker)
    broker.client.flushdb()

    assert relay_once(broker) == 0


def test_while_redis_is_away_nothing_is_marked(broker, put, rows, no_redis):
    put("public_copy", "a", attachment=1)
    there, broker.client = broker.client, no_redis

    assert relay_once(broker) == 0
    broker.client = there

    assert rows("state") == [("new",)]


def test_redis_going_away_between_mark_and_ring_loses_nothing(
    broker, put, rows, age, work, done, monkeypatch
):
    put("public_copy", "a", attachment=1)
    with monkeypatch.context() as patch:
        patch.setattr("tasks.relay.ring", _raise(redis.ConnectionError("gone")))
        relay_once(broker)
    assert rows("state") == [("queued",)]
    age(queued_at=2)

    work()

    assert done == [1]


def _raise(error):
    def raising(*_args, **_how):
        raise error

    return raising


def test_a_dead_workers_row_comes_back_when_its_lease_is_over(broker, put, rows, age, work, done):
    number = put("public_copy", "a", attachment=1)
    relay_once(broker)
    assert claim([number])  # and then the worker is gone
    age(lease_until=121)

    relay_once(broker)
    age(next_at=10)
    work()

    assert done == [1]
    assert rows("state, attempts") == [("done", 1)]


def test_a_row_that_kills_its_worker_is_put_aside_after_its_last_try_and_its_neighbours_are_not(
    broker, put, rows, age, set_to, done
):
    set_to(ATTEMPTS=3)
    number = put("public_copy", "a", attachment=1)
    neighbours = [put("public_copy", f"n{n}", attachment=n) for n in (2, 3)]

    def die(held, *, suspects=True):
        assert len(claim(held, suspects=suspects)) == len(held)
        age(lease_until=121)
        relay_once(broker)
        age(next_at=10)
        relay_once(broker)

    relay_once(broker)
    die([number, *neighbours], suspects=False)
    assert rows("state, attempts, is_suspect") == [("queued", 0, True)] * 3
    for _ in range(2):
        die([number])
    # One of the neighbours was shot by somebody else, alone: that was its own try.
    die([neighbours[0]])
    die([number])
    assert claim(neighbours) == []
    for neighbour in neighbours:
        deliver([neighbour], True)

    assert rows("state, attempts, is_suspect, error") == [
        ("dead", 3, True, "Tiến trình xử lý dừng giữa chừng ở lần thử cuối cùng."),
        ("done", 2, False, ""),
        ("done", 1, False, ""),
    ]


def test_a_second_bell_for_a_suspect_that_is_done_stops_nobody(broker, put, rows, done):
    number = put("public_copy", "a", attachment=1)
    with bookkeeping() as session:
        session.execute(text("UPDATE outbox SET is_suspect = true"))
    relay_once(broker)
    deliver([number], True)
    assert rows("state") == [("done",)]
    again = threading.Thread(target=broker.get_actor("deliver_media").fn, args=([number], True))

    with company.joined():
        again.start()
        again.join(5)
        stood = again.is_alive()
    again.join()

    assert not stood


def test_a_suspect_is_not_blamed_for_another_that_is_long_at_work(broker, put, rows, set_to, age, done):
    set_to(LEASE_SECONDS="2")
    first, second = (put("public_copy", name, attachment=n) for n, name in enumerate("ab"))
    with bookkeeping() as session:
        session.execute(text("UPDATE outbox SET is_suspect = true"))
    relay_once(broker)

    other = threading.Thread(target=broker.get_actor("deliver_media").fn, args=([second], True))
    with company.joined(alone=True):
        # Longer than the second waits. Did the worker die now, it would be of the first.
        other.start()
        other.join(30)
        assert rows("state, attempts", f"id = {second}") == [("queued", 0)]

    age(queued_at=16)
    relay_once(broker)
    for number in (first, second):
        deliver([number], True)
    assert rows("state, attempts") == [("done", 1)] * 2


def test_waiting_at_the_threshold_costs_a_message_none_of_its_own_time(broker, put, done, monkeypatch):
    [limit] = (one for one in broker.middleware if isinstance(one, TimeLimit))
    me = threading.get_ident()
    seen = []

    @contextmanager
    def threshold(**_how):
        seen.append(limit.manager.deadlines.get(me))
        yield True
        seen.append(limit.manager.deadlines.get(me))

    monkeypatch.setattr(company, "joined", threshold)
    monkeypatch.setitem(
        delivery.HANDLERS,
        "public_copy",
        lambda rows: lambda: seen.append(limit.manager.deadlines[me] - time.monotonic()),
    )
    number = put("public_copy", "a", attachment=1)
    relay_once(broker)

    broker.emit_before("process_message", broker.get_actor("deliver_media").message([number]))
    deliver([number])

    waiting, left, after = seen
    assert waiting is None
    assert settings().lease_seconds / 2 - 30 < left <= settings().lease_seconds / 2
    assert after is None


def test_a_zombie_past_its_lease_writes_nothing(broker, put, rows, age, done):
    number = put("public_copy", "a", attachment=1)
    relay_once(broker)
    zombie = claim([number])
    age(lease_until=121)
    other = claim([number])

    delivery.carry_out(zombie)
    assert (done, rows("state")) == ([], [("running",)])
    delivery.carry_out(other)

    assert (done, rows("state, attempts")) == ([1], [("done", 2)])


def test_a_row_with_a_lease_is_nobody_elses(broker, put):
    number = put("public_copy", "a", attachment=1)
    relay_once(broker)
    assert claim([number])

    assert claim([number]) == []


def test_a_database_that_goes_away_after_the_effect_is_waited_for_and_the_effect_is_not_repeated(
    broker, put, rows, superuser, monkeypatch
):
    effects, written = [], []

    def handler(claimed):
        effects.extend(row.id for row in claimed)

        def then():
            pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            written.append(pid)
            if len(written) == 1:
                with superuser.begin() as other:
                    other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

        return then

    number = put("public_copy", "a", attachment=1)
    monkeypatch.setitem(delivery.HANDLERS, "public_copy", handler)
    relay_once(broker)

    deliver([number])

    assert effects == [number]
    assert len(written) == 2
    assert rows("state, attempts") == [("done", 1)]


def test_a_database_that_stays_away_is_not_waited_for_longer_than_the_row_is_ours(
    broker, put, monkeypatch, set_to
):
    set_to(LEASE_SECONDS=1)
    number = put("public_copy", "a", attachment=1)
    tries = []

    def away():
        tries.append(1)
        raise OperationalError("UPDATE", {}, Exception("away"))

    monkeypatch.setitem(delivery.HANDLERS, "public_copy", lambda claimed: away)
    relay_once(broker)

    deliver([number])

    assert len(tries) > 1


def test_an_unknown_error_is_tried_again_later(broker, put, rows, monkeypatch):
    number = put("public_copy", "a", attachment=1)
    monkeypatch.setitem(delivery.HANDLERS, "public_copy", _raise(RuntimeError("tràn đĩa")))
    relay_once(broker)

    deliver([number])

    assert rows("state, attempts, error, next_at > now() - interval '1 second'") == [
        ("new", 1, "RuntimeError: tràn đĩa", True)
    ]


def test_what_another_try_cannot_mend_is_put_aside_at_once(broker, put, rows):
    db.session.rollback()
    number = put("post", "a", letter=_letter(to_address="hai người@example.edu.vn"))
    relay_once(broker)

    deliver([number])

    assert rows("state, attempts") == [("dead", 1)]
    assert db.session.query(Letter).one().state == "failed"


def _letter(**changed):
    from workflow.engine.unit_of_work import change

    with change() as session:
        letter = Letter(
            **{
                "key": "receipt|lan@example.edu.vn|1",
                "kind": "receipt",
                "to_address": "lan@example.edu.vn",
                "to_name": "Trần Thị Lan",
                "subject": "[Tiếp nhận] Thử",
                "text": "Thử.",
                "html": "<p>Thử.</p>",
                "written_at": db.session.execute(text("SELECT now()")).scalar_one(),
                **changed,
            }
        )
        session.add(letter)
        session.flush()
        return letter.id


def test_no_more_rows_are_queued_than_the_next_seconds_need(broker, rows, app, set_to):
    set_to(REQUEUE_SECONDS=600)
    from sqlalchemy import text

    from workflow.engine.unit_of_work import bookkeeping

    with bookkeeping() as session:
        session.execute(
            text(
                "INSERT INTO outbox (key, topic, queue, payload) SELECT 'k' || n, 'public_copy', 'media', '{}'"
                " FROM generate_series(1, :many) AS n"
            ),
            {"many": AHEAD + 200},
        )

    assert (relay_once(broker), relay_once(broker)) == (AHEAD, 0)


def test_garbage_in_redis_is_not_believed(broker, put, rows, work, done):
    put("public_copy", "a", attachment=1)
    broker.client.rpush("dramatiq:media", "rubbish")
    ring(broker, "media", [10**30])

    work()

    assert done == [1]


@pytest.fixture
def letters(monkeypatch):
    """Letters that are written as told by their payload: `broken` ones fail."""
    written = []

    def write(rows):
        written.append([row.payload["n"] for row in rows])
        if any(row.payload.get("broken") for row in rows):
            raise RuntimeError("hỏng")
        return lambda: None

    monkeypatch.setitem(delivery.HANDLERS, "letter", write)
    return written


def test_rows_of_one_kind_are_done_together(broker, put, rows, letters):
    ids = [put("letter:receipt", f"l{n}", n=n) for n in range(3)]
    relay_once(broker)

    deliver(ids)

    assert letters == [[0, 1, 2]]
    assert rows("state, attempts") == [("done", 1)] * 3


def test_a_row_that_spoils_it_for_the_others_fails_alone(broker, put, rows, letters):
    ids = [put("letter:receipt", f"l{n}", n=n, broken=n == 1) for n in range(3)]
    relay_once(broker)

    deliver(ids)

    assert letters == [[0, 1, 2], [0], [1], [2]]
    assert rows("state, attempts, error") == [
        ("done", 1, ""), ("new", 1, "RuntimeError: hỏng"), ("done", 1, ""),
    ]  # fmt: skip


def test_a_row_that_was_tried_before_travels_alone(broker, put, age, waiting):
    number = put("letter:receipt", "poison", n=0)
    relay_once(broker)
    assert claim([number])  # and then the worker is gone
    waiting()
    age(lease_until=121)
    relay_once(broker)
    waiting()
    others = [put("letter:receipt", f"l{n}", n=n) for n in range(3)]
    age(next_at=10)

    relay_once(broker)

    assert sorted(message.args[0] for message, _ in waiting()) == [[number], others]
