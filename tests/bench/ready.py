"""From the command to the first answer, against what the same servers and an empty Flask need."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from embedded import servers
from tests.bench.figures import Figure, Stage, free_port

ROUNDS = 3
BARE = "from flask import Flask\napp = Flask('bare')\napp.add_url_rule('/', view_func=lambda: 'ok')\n"


def measure(stage: Stage) -> Iterable[Figure]:
    del stage  # each round needs a folder in which nothing has ever run
    house, bare = [], []
    for _ in range(ROUNDS):
        bare.append(_bare())
        house.append(_house())
    return [
        Figure(
            "ready_ratio",
            f"{median(house) / median(bare):.1f}",
            "<= 8.0",
            "`toasoan up` in a new folder (servers, migrations, directive, web, worker, clock) until its first page,"
            f" against the bare servers and an empty Flask ({median(house):.1f} s to {median(bare):.1f} s)",
        )
    ]


def _house() -> float:
    with tempfile.TemporaryDirectory(prefix="toasoan-ready-") as folder:
        port = free_port()
        environment = {**clean_environment(), "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        line = [str(Path(sys.executable).with_name("toasoan")), "--data", folder]
        begun = time.perf_counter()
        try:
            said = subprocess.run(
                [*line, "up", "--json"], env=environment, check=True, capture_output=True, text=True
            )
            json.loads(said.stdout.splitlines()[-1])
            await_answer(port)
            return time.perf_counter() - begun
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
