"""One server process that outlives the command which started it: start, recognise, await, end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from embedded import launch
from embedded.errors import CellarError, tail
from embedded.launch import Owner

# The servers see this much of our environment: their logs stay English and their clocks UTC
# whatever the person at the terminal has set.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Server:
    """A server that answers. `url` is for whoever connects; `started` tells that this call started it."""

    name: str
    url: str
    pid: int
    started: bool = False


def is_alive(pid: int, *, mark: Path | str) -> bool:
    """Is `pid` a running process with `mark` in its command line?

    The mark (a data folder) tells our server from a stranger who got the same number after a
    restart of the machine. A zombie, waiting for an init that does not reap, is not alive.
    """
    try:
        process = psutil.Process(pid)
        for _ in range(20):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if words := process.cmdline():
                return str(mark) in " ".join(words)
            # Just then inside exec: it has given up its old words and not yet got its new ones.
            time.sleep(0.005)
    except psutil.NoSuchProcess:
        pass
    return False


def start(program: str, argv: Sequence[str | Path], *, owner: Owner | None, log: Path) -> int:
    """Start a server apart from us and return its pid; raises CellarError root_cannot_step_down."""
    try:
        return launch.detached([str(word) for word in argv], owner=owner, env=ENVIRONMENT, log=log)
    except subprocess.CalledProcessError as failure:
        if failure.returncode != launch.STEP_DOWN_FAILED:
            raise CellarError("server_died", program=program, log=log, detail=tail(log)) from failure
        raise CellarError("root_cannot_step_down", detail=tail(log, lines=1)) from failure


def await_answer(
    program: str, pid: int, *, answers: Callable[[], bool], mark: Path | str, log: Path, seconds: float
) -> None:
    """Wait until the server answers. Raises CellarError server_died or server_silent."""
    until = time.monotonic() + seconds
    while not answers():
        if not is_alive(pid, mark=mark):
            raise CellarError("server_died", program=program, log=log, detail=tail(log))
        if time.monotonic() > until:
            raise CellarError("server_silent", program=program, pid=pid, seconds=round(seconds))
        time.sleep(POLL_SECONDS)


def end(program: str, pid: int, *, mark: Path | str, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait its seconds for the process to go.

    Raises CellarError server_survived, and no_permission's cousin PermissionError for a stranger's process.
    """
    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not is_alive(pid, mark=mark):
                return
            time.sleep(POLL_SECONDS)
    raise CellarError("server_survived", program=program, pid=pid)
