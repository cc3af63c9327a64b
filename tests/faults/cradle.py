"""The whole program in memory, forked into web, worker or clock: one for each line it reads, until there are no more.

A line is `{"run": name, "environment": {...}, "log": path}`; it answers with the pid. Reading the program takes
seconds of a busy machine, forking it none.
"""

import importlib
import json
import os
import signal
import sys
from pathlib import Path

import wsgi
from embedded import forking
from gate import serving
from tasks import broker, clockwork, working
from tasks.context import told_to_stop
from workflow.engine import crashing
from workflow.settings import settings


def web() -> None:
    serving.serve(wsgi.create_app(), host="127.0.0.1", port=settings().port)


def worker() -> None:
    threads = int(os.environ.get("THREADS", working.THREADS))
    working.run(broker.for_worker(wsgi.create_house()), told_to_stop(), threads=threads)


def clock() -> None:
    app = wsgi.create_house()
    clockwork.run(app, broker.setup(app), told_to_stop())


def bear(run: str, environment: dict[str, str], log: str) -> int:
    def live() -> None:
        os.environ.update(environment)
        settings.cache_clear()
        # Read once, when a process starts: this is where these start.
        importlib.reload(crashing)
        {"web": web, "worker": worker, "clock": clock}[run]()

    return forking.fork(live, name=run, log=Path(log))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        sys.stdout.write(f"{bear(**json.loads(line))}\n")
        sys.stdout.flush()
