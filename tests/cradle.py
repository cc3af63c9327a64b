"""The whole program in memory, forked into web, worker, clock or a command, one for each line it reads.

A line is `{"run": name, "environment": {...}, "log": path, "words": [...]}`; it answers with the pid. Reading the
program takes seconds of a busy machine, forking it none.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

import dramatiq.cli
import psutil

import toasoan
import wsgi
from embedded import forking
from gate import quotas, serving
from tasks import broker, clockwork, delivery, working
from tasks.context import told_to_stop
from workflow.engine import crashing
from workflow.settings import settings

M_ARENA_MAX = -8


def web() -> None:
    # A few visitors send more in a minute here than a person may in an hour.
    quotas.QUOTAS = {}
    serving.serve(wsgi.create_app(), host=settings().host, port=settings().port)


def worker() -> None:
    if poison := os.environ.get("POISON"):
        delivery.HANDLERS = {**delivery.HANDLERS, "public_copy": POISONS[poison]}
    _hem_in()
    said = {"threads": int(os.environ["THREADS"])} if "THREADS" in os.environ else {}
    app = wsgi.create_house()
    working.run(app, broker.for_worker(app), told_to_stop(), **said)


def dramatiq_worker() -> None:
    """`dramatiq wsgi:broker` with one process below the first."""
    arguments = ["wsgi:broker", "--processes", "1", "--threads", "4"]
    sys.exit(dramatiq.cli.main(dramatiq.cli.make_argument_parser().parse_args(arguments)))


def _hem_in() -> None:
    """Memory is what is here now and MEMORY_MB more, or what the control group GROUP has."""
    if group := os.environ.get("GROUP"):
        (Path(group) / "cgroup.procs").write_text(str(os.getpid()))
    if more := os.environ.get("MEMORY_MB"):
        # Else each thread sets aside 128 MB of addresses for itself, and the limit counts those.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
        most = psutil.Process().memory_info().vms + int(more) * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _raises(_rows: object) -> NoReturn:
    raise RuntimeError("poison")


def _segfaults(_rows: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError("unreachable")


def _loops(_rows: object) -> NoReturn:
    while True:
        pass


def _sleeps(_rows: object) -> NoReturn:
    # No exception reaches a thread inside it before it is over.
    time.sleep(6)
    raise RuntimeError("woke up")


def _eats(_rows: object) -> NoReturn:
    eaten = []
    while True:
        eaten.append(b"x" * 2**24)


POISONS = {
    "raises": _raises,
    "segfault": _segfaults,
    "endless loop": _loops,
    "sleeps in a system call": _sleeps,
    "memory without end": _eats,
}


def clock() -> None:
    app = wsgi.create_house()
    clockwork.run(app, broker.setup(app), told_to_stop())


def command(words: list[str], log: Path) -> None:
    """`toasoan WORDS`: what it says goes into `log`, what it complains of and its exit code into files beside it."""
    errors = os.open(log.with_suffix(".err"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(errors, sys.stderr.fileno())
    try:
        toasoan.main(words)
    except SystemExit as end:
        log.with_suffix(".code").write_text(str(end.code or 0))
        raise


def bear(run: str, environment: dict[str, str], log: str, words: list[str]) -> int:
    def live() -> None:
        if run == "command":
            # It sees what its test says and no more.
            os.environ.clear()
        os.environ.update(environment)
        settings.cache_clear()
        # Read once, when a process starts: this is where these start.
        importlib.reload(crashing)
        match run:
            case "web":
                web()
            case "worker":
                worker()
            case "dramatiq":
                dramatiq_worker()
            case "clock":
                clock()
            case "command":
                command(words, Path(log))

    return forking.fork(live, name=run, log=Path(log))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        sys.stdout.write(f"{bear(**json.loads(line))}\n")
        sys.stdout.flush()
