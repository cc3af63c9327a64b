"""Ends the supervisor's children when the supervisor itself was killed (kill -9, out of memory).

Two halves in one file: `Guardian` is the supervisor's end of a pipe, `_main` the program at the
other end (standard library only, started with -I -S), in its own session so that nothing sent to
the supervisor's group reaches it. Its arguments are the children there are already, "PID SECONDS"
each; its standard input is the pipe: a line "+ PID SECONDS" for each child started, "- PID" for
each one buried. End of file means that the supervisor is gone: each child left gets SIGTERM and
its seconds, then its whole process group gets SIGKILL. A parent-death signal would reach the
masters only, and only on Linux: the workers of a killed master would go on taking messages.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path


class Guardian:
    """The supervisor's end. `with Guardian() as it:` starts the program and ends it again."""

    def __enter__(self) -> "Guardian":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def remember(self, pid: int, stop_seconds: float) -> None:
        self._tell(f"+ {pid} {stop_seconds}")

    def forget(self, pid: int) -> None:
        self._tell(f"- {pid}")

    def keep_alive(self, children: Iterable[tuple[int, float]]) -> None:
        """Somebody may kill the guardian; then a new one is born knowing the (pid, stop_seconds) there are."""
        if self._process.poll() is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._start(*(f"{pid} {stop_seconds}" for pid, stop_seconds in children))

    def _start(self, *children: str) -> None:
        argv = [sys.executable, "-I", "-S", "-B", __file__, *children]
        nowhere = subprocess.DEVNULL
        # Unbuffered: a child is known to the guardian before anything else can happen to us.
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True, bufsize=0
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{line}\n".encode())
        except BrokenPipeError:
            pass  # it is dead; keep_alive tells its successor everything


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # Nobody may be there to bury it: a zombie counts as dead.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return sys.platform != "linux"
    except OSError:
        return False


def _main() -> None:
    children = {int(pid): float(seconds) for pid, seconds in map(str.split, sys.argv[1:])}
    for line in sys.stdin:
        sign, pid, *seconds = line.split()
        if sign == "+":
            children[int(pid)] = float(seconds[0])
        else:
            children.pop(int(pid), None)
    begun = time.monotonic()
    for pid in reversed(children):
        _send(os.kill, pid, signal.SIGTERM)
    for pid, seconds_given in children.items():
        while _is_alive(pid) and time.monotonic() < begun + seconds_given:
            time.sleep(0.05)
        _send(os.killpg, pid, signal.SIGKILL)


def _send(call: Callable[[int, int], None], pid: int, number: signal.Signals) -> None:
    try:
        call(pid, number)
    except OSError:
        pass  # gone already, which is what was wanted


if __name__ == "__main__":
    _main()
