"""One program in memory for all processes of a test worker, see `tests/cradle.py`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@contextmanager
def rocking(*before: str, root: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """The program of the checkout at `root` in memory; `before` leads it elsewhere, say into another network."""
    process = subprocess.Popen(
        [*before, sys.executable, str(ROOT / "tests" / "cradle.py")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    process.communicate()


@pytest.fixture(scope="session")
def cradle() -> Iterator[subprocess.Popen[str]]:
    with rocking() as process:
        yield process


def begin(
    cradle: subprocess.Popen[str], run: str, environment: Mapping[str, str], log: Path, *words: str
) -> int:
    """The pid of the new process; `words` are those of a command."""
    order = {"run": run, "environment": dict(environment), "log": str(log), "words": words}
    assert cradle.stdin is not None
    assert cradle.stdout is not None
    cradle.stdin.write(f"{json.dumps(order)}\n")
    cradle.stdin.flush()
    return int(cradle.stdout.readline())
