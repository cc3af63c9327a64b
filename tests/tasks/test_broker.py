"""Messages that are done: acknowledged together, and not forgotten while Redis is away."""

import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from dramatiq import Message
from dramatiq.errors import ConnectionClosed

from tasks import delivery, working
from tasks.broker import ring, setup
from tasks.relay import relay_once
from tests.faults import proxy
from workflow.settings import settings

pytestmark = pytest.mark.database


@pytest.fixture
def taken(broker):
    """Three messages of one queue in one worker's hands: (consumer, messages)."""
    for number in (1, 2, 3):
        ring(broker, "default", [number])
    consumer = broker.consume("default")
    return consumer, [next(consumer) for _ in range(3)]


@pytest.fixture
def held(broker):
    """Messages that Redis still holds, and those of them that it believes a worker has."""

    def count():
        acks = broker.client.keys("dramatiq:__acks__*default")
        return broker.client.hlen("dramatiq:default.msgs"), sum(broker.client.scard(key) for key in acks)

    return count


def test_those_that_are_done_wait_for_each_other_and_the_last_one_takes_them_along(taken, held):
    consumer, (first, second, third) = taken

    consumer.ack(first)
    consumer.ack(second)
    assert held() == (3, 3)
    consumer.ack(third)

    assert held() == (0, 0)


def test_whoever_asks_for_more_tells_what_is_done(taken, held):
    consumer, (first, _second, _third) = taken
    consumer.ack(first)

    assert next(consumer) is None

    assert held() == (2, 2)


def test_many_are_taken_at_once_whatever_the_worker_asks_for(broker, held):
    for number in range(1, 31):
        ring(broker, "default", [number])

    next(broker.consume("default", prefetch=16))

    assert held() == (30, 30)


def test_what_could_not_be_told_is_told_by_the_next_consumer(taken, held, broker, monkeypatch):
    consumer, messages = taken

    def away(*_what):
        raise redis.ConnectionError("away")

    with monkeypatch.context() as patch:
        patch.setattr(broker, "acknowledge", away)
        for message in messages:
            # Which costs no thread its time: nothing is raised that Dramatiq would try again.
            consumer.ack(message)
        with pytest.raises(ConnectionClosed):
            next(consumer)
        consumer.close()
    assert held() == (3, 3)

    assert next(broker.consume("default")) is None

    assert held() == (0, 0)


def test_a_message_that_another_worker_was_given_is_not_acknowledged(taken, held, broker):
    consumer, messages = taken
    broker.client.delete(f"dramatiq:__acks__.{broker.broker_id}.default")

    for message in messages:
        consumer.ack(message)

    assert held() == (3, 0)


def test_what_a_lost_line_leaves_in_hand_still_counts_for_the_share_of_its_queue(broker):
    for number in range(12):
        ring(broker, "mail", [number])
    lost = broker.consume("mail")
    in_hand = [next(lost) for _ in range(6)]
    lost.close()
    following = broker.consume("mail")
    assert next(following) is None

    following.ack(in_hand[0])

    assert next(following) is not None
    assert next(following) is None


def test_what_was_given_back_is_no_longer_in_hand(broker):
    for number in range(6):
        ring(broker, "mail", [number])
    stopped = broker.consume("mail")
    stopped.requeue([next(stopped) for _ in range(6)])

    assert next(broker.consume("mail")) is not None


def test_what_was_fetched_and_not_begun_is_given_back_by_one_that_closes(broker, held):
    for number in range(30):
        ring(broker, "default", [number])
    unreadable, nameless = broker.client.lrange("dramatiq:default", 1, 2)
    forged = Message("default", "deliver_default", ([2],), {}, {}).encode()
    broker.client.hset("dramatiq:default.msgs", mapping={unreadable: "{}", nameless: forged})
    consumer = broker.consume("default")
    begun = next(consumer)

    consumer.close()
    consumer.close()

    assert broker.client.llen("dramatiq:default") == 27
    assert held() == (30, 3)
    consumer.ack(begun)
    assert held() == (29, 2)
    assert next(broker.consume("default")).args == ([3],)


@pytest.mark.parametrize("error", [redis.ConnectionError, redis.TimeoutError])
def test_one_that_closes_while_redis_is_away_leaves_it_at_that(broker, held, monkeypatch, error):
    for number in range(3):
        ring(broker, "default", [number])
    consumer = broker.consume("default")
    next(consumer)

    def away(*_what):
        raise error("away")

    monkeypatch.setattr(broker, "do_requeue", away)
    consumer.close()

    assert held() == (3, 3)


@pytest.fixture
def through_a_line(app, broker, set_to, monkeypatch):
    """The same Valkey, through a line that may fall silent: (broker, proxy)."""
    address = urlsplit(settings().redis_url)
    monkeypatch.setattr("tasks.broker.REDIS_TIMEOUT_SECONDS", 0.3)
    with proxy.before(Path(address.path)) as line:
        set_to(REDIS_URL=f"redis://127.0.0.1:{line.port}/?{address.query}")
        yield setup(app), line
        line.is_silent = False


def test_a_line_that_falls_silent_is_a_line_lost(through_a_line, held):
    broker, line = through_a_line
    for number in range(1, 4):
        ring(broker, "default", [number])
    consumer = broker.consume("default")
    first, second, third = (next(consumer) for _ in range(3))
    line.is_silent = True

    for tell in (lambda: consumer.nack(first), lambda: consumer.requeue([second]), lambda: next(consumer)):
        with pytest.raises(ConnectionClosed):
            tell()
    consumer.ack(third)

    assert held() == (3, 3)


def test_a_worker_stops_in_good_order_though_redis_is_silent(app, through_a_line, put, rows, monkeypatch):
    broker, line = through_a_line
    stop = threading.Event()

    def first_of_many(_rows):
        line.is_silent = True
        stop.set()
        return lambda: None

    monkeypatch.setitem(delivery.HANDLERS, "public_copy", first_of_many)
    monkeypatch.setitem(delivery.HANDLERS, "job", first_of_many)
    for number in range(3):
        put("public_copy", f"p{number}", attachment=number)
        put("job", f"j{number}", job="seal")
    relay_once(broker)

    working.run(app, broker, stop, threads=1)

    # What it had in hand when it was told may still be done; all else waits for another.
    states = [state for (state,) in rows("state")]
    assert set(states) <= {"done", "queued"}
    assert "done" in states and len(states) == 6
    assert stop.is_set()
