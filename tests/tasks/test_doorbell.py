"""The bell: who puts work into the outbox wakes the relay when it is committed, and is held up by nothing."""

import pytest
import redis

import toasoan
from tasks import doorbell
from workflow import outbox
from workflow.engine import bell
from workflow.engine.unit_of_work import bookkeeping

pytestmark = pytest.mark.database


@pytest.fixture
def rings(broker):
    """How often the relay's bell was rung since it was asked last."""

    def count() -> int:
        found = broker.client.llen(doorbell.RELAY)
        broker.client.delete(doorbell.RELAY)
        return found

    doorbell.let_go()
    yield count
    doorbell.let_go()


def test_the_bell_rings_once_when_the_request_is_through(app, rings):
    with app.app_context():
        with bookkeeping():
            outbox.put("public_copy", "a", {"attachment": 1})
            outbox.put("public_copy", "b", {"attachment": 2})
        assert rings() == 0

    assert rings() == 1


def test_a_request_that_gives_nothing_to_do_does_not_ring(app, rings, client):
    assert client.get("/").status_code == 200

    assert rings() == 0


def test_who_waits_at_the_bell_hears_what_was_rung_before_it_came(broker):
    doorbell.press(broker.client, "toasoan:bell:test")

    assert doorbell.wait(broker.client, "toasoan:bell:test", seconds=5)
    assert not doorbell.wait(broker.client, "toasoan:bell:test", seconds=0.01)


def test_rings_that_nobody_answers_do_not_pile_up(broker):
    for _ in range(3 * doorbell.RINGS_KEPT):
        doorbell.press(broker.client, "toasoan:bell:test")

    assert broker.client.llen("toasoan:bell:test") == doorbell.RINGS_KEPT


def test_a_redis_that_does_not_answer_is_asked_once_and_then_left_alone(app, rings, monkeypatch):
    asked = []

    def silent(_client, name):
        asked.append(name)
        raise redis.TimeoutError

    monkeypatch.setattr(doorbell, "press", silent)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    for key in ("a", "b"):
        with app.app_context(), bookkeeping():
            outbox.put("public_copy", key, {"attachment": 1})

    assert asked == [doorbell.RELAY]


def test_a_worker_takes_its_message_at_the_bell_and_hears_of_no_delayed_ones(broker, put):
    from tasks.broker import QUEUE_NAMES
    from tasks.relay import relay_once

    put("public_copy", "a", attachment=1)
    relay_once(broker)
    consumer = broker.consume("media")

    assert next(consumer).actor_name == "deliver_media"
    assert broker.get_declared_queues() == set(QUEUE_NAMES)
    assert broker.get_declared_delay_queues() == set()


def test_a_house_that_is_about_to_fork_holds_no_line_to_redis(app, rings, monkeypatch):
    """Each copy would close the line again, under a number that is a file of its own by then."""
    lines = []

    def load(_hash):
        bell.pull()
        yield "Đã nạp."

    monkeypatch.setattr(toasoan, "stand_up", lambda _say: None)
    monkeypatch.setattr(toasoan.wsgi, "founded", lambda _create, **_: app)
    monkeypatch.setattr(toasoan.loading, "load", load)
    monkeypatch.setattr(toasoan.signal, "signal", lambda *_: None)
    monkeypatch.setattr(toasoan.supervisor, "status", lambda _data: "there")
    monkeypatch.setattr(
        toasoan.supervisor, "run", lambda *_, **__: lines.append(doorbell._client.cache_info().currsize)
    )

    toasoan._run(demo=True)

    assert lines == [0]
