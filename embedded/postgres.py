"""A PostgreSQL of our own on one data folder: reached by a Unix socket only, by its owner only."""

import contextlib
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from embedded import launch, process, programs
from embedded.errors import CellarError
from embedded.places import Place
from embedded.process import Server

NAME = "PostgreSQL"
PORT = 5432  # names the socket only; nothing listens on a network
DATABASE = "toasoan"
NEW_CLUSTER_MB, OLD_CLUSTER_MB = 160, 40
# A crash may leave minutes of log to replay; a start that is merely slow must not be given up.
START_SECONDS = 120.0
ORPHAN_SECONDS = 15.0
NO_PROCESS = 4_194_305  # one above the largest process number Linux gives

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_connections": "200",
    # Short statements all of them, and nobody replicates from here: memory that would lie idle.
    "jit": "off",
    "max_logical_replication_workers": "0",
}
# Its three reading processes are for disks that are far away.
SINCE_18 = {"io_method": "sync"}
# For databases that a test throws away: a power cut may eat them. Commits stay synchronous, so that
# what was acknowledged survives `kill`, which is what fault tests count.
CARELESS = {"fsync": "off", "full_page_writes": "off"}

STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
CRASH = ((signal.SIGKILL, 10.0),)


def find(data: Path) -> Server | None:
    """The PostgreSQL already running and answering on this data folder; a stale pid file is no server."""
    cluster = _cluster(Place.at(data))
    noted = _noted(cluster)
    if noted is None:
        return None
    pid, sockets = noted
    return Server(NAME, url(sockets), pid) if _answers(cluster, sockets) else None


def start(data: Path, *, settings: Mapping[str, str] | None = None, database: str = DATABASE) -> Server:
    """Attach to the running server or start one, and see to it that `database` exists.

    `settings` are PostgreSQL's own, laid over SETTINGS (CARELESS for tests). Returns the URL of
    the superuser `postgres` on `database`. Raises CellarError.
    """
    place = Place.at(data).prepare()
    cluster = _cluster(place)
    if noted := _noted(cluster):
        pid, sockets = noted
        _await(place, pid, sockets)
    else:
        pid, sockets = _start_past_orphans(place, {**SETTINGS, **(settings or {})})
    _create_database(sockets, database)
    return Server(NAME, url(sockets, database), pid, started=noted is None)


def stop(data: Path) -> bool:
    """End the server of this data folder in good order; False when none runs."""
    return _end(data, STOP)


def kill(data: Path) -> bool:
    """End it as a power cut would: kill -9 of the postmaster. For fault tests."""
    return _end(data, CRASH)


def url(sockets: Path, database: str = DATABASE, *, user: str = "postgres") -> str:
    """The address libpq, psycopg and SQLAlchemy all read."""
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(sockets))}&port={PORT}"


def _cluster(place: Place) -> Path:
    return place.root / "postgres"


def _start_past_orphans(place: Place, settings: Mapping[str, str]) -> tuple[int, Path]:
    """Start, and again while back ends of a killed postmaster are still finding out that it is gone."""
    until = time.monotonic() + ORPHAN_SECONDS
    while True:
        pid, sockets = _start(place, settings)
        try:
            _await(place, pid, sockets)
        except CellarError as failure:
            if "shared memory block" not in failure.says or time.monotonic() > until:
                place.forget_sockets(sockets)
                raise
            time.sleep(0.1)
        else:
            return pid, sockets


def _await(place: Place, pid: int, sockets: Path) -> None:
    cluster = _cluster(place)
    process.await_answer(
        NAME,
        pid,
        answers=lambda: _answers(cluster, sockets),
        mark=cluster,
        log=place.log("postgres"),
        seconds=START_SECONDS,
    )


