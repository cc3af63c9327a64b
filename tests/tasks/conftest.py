"""A broker on the real Valkey, and a worker that takes one message after the other so that a test can watch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from flask import Flask
from sqlalchemy import text

from embedded.servers import Addresses
from models.base import db
from workflow.engine.unit_of_work import bookkeeping
from workflow.settings import settings


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[Callable[..., None]]:
    """Turn settings for one test: `set_to(LEASE_SECONDS=1)`."""

    def turn(**names: object) -> None:
        for name, value in names.items():
            monkeypatch.setenv(name, str(value))
        settings.cache_clear()

    yield turn
    settings.cache_clear()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def broker(
    app: Flask, addresses: Addresses, worker_id: str, set_to: Callable[..., None]
) -> Iterator[RedisBroker]:
    """A database of the Valkey for each test worker, empty."""
    from tasks.broker import setup

    number = 1 + int(worker_id.removeprefix("gw")) % 15 if worker_id.startswith("gw") else 1
    set_to(REDIS_URL=f"{addresses.redis_url}?db={number}")
    broker = setup(app)
    broker.flush_all()
    broker.client.flushdb()
    yield broker
    broker.client.flushdb()
    broker.close()
    broker.client.close()


@pytest.fixture
def waiting(broker: RedisBroker) -> Callable[[], list[Any]]:
    """Takes every message that waits in Redis, as a worker would: `[(message, ack), ...]`."""
    from tasks.broker import QUEUE_NAMES

    def take() -> list[Any]:
        taken = []
        for queue in QUEUE_NAMES:
            consumer = broker.consume(queue)
            # Asked for one more than there are, it would wait for the bell.
            for _ in range(broker.client.llen(f"{broker.namespace}:{queue}")):
                if (message := next(consumer)) is None:
                    break
                taken.append((message, consumer))
        return taken

    return take


@pytest.fixture
def work(broker: RedisBroker, waiting: Callable[[], list[Any]]) -> Callable[[], int]:
    """Relay and deliver until nothing is due any more; returns how many messages were taken."""
    from tasks.delivery import deliver
    from tasks.relay import relay_once

    def until_quiet() -> int:
        taken = 0
        # What the test read before must not be the snapshot the relay looks at.
        db.session.rollback()
        while relay_once(broker) or broker.client.hlen("dramatiq:mail.msgs"):
            for message, consumer in waiting():
                deliver(*message.args)
                consumer.ack(message)
                taken += 1
        db.session.rollback()
        return taken

    return until_quiet


@pytest.fixture
def rows(app: Flask) -> Callable[..., list[Any]]:
    """The outbox as it stands: `rows("state, topic")`, oldest first."""

    def look(columns: str = "topic, state", where: str = "true") -> list[Any]:
        db.session.rollback()
        return [
            tuple(row)
            for row in db.session.execute(text(f"SELECT {columns} FROM outbox WHERE {where} ORDER BY id"))
        ]

    return look


@pytest.fixture
def put(app: Flask) -> Callable[..., int]:
    """Put a row into the outbox as a verb would; returns its id."""
    from workflow import outbox

    def one(topic: str, key: str, **payload: object) -> int:
        with bookkeeping() as session:
            assert outbox.put(topic, key, payload)
            return int(
                session.execute(text("SELECT id FROM outbox WHERE key = :key"), {"key": key}).scalar_one()
            )

    return one


@pytest.fixture
def age(app: Flask) -> Callable[..., None]:
    """Let rows grow older without waiting: `age(queued_at=20)` moves that column 20 s into the past."""

    def pass_by(**seconds: float) -> None:
        with bookkeeping() as session:
            for column, by in seconds.items():
                session.execute(
                    text(f"UPDATE outbox SET {column} = {column} - make_interval(secs => :by)"), {"by": by}
                )

    return pass_by


@pytest.fixture
def no_redis(addresses: Addresses) -> redis.Redis:
    """Where nobody answers."""
    return redis.Redis(unix_socket_path="/nonexistent/valkey.sock")
