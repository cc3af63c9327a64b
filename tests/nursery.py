"""One program in memory for all processes of a test worker, see `tests/cradle.py`."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.post_office import PostOffice

ROOT = Path(__file__).parents[1]


@contextlib.contextmanager
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


@dataclass(frozen=True)
class Born:
    """A process of the house, leader of its own group."""

    pid: int

    def is_gone(self) -> bool:
        return not psutil.pid_exists(self.pid)

    def ask_to_stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        self.signal_group(signal.SIGKILL)

    def signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


Bear = Callable[..., contextlib.AbstractContextManager[Born]]


def bearing(cradle: subprocess.Popen[str], office: PostOffice) -> Bear:
    """What `bear` is, out of a cradle of one's own choice."""

    @contextlib.contextmanager
    def life(run: str, **environment: str) -> Iterator[Born]:
        everything = {**office.environment, "CRASH_AT": "", **environment}
        born = Born(begin(cradle, run, everything, office.log))
        try:
            yield born
        finally:
            born.kill()

    return life


@pytest.fixture
def bear(cradle: subprocess.Popen[str], post_office: PostOffice) -> Bear:
    """`with bear("worker", CRASH_AT="after_claim:1") as born:`; its whole group is ended at the end."""
    return bearing(cradle, post_office)
