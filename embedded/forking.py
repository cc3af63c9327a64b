"""A process that begins as a copy of ours: what we have read and built is in memory once for all of them."""

import gc
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from embedded.places import DISK_FULL

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


def fork(run: Callable[[], object], *, name: str, log: Path) -> int:
    """Run `run` in a process with a session of its own that writes to `log`; returns its pid.

    It takes no open file of ours with it: neither a lock nor the guardian's pipe. It ends with the exit code
    that `run` returns or raises, 0 for None. Call it while this process has one thread and no connections.
    """
    reader, writer = os.pipe()
    # The copy starts with our handlers: a signal that comes before it has its own would be answered as if it were us.
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        # What is here now stays: a collector that walks through it would copy page after page.
        gc.collect()
        gc.freeze()
        sys.stdout.flush()
        sys.stderr.flush()
        if (pid := os.fork()) == 0:
            _live(run, name=name, log=log)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        os.close(writer)
    # Until it leads its own group: whoever signals the group must meet it there.
    os.read(reader, 1)
    os.close(reader)
    return pid


def _live(run: Callable[[], object], *, name: str, log: Path) -> NoReturn:
    """Become somebody else, run, and end: what called us belongs to the one we were copied from."""
    code: object = 1
    try:
        os.setsid()
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _take_files(log)
        _call_oneself(name)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        code = run() or 0
    except SystemExit as leaving:
        code = leaving.code or 0
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _take_files(log: Path) -> None:
    nowhere = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, file in enumerate((nowhere, output, output)):
        os.dup2(file, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    # A line at a time, and in the one encoding, whatever ours were.
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            io.BufferedWriter(_Log(number, "w", closefd=False)), encoding="utf-8", line_buffering=True
        )
        for number in (1, 2)
    )


class _Log(io.FileIO):
    """A full disk costs lines of the log, not the process that would write them."""

    def write(self, line: Any) -> int:
        try:
            return super().write(line)
        except OSError as refusal:
            if refusal.errno not in DISK_FULL:
                raise
            return len(line)


def _call_oneself(name: str) -> None:
    """What `ps -e` and `top` show, where the system lets a process say so."""
    try:
        Path("/proc/self/comm").write_text(name)
    except OSError:
        pass
