"""The usual way, as a peer: commit, then `actor.send()`. Run as a program: `careless.py orders|letters`.

Dramatiq as it comes, on the same servers under the same storm. An order whose letter never came is lost.
"""

import os
import sys
import threading
import time

import dramatiq
import psycopg
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerConnectionError

PAUSE_SECONDS = 0.05

broker = RedisBroker(url=os.environ["REDIS_URL"], namespace="careless")  # type: ignore[no-untyped-call]
dramatiq.set_broker(broker)


@dramatiq.actor
def write(order: int) -> None:
    with connected() as connection:
        connection.execute("INSERT INTO careless.written (id) VALUES (%s) ON CONFLICT DO NOTHING", [order])


def connected() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def place_orders() -> None:
    while True:
        try:
            with connected() as connection:
                while True:
                    [order] = connection.execute(
                        "INSERT INTO careless.placed DEFAULT VALUES RETURNING id"
                    ).fetchone()
                    try:
                        write.send(order)
                        connection.execute("INSERT INTO careless.answered (id) VALUES (%s)", [order])
                    except (redis.RedisError, BrokerConnectionError):
                        pass  # the page says 500; the order stands
                    time.sleep(PAUSE_SECONDS)
        except psycopg.Error:
            time.sleep(0.2)


def write_letters() -> None:
    dramatiq.Worker(broker, worker_threads=4).start()
    threading.Event().wait()


if __name__ == "__main__":
    {"orders": place_orders, "letters": write_letters}[sys.argv[1]]()