def _start(place: Place, settings: Mapping[str, str]) -> tuple[int, Path]:
    cluster = _cluster(place)
    owner = launch.owner_of(cluster)
    made_by = _made_by(cluster)
    _require_room(place.root, OLD_CLUSTER_MB if made_by else NEW_CLUSTER_MB)
    try:
        installed = programs.postgres(made_by=made_by)
    except CellarError as refusal:
        if refusal.code == "other_version":
            raise CellarError("other_version", **{**refusal.fields, "folder": cluster}) from None
        raise
    if made_by is None:
        _initialise(place, installed)
    sockets = place.sockets(owner=owner)
    _disown_stale_locks(cluster, sockets)
    if installed.major >= 18:
        settings = {**SINCE_18, **settings}
    settings = {**settings, "unix_socket_directories": f'"{sockets}"', "port": str(PORT)}
    argv: list[str | Path] = [installed.bin / "postgres", "-D", cluster]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    return process.start(NAME, argv, owner=owner, log=place.log("postgres")), sockets


def _disown_stale_locks(cluster: Path, sockets: Path) -> None:
    """Let PostgreSQL start although a stranger has the process number of its dead predecessor.

    Called when no PostgreSQL runs on `cluster`. The pid file is not removed but given a number that
    cannot exist: PostgreSQL then still looks, as it must, for back ends that outlive their killed
    postmaster and hold the shared memory named in the file.
    """
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    note = cluster / "postmaster.pid"
    if note.exists():
        _, *rest = note.read_text().splitlines(keepends=True)
        note.write_text("".join([f"{NO_PROCESS}\n", *rest]))


def _initialise(place: Place, installed: programs.Postgres) -> None:
    """Make the data folder beside its place and move it there: killed half way, it leaves no half of one."""
    cluster = _cluster(place)
    owner = launch.owner_of(cluster)
    making = place.root / "postgres.new"
    shutil.rmtree(making, ignore_errors=True)
    place.folder(making.name, owner=owner)
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if installed.major >= 17
        else ["--locale=C.UTF-8"]
    )
    argv = [installed.bin / "initdb", "-D", making, "-U", "postgres", "-E", "UTF8", *locale, "--no-sync"]
    # `trust` is as closed as the folder its sockets lie in: mode 700, and nothing listens elsewhere.
    argv += ["--auth-local=trust", "--auth-host=reject"]
    done = launch.run([str(word) for word in argv], owner=owner, env=process.ENVIRONMENT)
    if done.returncode == launch.STEP_DOWN_FAILED:
        raise CellarError("root_cannot_step_down", detail=done.stderr.strip())
    if done.returncode != 0:
        log = place.log("postgres")
        log.write_text(done.stdout + done.stderr)
        raise CellarError("server_died", program="initdb", log=log, detail=done.stderr.strip())
    with contextlib.suppress(FileNotFoundError):
        cluster.rmdir()
    making.rename(cluster)


def _made_by(cluster: Path) -> int | None:
    """The major version that made the data folder; None when there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as refusal:
        raise CellarError("no_permission", folder=cluster) from refusal


def _noted(cluster: Path) -> tuple[int, Path] | None:
    """The pid and sockets folder PostgreSQL noted, if that process is still a PostgreSQL on this folder."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as refusal:
        raise CellarError("no_permission", folder=cluster) from refusal
    if len(lines) < 5 or not process.is_alive(int(lines[0]), mark=cluster):
        return None
    return int(lines[0]), Path(lines[4])


def _answers(cluster: Path, sockets: Path) -> bool:
    try:
        with psycopg.connect(url(sockets, "postgres"), connect_timeout=5, autocommit=True) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row == (str(cluster),)


def _create_database(sockets: Path, database: str) -> None:
    with psycopg.connect(url(sockets, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def _end(data: Path, steps: tuple[tuple[signal.Signals, float], ...]) -> bool:
    place = Place.at(data)
    noted = _noted(_cluster(place))
    if noted is None:
        return False
    pid, sockets = noted
    process.end(NAME, pid, mark=_cluster(place), steps=steps)
    place.forget_sockets(sockets)
    return True


def _require_room(folder: Path, needed_mb: int) -> None:
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < needed_mb:
        raise CellarError("disk_full", folder=folder, free_mb=free_mb, needed_mb=needed_mb)
