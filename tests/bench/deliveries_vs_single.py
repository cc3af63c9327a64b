"""Rows of the outbox whose effect is a row: ours in batches, against a message for each on Dramatiq's defaults.

Both sides end with the same rows: each effect written once, each row of the outbox done in the transaction of its
effect. Ours goes the whole way: relay, message, claim with lease and token, effect, done.
"""

import os
import time
from collections.abc import Iterable
from statistics import median

import psycopg
import redis

from tests.bench import postroom
from tests.bench.figures import Figure, Stage
from tests.bench.postroom import plain

ROUNDS, ROWS, BATCH = 3, 4000, 100
WAITING = """
INSERT INTO outbox (key, topic, queue, payload, state)
SELECT 'probe:' || n, 'probe', 'default', jsonb_build_object('n', n), %(state)s
FROM generate_series(%(first)s, %(last)s) AS n
"""


def measure(stage: Stage) -> Iterable[Figure]:
    ours, theirs = [], []
    postroom.opened(stage)
    with psycopg.connect(plain(stage.admin_url), autocommit=True) as server:
        for number in range(ROUNDS):
            ours.append(_ours(stage, server, 1_000_000 + 20_000 * number))
            theirs.append(_theirs(stage, server, 1_010_000 + 20_000 * number))
    yield Figure(
        "deliveries_vs_single",
        f"{median(ours) / median(theirs):.1f}",
        ">= 5.0",
        f"rows of the outbox delivered to an effect that is a row, {BATCH} to a message, against one message a row"
        f" with Dramatiq's defaults ({median(ours):.0f}/s to {median(theirs):.0f}/s); two workers on both sides",
    )


def _ours(stage: Stage, server: psycopg.Connection, first: int) -> float:
    from tasks import doorbell

    with postroom.running(*postroom.staff(workers=2), data=stage.data, BENCH_BATCH=str(BATCH)):
        _warm(server, first)
        begun = time.perf_counter()
        _put(server, first + 1, first + ROWS, state="new")
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            doorbell.press(client, doorbell.RELAY)
        return _rate(server, first, begun)


def _theirs(stage: Stage, server: psycopg.Connection, first: int) -> float:
    from tests.bench import plain as dramatiq

    dramatiq.client.flushdb()
    with postroom.running(postroom.DRAMATIQ, data=stage.data):
        # `queued`: no relay of ours looks at them.
        _put(server, first, first, state="queued")
        dramatiq.deliver.send(first)
        postroom.wait_until(lambda: _done(server, first, first) == 1)
        begun = time.perf_counter()
        _put(server, first + 1, first + ROWS, state="queued")
        for n in range(first + 1, first + ROWS + 1):
            dramatiq.deliver.send(n)
        return _rate(server, first, begun)


def _warm(server: psycopg.Connection, first: int) -> None:
    _put(server, first, first, state="new")
    postroom.wait_until(lambda: _done(server, first, first) == 1)
    # The first minute's jobs are through.
    time.sleep(3)


def _put(server: psycopg.Connection, first: int, last: int, *, state: str) -> None:
    server.execute(WAITING, {"first": first, "last": last, "state": state})


def _done(server: psycopg.Connection, first: int, last: int) -> int:
    row = server.execute("SELECT count(*) FROM probe WHERE n BETWEEN %s AND %s", [first, last]).fetchone()
    assert row is not None
    return int(row[0])


def _rate(server: psycopg.Connection, first: int, begun: float) -> float:
    postroom.wait_until(lambda: _done(server, first + 1, first + ROWS) == ROWS)
    return ROWS / (time.perf_counter() - begun)
