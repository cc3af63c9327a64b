"""One child of the supervisor: its process, its process group, its log, its restarts."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded import forking

BACKOFF_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
# A child that lived this long died of something new: its patience starts afresh.
STEADY_SECONDS = 60.0


@dataclass(frozen=True)
class Child:
    """What to do in a process of its own, forked from the supervisor's; `ready` is asked until it says yes.

    `stop_seconds`: how long it may take to finish its work after SIGTERM. `name` names its log.
    """

    name: str
    run: Callable[[], object]
    ready: Callable[[], bool] | None = None
    ready_seconds: float = 60.0
    stop_seconds: float = 15.0


class Running:
    """A Child that was started. It leads a session and process group of its own: ctrl-C at the
    terminal reaches the supervisor only, which then stops the children in order."""

    def __init__(self, child: Child, log: Path) -> None:
        self.child = child
        self.log = log
        self.restarts = 0
        self.failures = 0
        self.starts_at = 0.0  # time.monotonic() of the next start, once dead
        self.pid: int | None = None
        self._started_at = 0.0

    def start(self) -> int:
        """Start it and return its pid."""
        self.pid = forking.fork(self.child.run, name=f"toasoan {self.child.name}", log=self.log)
        self._started_at = time.monotonic()
        return self.pid

    def has_died(self) -> bool:
        """Is the process gone? It is not buried yet: until then nobody else can get its number."""
        if self.pid is None:
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def bury(self) -> int:
        """Kill what is left of its group and reap it; returns its exit code (-9: killed by signal 9).

        The workers of a master that died would otherwise go on as orphans.
        """
        assert self.pid is not None
        pid, self.pid = self.pid, None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def put_off(self) -> float:
        """After a death: choose when to start again, later each time; returns the seconds until then."""
        if time.monotonic() - self._started_at > STEADY_SECONDS:
            self.failures = 0
        seconds = BACKOFF_SECONDS[min(self.failures, len(BACKOFF_SECONDS) - 1)]
        self.failures += 1
        self.restarts += 1
        self.starts_at = time.monotonic() + seconds
        return seconds

    def ask_to_stop(self) -> None:
        """SIGTERM to the master alone: it passes it on to its workers, who finish what they hold."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
