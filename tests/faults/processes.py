"""Workers and clocks as processes of their own, on a database and a Valkey that may be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

CLOCK = """
import signal, threading, wsgi
from tasks import broker, clockwork
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
app = wsgi.create_app()
clockwork.run(app, broker.setup(app), stop)
"""


@contextmanager
def worker(environment: Mapping[str, str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A `dramatiq wsgi:broker` with one process; its whole group is ended at the end."""
    program = ["-m", "dramatiq", "wsgi:broker", "-p", "1", "-t", "4"]
    with _running(program, environment, log) as process:
        yield process


@contextmanager
def clock(environment: Mapping[str, str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with _running(["-c", CLOCK], environment, log) as process:
        yield process


@contextmanager
def _running(
    arguments: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    everything = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=everything,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal the process and all its children; with SIGKILL, wait for the end."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    if number is signal.SIGKILL:
        process.wait(10)


def until(holds: Callable[[], bool], *, seconds: float, log: Path) -> None:
    """Wait for something to become true; fails with the end of the log when it does not."""
    ends_at = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends_at:
            raise AssertionError(f"waited {seconds} s in vain; the log ends:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)
