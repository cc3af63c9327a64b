"""From the command to the first answer, against what the same servers and an empty Flask need."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from embedded import servers
from tests.bench.figures import Figure, Stage, free_port

ROUNDS = 3
BARE = "from flask import Flask\napp = Flask('bare')\napp.add_url_rule('/', view_func=lambda: 'ok')\n"


def measure(stage: Stage) -> Iterable[Figure]:
    del stage  # each round needs a folder in which nothing has ever run
    cold, warm, bare = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="toasoan-ready-") as folder:
            bare.append(_bare())
            cold.append(_house(Path(folder)))
            warm.append(_house(Path(folder)))
    means = "servers, schema, web, worker, clock, first page"
    yield Figure(
        "ready_warm_s",
        f"{median(warm):.1f}",
        "<= 3.0",
        f"`toasoan up` where it has run before until all is ready ({means}); the same servers with an empty Flask,"
        f" in a new folder, took {median(bare):.1f} s in the same rounds",
    )
    yield Figure(
        "ready_cold_s",
        f"{median(cold):.1f}",
        "<= 5.0",
        "the same in a new folder: database cluster, roles and every migration are made first",
    )


def _house(folder: Path) -> float:
    begun = time.perf_counter()
    with running(folder) as port:
        await_answer(port)
        return time.perf_counter() - begun


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """The demo, up on a free port that is given back, and down at the end."""
    port = free_port()
    environment = {**clean_environment(), "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    line = [str(Path(sys.executable).with_name("toasoan")), "--data", str(folder)]
    try:
        subprocess.run([*line, "up"], env=environment, check=True, capture_output=True)
        yield port
    finally:
        subprocess.run([*line, "down"], env=environment, check=True, capture_output=True)


def _bare() -> float:
    with tempfile.TemporaryDirectory(prefix="toasoan-bare-") as folder:
        (Path(folder) / "bare.py").write_text(BARE)
        port = free_port()
        begun = time.perf_counter()
        inside = {name: os.environ.pop(name) for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
        servers.ensure(Path(folder) / "data", say=lambda _: None)
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "bare:app"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await_answer(port)
            return time.perf_counter() - begun
        finally:
            web.terminate()
            web.wait()
            servers.stop(Path(folder) / "data", say=lambda _: None)
            os.environ.update(inside)


def clean_environment() -> dict[str, str]:
    ours = ("DATABASE", "REDIS", "TOASOAN", "PORT", "PUBLIC")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def await_answer(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("no answer within 30 s")
