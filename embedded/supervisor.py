"""Runs the house's own processes: starts them in order, restarts the dead, stops them in reverse.

The state (pids, ready or not) stands in run/supervisor.json; whether a supervisor lives is told by
the lock run/supervisor.lock alone, which no kill -9 can leave behind.
"""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from embedded import forking
from embedded.child import Child, Running
from embedded.errors import CellarError, tail
from embedded.guardian import Guardian
from embedded.places import DISK_FULL, Place

__all__ = ["Child", "Status", "detach", "require_free_port", "run", "status", "stop"]

Say = Callable[[str], object]
LOCK = "supervisor"
TICK_SECONDS, LOOK_SECONDS = 0.1, 0.03
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Status:
    """A living supervisor: its pid, whether all children were ready once, and name -> {pid, restarts}."""

    pid: int
    is_ready: bool
    children: dict[str, dict[str, int | None]]


def run(
    children: Sequence[Child], *, data: Path, say: Say = print, when_ready: Callable[[], None] | None = None
) -> int:
    """Run the children until SIGINT, SIGTERM or SIGHUP; returns 0 after an ordered stop.

    Each child is started when the one before it is ready; `when_ready` is called after the last.
    Must be called from the main thread. A second signal while stopping kills at once. Raises
    CellarError already_running, child_not_ready (everything is stopped again first).
    """
    place = Place.at(data).prepare()
    with place.locked(LOCK, patience=1.0) as is_ours:
        if not is_ours:
            raise CellarError("already_running", folder=place.root, pid=_state(place).get("pid", "?"))
        with _Signals() as signals, Guardian() as watch:
            supervisor = _Supervisor(children, place, say, signals, watch)
            try:
                supervisor.start_all()
                if not signals.came:
                    if when_ready:
                        when_ready()
                    supervisor.note_ready()
                supervisor.watch()
            finally:
                supervisor.stop_all()
                _state_file(place).unlink(missing_ok=True)
    return 0


def detach(run: Callable[[], object], *, data: Path, say: Say = print, seconds: float = 180.0) -> int:
    """Do `run`, which ends in this module's `run` on this data folder, in a process apart from us.

    Returns its pid once it is ready. What it writes goes to log/supervisor.log and, until it is ready, to `say`
    as well. Raises CellarError already_running, supervisor_died, child_not_ready.
    """
    place = Place.at(data).prepare()
    if running := status(data):
        raise CellarError("already_running", folder=place.root, pid=running.pid)
    log = place.log("supervisor")
    read_to = log.stat().st_size if log.exists() else 0
    pid = forking.fork(run, name="toasoan", log=log)
    until = time.monotonic() + seconds
    while True:
        found = status(data)
        has_died = os.waitpid(pid, os.WNOHANG) != (0, 0)
        with log.open("rb") as file:
            file.seek(read_to)
            whole, newline, _ = file.read().rpartition(b"\n")
        read_to += len(whole) + len(newline)
        for line in whole.decode("utf-8", "replace").splitlines():
            say(line)
        if found and found.is_ready:
            return found.pid
        if has_died:
            raise CellarError("supervisor_died", log=log, detail=tail(log))
        if time.monotonic() > until:
            stop(data, say=say)
            detail = tail(log)
            raise CellarError(
                "child_not_ready", name="toasoan", seconds=round(seconds), log=log, detail=detail
            )
        time.sleep(LOOK_SECONDS)


