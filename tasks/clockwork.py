"""The clock process: the relay several times a second, the timetable each second, until it is told to stop."""

import threading
import time

import structlog
from dramatiq.brokers.redis import RedisBroker
from flask import Flask

from tasks.context import UnfitPlace, log_as_json, require_keeping_redis, require_true_clock
from tasks.relay import relay_once
from tasks.timetable import Clock
from workflow.settings import settings

log = structlog.get_logger("tasks.clock")

TICK_SECONDS = 1.0
CHECK_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 5.0


def run(app: Flask, broker: RedisBroker, stop: threading.Event) -> None:
    """Relay and tick until `stop` is set. A database or a Redis that is away is waited for.

    Raises UnfitPlace where a clock must not run.
    """
    house = settings()
    log_as_json()
    require_keeping_redis(broker)
    clock, next_tick, next_check, failures = Clock(), 0.0, 0.0, 0
    while not stop.is_set():
        try:
            with app.app_context():
                if time.monotonic() >= next_check:
                    require_true_clock()
                    next_check = time.monotonic() + CHECK_SECONDS
                if time.monotonic() >= next_tick:
                    # Set first: a timetable that stumbles must not keep the relay from its turns in between.
                    next_tick = time.monotonic() + TICK_SECONDS
                    for job, slot in clock.tick():
                        log.info("slot", job=job, slot=slot.isoformat())
                relay_once(broker)
            failures = 0
        except UnfitPlace:
            raise
        except Exception:
            # Whatever it was, nothing is half done: each look is one transaction. The supervisor sees the log.
            failures += 1
            log.exception("clock_stumbled", failures=failures)
        stop.wait(min(LONGEST_PAUSE_SECONDS, house.relay_seconds * 2 ** min(failures, 8)))
