"""Dramatiq as it comes, on a database of Redis beside ours: `dramatiq tests.bench.plain:broker`, nothing set."""

import os
import time

import dramatiq
import psycopg
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import default_middleware

from tests.bench.postroom import plain

STARTS = "bench:starts"
ONE_ROW = """
WITH effect AS (INSERT INTO probe (n, at) VALUES (%(n)s, %(at)s) ON CONFLICT DO NOTHING)
UPDATE outbox SET state = 'done', done_at = now() WHERE key = 'probe:' || %(n)s AND state <> 'done'
"""

client = redis.Redis.from_url(f"{os.environ['REDIS_URL']}?db=9")
broker = RedisBroker(client=client, middleware=[middleware() for middleware in default_middleware])
dramatiq.set_broker(broker)
_connections: list[psycopg.Connection] = []


@dramatiq.actor
def noop() -> None:
    pass


@dramatiq.actor
def start(n: int) -> None:
    client.rpush(STARTS, f"{n} {time.time()}")


@dramatiq.actor
def deliver(n: int) -> None:
    """The effect of one row, written once, and the row done with it: the usual consumer of an outbox."""
    connection = (
        _connections.pop()
        if _connections
        else psycopg.connect(plain(os.environ["DATABASE_URL"]), autocommit=True)
    )
    connection.execute(ONE_ROW, {"n": n, "at": time.time()}, prepare=True)
    _connections.append(connection)
