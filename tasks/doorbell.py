"""The doorbell: whoever put a row into the outbox wakes the relay, so that nobody waits for its next look.

Rung when the application's context ends: the request, the command or the message is through by then, and its
transaction is committed. It is a courtesy: where Redis does not answer at once, the relay looks by itself.
"""

import time
from functools import lru_cache

import redis
from flask import Flask

from workflow.engine import bell, crashing
from workflow.settings import settings

RELAY = "toasoan:bell:relay"
PATIENCE_SECONDS = 0.05
SULK_SECONDS = 1.0
"""After Redis let one ring wait, nobody rings for so long: a slow Redis must not slow every request."""
RINGS_KEPT = 8
"""Rings that nobody answered yet; more would only wake somebody for nothing."""

_silent_until = 0.0


def install(app: Flask) -> None:
    app.teardown_appcontext(_at_the_end)


def _at_the_end(_error: BaseException | None) -> None:
    global _silent_until  # noqa: PLW0603  (of this process, as its connection is)
    if not bell.was_pulled() or not (url := settings().redis_url) or time.monotonic() < _silent_until:
        return
    crashing.point("before_bell")
    try:
        press(_client(url), RELAY)
    except redis.RedisError:
        _silent_until = time.monotonic() + SULK_SECONDS


def press(client: redis.Redis, name: str) -> None:
    """Wake one who waits at this bell, now or when it comes to wait. Raises redis.RedisError."""
    with client.pipeline(transaction=False) as ask:
        ask.lpush(name, 1)
        ask.ltrim(name, 0, RINGS_KEPT - 1)
        ask.execute()


def wait(client: redis.Redis, name: str, *, seconds: float) -> bool:
    """Until the bell rings, or so long; was it rung? Raises redis.RedisError."""
    return client.blpop([name], timeout=seconds) is not None


def let_go() -> None:
    """Close this process's connection: it is about to fork."""
    if _client.cache_info().currsize:
        _client(settings().redis_url).close()
        _client.cache_clear()


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS, retry=None
    )
