"""What a worker or a clock needs of its place: a true clock, a Redis that keeps, a word when to stop."""

import signal
import threading
import time
from _thread import start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dramatiq
import redis
import structlog
from dramatiq.middleware import Middleware, TimeLimit
from sqlalchemy import text

from models.base import db

SKEW_WARN_SECONDS = 2.0
SKEW_REFUSE_SECONDS = 30.0

log = structlog.get_logger("tasks")


class Hurry(TimeLimit):
    """Watches those who are `hurried`, and no others: Dramatiq's would note each message twice, without any limit."""

    before_process_message = Middleware.before_process_message
    after_process_message = after_skip_message = Middleware.after_process_message


class Every:
    """Tells when something that is done every so many seconds is due."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._next = seconds, 0.0

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        # Set before it is done: what stumbles must not keep the others from their turns in between.
        self._next = now + self._seconds
        return True


class UnfitPlace(RuntimeError):
    """A worker or clock must not start here; the message says what to mend."""


def told_to_stop() -> threading.Event:
    """Set once this process gets SIGTERM or SIGINT. To be asked for in its main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the main one may hold the lock of `stop` where the signal meets it, waiting, and would
        # wait for itself. Started as low as possible, for the same reason.
        signal.signal(number, lambda *_: start_new_thread(stop.set, ()))
    return stop


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """What this thread does inside is ended by force when it takes longer, unless it is `unhurried` meanwhile.

    From here, not from the moment the message is taken: it may have to wait for a suspect first.
    """
    for limit in _limits():
        limit.manager.add_timeout(threading.get_ident(), seconds * 1000)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        unhurried()


def unhurried() -> None:
    """No time limit any more for the message that this thread carries out."""
    for limit in _limits():
        limit.manager.remove_timeout(threading.get_ident())  # type: ignore[no-untyped-call]


def _limits() -> list[Hurry]:
    return [one for one in dramatiq.get_broker().middleware if isinstance(one, Hurry)]


def require_true_clock() -> float:
    """Seconds this machine is ahead of the database. Dramatiq's heartbeats trust the machine: a worker that is
    a minute ahead makes others' running messages look abandoned. Raises UnfitPlace beyond 30 s."""
    ahead = float(
        db.session.execute(
            text("SELECT extract(epoch FROM CAST(:here AS timestamptz) - clock_timestamp())"),
            {"here": datetime.now(UTC)},
        ).scalar_one()
    )
    db.session.rollback()
    if abs(ahead) > SKEW_REFUSE_SECONDS:
        raise UnfitPlace(f"đồng hồ máy này lệch {ahead:+.0f} giây so với cơ sở dữ liệu; cần chỉnh lại giờ")
    if abs(ahead) > SKEW_WARN_SECONDS:
        log.warning("clock_skew", ahead_seconds=round(ahead, 3))
    return ahead


def require_keeping_redis(broker: dramatiq.Broker) -> None:
    """Any eviction policy but `noeviction` forgets messages without an error. Raises UnfitPlace."""
    client: redis.Redis = broker.client  # type: ignore[attr-defined]
    try:
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except (redis.ResponseError, redis.ConnectionError, redis.TimeoutError) as error:
        # A managed server may not tell; then its operator answers for it. One that is away is waited for.
        log.warning("redis_policy_unknown", error=str(error))
        return
    if policy not in (None, "noeviction"):
        raise UnfitPlace(f"Redis đặt maxmemory-policy {policy}; cần noeviction, nếu không thư có thể mất")
