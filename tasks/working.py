"""The worker process: takes messages and carries out their rows, several at a time, until it is told to stop."""

import threading

import dramatiq
from dramatiq.brokers.redis import RedisBroker

THREADS = 8
STOP_MILLISECONDS = 25_000
"""For what is under way; a row that takes longer is another worker's when its lease ends."""


def run(broker: RedisBroker, stop: threading.Event, *, threads: int = THREADS) -> None:
    """Work until `stop` is set, then finish what is in hand."""
    worker = dramatiq.Worker(broker, worker_threads=threads)
    worker.start()
    stop.wait()
    worker.stop(timeout=STOP_MILLISECONDS)
    broker.close()
