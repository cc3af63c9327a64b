"""The post at work beside a benchmark: our clock and workers, or Dramatiq as it comes, as processes of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from statistics import quantiles

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from tests.bench.figures import Stage

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@lru_cache(maxsize=1)
def opened(stage: Stage) -> Flask:
    """The house, founded, with the table of the probe's effects."""
    from workflow import schema
    from workflow.rules import topics
    from wsgi import create_house, founded

    topics.QUEUES["probe"] = "default"  # type: ignore[index]
    app = founded(create_house)
    with psycopg.connect(plain(stage.admin_url), autocommit=True) as server:
        server.execute("CREATE TABLE probe (n int PRIMARY KEY, at double precision)")
        server.execute(f"GRANT SELECT, INSERT ON probe TO {schema.APP}")
    return app


@contextmanager
def running(*programs: list[str], data: Path, **more: str) -> Iterator[None]:
    """These programs, until the end; what they say is shown when something is waited for in vain."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    file = data / "bench.log"
    with ExitStack() as stack, file.open("wb") as log:
        for program in programs:
            words = [sys.executable, "-m", *program]
            process = subprocess.Popen(words, env=environment, cwd=ROOT, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        try:
            yield
        except TimeoutError:
            print(file.read_text("utf-8")[-4000:], file=sys.stderr)
            raise


def staff(*, workers: int = 1) -> list[list[str]]:
    return [["tests.bench.staff", "clock", "1"], ["tests.bench.staff", "worker", str(workers)]]


DRAMATIQ = ["dramatiq", "tests.bench.plain:broker", "--processes", "2", "--threads", "8"]


def wait_until(holds: Callable[[], object], *, every: float = 0.005) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(every)


def percentile(milliseconds: list[float], percent: int) -> float:
    return quantiles(milliseconds, n=100, method="inclusive")[percent - 1]
