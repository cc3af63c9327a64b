"""A Valkey (Redis protocol) of our own on one data folder: a Unix socket, an append-only file."""

import json
import shutil
import signal
from pathlib import Path

import redis

from embedded import launch, process, programs
from embedded.places import Place
from embedded.process import Server

NAME = "Valkey"
START_SECONDS = 60.0
# noeviction: with any other policy a full memory forgets messages without an error.
# set-proc-title no: the command line keeps naming the folder, by which is_alive knows it.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "save": "",
    "daemonize": "no",
    "set-proc-title": "no",
}
STOP = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0))
CRASH = ((signal.SIGKILL, 10.0),)


def find(data: Path) -> Server | None:
    """The Valkey already running and answering on this data folder."""
    place = Place.at(data)
    noted = _noted(place)
    if noted is None:
        return None
    pid, socket = noted
    return Server(NAME, url(socket), pid) if _answers(place, socket) else None


def start(data: Path, *, empty: bool = False) -> Server:
    """Attach to the running server or start one, at the same socket as before.

    `empty` throws away what an earlier run kept: what is left after a Redis without persistence
    was lost. Raises CellarError.
    """
    place = Place.at(data).prepare()
    noted, started = _noted(place), False
    if noted is None:
        noted, started = _start(place, empty=empty), True
    pid, socket = noted
    process.await_answer(
        NAME,
        pid,
        answers=lambda: _answers(place, socket),
        mark=_folder(place),
        log=place.log("valkey"),
        seconds=START_SECONDS,
    )
    return Server(NAME, url(socket), pid, started)


def stop(data: Path) -> bool:
    """End the server of this data folder in good order; False when none runs."""
    return _end(data, STOP)


def kill(data: Path) -> bool:
    """End it by kill -9. For fault tests; `start` brings it back at the same address."""
    return _end(data, CRASH)


def url(socket: Path) -> str:
    """The address redis-py reads; the path stands in it as it is."""
    return f"unix://{socket}"


def _folder(place: Place) -> Path:
    return place.root / "valkey"


def _start(place: Place, *, empty: bool) -> tuple[int, Path]:
    folder = _folder(place)
    owner = launch.owner_of(folder)
    program = programs.valkey()
    if empty:
        shutil.rmtree(folder, ignore_errors=True)
    place.folder(folder.name, owner=owner)
    socket = place.sockets(owner=owner) / "valkey.sock"
    argv: list[str | Path] = [program, "--dir", folder, "--unixsocket", socket]
    for name, value in SETTINGS.items():
        argv += [f"--{name}", value]
    pid = process.start(NAME, argv, owner=owner, log=place.log("valkey"))
    _note(place).write_text(json.dumps({"pid": pid, "socket": str(socket)}))
    return pid, socket


def _note(place: Place) -> Path:
    return place.run / "valkey.json"


def _noted(place: Place) -> tuple[int, Path] | None:
    """The pid and socket we noted, if that process is still a Valkey on this folder."""
    try:
        note = json.loads(_note(place).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    if not process.is_alive(note["pid"], mark=_folder(place)):
        return None
    return note["pid"], Path(note["socket"])


def _answers(place: Place, socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=5, decode_responses=True) as client:
            return bool(client.config_get("dir") == {"dir": str(_folder(place))})
    except redis.RedisError:
        # Not there yet, or still loading its file.
        return False


def _end(data: Path, steps: tuple[tuple[signal.Signals, float], ...]) -> bool:
    place = Place.at(data)
    noted = _noted(place)
    if noted is None:
        return False
    pid, socket = noted
    process.end(NAME, pid, mark=_folder(place), steps=steps)
    _note(place).unlink(missing_ok=True)
    socket.unlink(missing_ok=True)
    place.forget_sockets(socket.parent)
    return True
