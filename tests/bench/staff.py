"""Our clock and our workers as processes of their own, with one topic more: `python -m tests.bench.staff worker 2`.

They are forked from one that has read everything, as `toasoan up` does it.

The effect of the topic `probe` is a row of its own, written once: when it began.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dramatiq
from flask import Flask
from sqlalchemy import text

from embedded import forking
from models.base import db
from tasks import broker, clockwork, delivery, working
from tasks.context import told_to_stop
from tasks.leases import Claimed
from wsgi import create_house, founded

EFFECT = text(
    "INSERT INTO probe (n, at) SELECT n, :at FROM unnest(CAST(:all AS int[])) AS n ON CONFLICT DO NOTHING"
)


def probe(rows: Sequence[Claimed]) -> delivery.Then:
    began = time.time()
    return lambda: db.session.execute(EFFECT, {"all": [row.payload["n"] for row in rows], "at": began})


def main(role: str, many: int) -> None:
    delivery.HANDLERS["probe"] = probe  # type: ignore[index]
    delivery.BATCH["probe"] = int(os.environ.get("BENCH_BATCH", "1"))
    app, stop = founded(create_house), told_to_stop()
    log = Path(os.environ["TOASOAN_DATA"]) / "bench.log"
    run = {"clock": clock, "worker": worker}[role]
    born = [forking.fork(lambda: run(app), name=role, log=log) for _ in range(many)]
    stop.wait()
    for pid in born:
        os.kill(pid, signal.SIGTERM)
    for pid in born:
        os.waitpid(pid, 0)


def clock(app: Flask) -> None:
    clockwork.run(app, broker.setup(app), told_to_stop())


def worker(app: Flask) -> None:
    at_work = broker.for_worker(app)
    dramatiq.actor(actor_name="noop", queue_name="default", broker=at_work)(lambda: None)
    working.run(app, at_work, told_to_stop())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
