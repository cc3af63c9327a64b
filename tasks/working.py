"""The worker process: takes messages and carries out their rows, several at a time, until it is told to stop."""

import threading
from collections.abc import Iterable
from queue import SimpleQueue
from typing import Any

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.base import db
from tasks.broker import THREADS
from tasks.context import Every, require_true_clock
from workflow.engine import tides

log = structlog.get_logger("tasks.working")

CHECK_SECONDS = 60.0
EBB_SECONDS = 2.0
"""A burst's connections to the database are let go so long after it."""
STOP_MILLISECONDS = 25_000
"""For what is under way; a row that takes longer is another worker's when its lease ends."""


class _InHand(SimpleQueue[Any]):
    """What was taken and not begun, in order. None of our messages goes before another, and Dramatiq's own queue,
    which sorts them, costs more than all else that a message does."""

    def task_done(self) -> None:
        """Nobody waits until all is done: who stops hands back what he has not begun."""


def run(app: Flask, broker: RedisBroker, stop: threading.Event, *, threads: int = THREADS) -> None:
    """Work until `stop` is set, then finish what is in hand. Raises UnfitPlace when the clock goes wrong."""
    worker = dramatiq.Worker(broker, worker_threads=threads)
    worker.work_queue = _InHand()  # type: ignore[assignment]
    # Its own command says so too; without it no time limit is watched, and an endless loop keeps its thread.
    broker.emit_after("process_boot")
    worker.start()
    with app.app_context():
        engines, check = list(db.engines.values()), Every(CHECK_SECONDS)
    try:
        while not stop.wait(min(EBB_SECONDS, CHECK_SECONDS)):
            _let_go(engines)
            if check.is_due():
                _look_at_the_clock(app)
    finally:
        worker.stop(timeout=STOP_MILLISECONDS)
        broker.close()


def _let_go(engines: Iterable[Engine]) -> None:
    try:
        tides.ebb(engines)
    except Exception as error:
        # A connection that does not close well is no reason to stop working; the next ebb comes in two seconds.
        log.warning("connections_kept", error=type(error).__name__)


def _look_at_the_clock(app: Flask) -> None:
    try:
        with app.app_context():
            require_true_clock()
    except SQLAlchemyError as error:
        # A database that is away tells nothing about the clock; nothing is claimed meanwhile either.
        log.warning("clock_not_checked", error=type(error).__name__)