def stop(data: Path, *, say: Say = print, seconds: float = 90.0) -> bool:
    """Stop the supervisor of this data folder, wherever it was started; False when none runs.

    Waits for the ordered stop; after `seconds` it is killed, and its guardian ends the children.
    """
    place = Place.at(data)
    running = status(data)
    if running is None:
        return False
    say(f"Đang dừng (tiến trình {running.pid})…")
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(running.pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with place.locked(LOCK, patience=0.0) as is_free:
                if is_free:
                    return True
            time.sleep(TICK_SECONDS)
    raise CellarError("server_survived", program="toasoan", pid=running.pid)


def status(data: Path) -> Status | None:
    """The supervisor that runs on this data folder, if one does."""
    place = Place.at(data)
    if not place.run.is_dir():
        return None
    with place.locked(LOCK, patience=0.0) as is_free:
        state = {} if is_free else _state(place)
    return Status(**state) if state else None


def require_free_port(host: str, port: int) -> None:
    """Raises CellarError port_taken when another program listens there; port 0 is always free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the web server will: connections of the last run that linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            raise CellarError("port_taken", host=host, port=port) from refusal


class _Supervisor:
    def __init__(
        self, children: Sequence[Child], place: Place, say: Say, signals: "_Signals", watch: Guardian
    ) -> None:
        self.running = [Running(child, place.log(child.name)) for child in children]
        self.place, self.signals, self.guardian = place, signals, watch
        self._say = say
        self.is_ready = self.is_written = False
        self._write_state()

    def say(self, sentence: str) -> None:
        """Nobody dies of what cannot be said, say into a file on a full disk."""
        try:
            self._say(sentence)
        except OSError as refusal:
            if refusal.errno not in DISK_FULL:
                raise

    def start_all(self) -> None:
        for each in self.running:
            begun = time.monotonic()
            self._start(each)
            while not self.signals.came and not (each.child.ready is None or each.child.ready()):
                if time.monotonic() > begun + each.child.ready_seconds:
                    seconds, detail = round(each.child.ready_seconds), tail(each.log)
                    name, log = each.child.name, each.log
                    raise CellarError("child_not_ready", name=name, seconds=seconds, log=log, detail=detail)
                self._revive()
                self.signals.wait(0.03)
            if self.signals.came:
                return
            self.say(
                f"{each.child.name}: sẵn sàng sau {time.monotonic() - begun:.1f} giây.".replace(".", ",", 1)
            )

    def note_ready(self) -> None:
        self.is_ready = True
        self._write_state()

    def watch(self) -> None:
        """Until a signal comes: bury the dead, start them again."""
        while not self.signals.came:
            self._revive()
            self.signals.wait(TICK_SECONDS)

    def stop_all(self) -> None:
        """In reverse order, each given its time; a signal that comes now makes it short."""
        self.signals.came = 0
        for each in reversed(self.running):
            if each.pid is None:
                continue
            each.ask_to_stop()
            until = time.monotonic() + each.child.stop_seconds
            while not each.has_died() and time.monotonic() < until and not self.signals.came:
                self.signals.wait(0.03)
            was_late = not each.has_died()
            self.guardian.forget(each.pid)
            each.bury()
            self.say(f"{each.child.name}: {'phải dừng ngay' if was_late else 'đã dừng'}.")

    def _revive(self) -> None:
        if not self.is_written:
            self._write_state()
        self.guardian.keep_alive((each.pid, each.child.stop_seconds) for each in self.running if each.pid)
        for each in self.running:
            if each.has_died():
                assert each.pid is not None
                self.guardian.forget(each.pid)
                code, seconds = each.bury(), each.put_off()
                self.say(f"{each.child.name}: đã chết (mã {code}), khởi động lại sau {_seconds(seconds)}.")
                self._write_state()
            elif each.pid is None and 0 < each.starts_at <= time.monotonic():
                self._start(each)

    def _start(self, each: Running) -> None:
        self.guardian.remember(each.start(), each.child.stop_seconds)
        self._write_state()

    def _write_state(self) -> None:
        """For `status`; while the disk is full it is tried again with every look at the children."""
        children = {each.child.name: {"pid": each.pid, "restarts": each.restarts} for each in self.running}
        path = _state_file(self.place)
        # Moved into place whole: a reader never sees half of it.
        fresh = path.with_suffix(".new")
        state = json.dumps({"pid": os.getpid(), "is_ready": self.is_ready, "children": children})
        try:
            fresh.write_text(state)
            fresh.replace(path)
        except OSError as refusal:
            if refusal.errno not in DISK_FULL:
                raise
            self.is_written = False
        else:
            self.is_written = True


class _Signals:
    """SIGINT, SIGTERM and SIGHUP as a number (`came`), and a sleep that each of them cuts short."""

    def __enter__(self) -> "_Signals":
        self.came = 0
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        handled = [*STOPPING, signal.SIGCHLD]  # a child's death ends the sleep too
        self._before = {number: signal.signal(number, self._note) for number in handled}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> None:
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 512)

    def _note(self, number: int, _: FrameType | None) -> None:
        if number in STOPPING:
            self.came = number


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} giây".replace(".", ",")


def _state_file(place: Place) -> Path:
    return place.run / "supervisor.json"


def _state(place: Place) -> dict[str, Any]:
    try:
        return dict(json.loads(_state_file(place).read_text()))
    except (FileNotFoundError, ValueError):
        return {}
