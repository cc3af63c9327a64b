"""Our clock and our worker as processes of their own, with one topic more: `python -m tests.bench.staff worker`.

The effect of the topic `probe` is a row of its own, written once: when it began.
"""

import os
import sys
import time
from collections.abc import Sequence

import dramatiq
from sqlalchemy import text

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


def main(role: str) -> None:
    delivery.HANDLERS["probe"] = probe  # type: ignore[index]
    delivery.BATCH["probe"] = int(os.environ.get("BENCH_BATCH", "1"))
    app = founded(create_house)
    if role == "clock":
        clockwork.run(app, broker.setup(app), told_to_stop())
        return
    at_work = broker.for_worker(app)
    dramatiq.actor(actor_name="noop", queue_name="default", broker=at_work)(lambda: None)
    working.run(app, at_work, told_to_stop())


if __name__ == "__main__":
    main(sys.argv[1])
