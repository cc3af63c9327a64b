"""The clock process: the relay whenever somebody rings, the timetable each second, until it is told to stop."""

import threading
import time

import redis
import structlog
from dramatiq.brokers.redis import RedisBroker
from flask import Flask

from tasks import doorbell, metrics
from tasks.context import Every, UnfitPlace, require_keeping_redis, require_true_clock
from tasks.relay import hand_on, relay_once
from tasks.timetable import Clock
from workflow import logbook
from workflow.settings import settings

log = structlog.get_logger("tasks.clock")

TICK_SECONDS = 1.0
CHECK_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 5.0
MANY, SOME, SHORT_REST_SECONDS = 100, 2, 0.02
"""Where many rows are handed on, more may wait behind them for which nobody rings: the relay looks again at once, and
goes on so until no look found some for OFTEN_SECONDS. The workers may need longer than one short rest for the next. A
single row is what any click leaves, which rings by itself."""
OFTEN_SECONDS = 1.0


def run(app: Flask, broker: RedisBroker, stop: threading.Event) -> None:
    """Relay and tick until `stop` is set. A database or a Redis that is away is waited for.

    Raises UnfitPlace where a clock must not run.
    """
    logbook.keep()
    require_keeping_redis(broker)
    metrics.serve(app)
    house, clock, failures, often_until = settings(), Clock(), 0, 0.0
    check, tick, look = Every(CHECK_SECONDS), Every(TICK_SECONDS), Every(house.relay_seconds)
    while not stop.is_set():
        handed = 0
        try:
            with app.app_context():
                if check.is_due():
                    require_true_clock()
                if tick.is_due():
                    for job, slot in clock.tick():
                        log.info("slot", job=job, slot=slot.isoformat())
                handed = relay_once(broker) if look.is_due() else hand_on(broker)
            failures = 0
        except UnfitPlace:
            raise
        except Exception:
            # Whatever it was, nothing is half done: each look is one transaction. The supervisor sees the log.
            failures += 1
            log.exception("clock_stumbled", failures=failures)
            stop.wait(min(LONGEST_PAUSE_SECONDS, 0.2 * 2 ** min(failures, 8)))
        now = time.monotonic()
        if handed >= (SOME if now < often_until else MANY):
            often_until = now + OFTEN_SECONDS
        _rest(broker, stop, SHORT_REST_SECONDS if now < often_until else house.relay_seconds)


def _rest(broker: RedisBroker, stop: threading.Event, seconds: float) -> None:
    """Until somebody rings, or so long."""
    try:
        doorbell.wait(broker.client, doorbell.RELAY, seconds=seconds)
    except redis.RedisError:
        stop.wait(seconds)
