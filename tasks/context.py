"""What surrounds every message a worker takes: the application's context, a true clock, a Redis that keeps."""

import signal
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import dramatiq
import redis
import structlog
from flask import Flask
from sqlalchemy import text

from models.base import db

SKEW_WARN_SECONDS = 2.0
SKEW_REFUSE_SECONDS = 30.0

log = structlog.get_logger("tasks")


class UnfitPlace(RuntimeError):
    """A worker or clock must not start here; the message says what to mend."""


class InsideTheApplication(dramatiq.Middleware):
    """Each message runs in its own application context; the session ends with it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._open = threading.local()

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        self._open.context = self.app.app_context()
        self._open.context.push()

    def after_process_message(
        self, broker: dramatiq.Broker, message: dramatiq.MessageProxy, **_outcome: Any
    ) -> None:
        self._open.context.pop()

    def after_skip_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        self._open.context.pop()


def told_to_stop() -> threading.Event:
    """Set once this process gets SIGTERM or SIGINT. To be asked for in its main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


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


def log_as_json() -> None:
    """One JSON object a line on stderr: stdout belongs to what a command answers. No bodies, no addresses."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
