"""One file that holds everything: the database as pg_dump writes it, a folder of files, and a list of digests.

The file is a tar: `manifest.json`, `database.dump`, `files/…`. Restoring checks every digest before it touches
the database, and fills an empty database only.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded import postgres, process, programs
from embedded.errors import CellarError
from embedded.places import explained

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files/"
CONNECTION = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
}  # fmt: skip

ALONE = 20210422
"""The lock of the one restore at a time."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files` maps names below the folder to SHA-256 in hex; `damaged` are names that were left
    out: what lies there is not what the name says."""

    format: int
    made_at: str
    postgres: int
    database_sha256: str
    files: Mapping[str, str]
    damaged: Sequence[str] = ()


def save(database_url: str, files: Path, target: Path, *, mark: str) -> Manifest:
    """Write database and files to `target`, whole or not at all; not the `mark` of a restore that is under way.

    The database first: files are added before the rows that name them and never taken away, so every file the
    dump names is there when the folder is read. Raises CellarError backup_exists, backup_failed, no_permission.
    """
    if target.exists():
        raise CellarError("backup_exists", file=target)
    major = _major(database_url)
    with _beside(target) as room:
        dump = room / DUMP
        words = ("--format=custom", f"--exclude-table=public.{mark}", "--file", str(dump))
        _run("pg_dump", major, database_url, *words)
        read = {name: _sha256(files / name) for name in _names(files) if not _is_hidden(name)}
        # Their names are digests. A damaged one would be laid over a whole one, of this house or an older backup.
        found = {name: digest for name, digest in read.items() if name.rpartition("/")[2] == digest}
        damaged = tuple(sorted(read.keys() - found.keys()))
        manifest = Manifest(FORMAT, datetime.now(UTC).isoformat(), major, _sha256(dump), found, damaged)
        note = room / MANIFEST
        note.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), "utf-8")
        part = room / "whole.tar"
        # It holds all that the guarded data folder holds: nobody else may read it, from its first byte on.
        part.touch(mode=0o600)
        with tarfile.open(part, "w") as box:
            box.add(note, MANIFEST)
            box.add(dump, DUMP)
            for name in found:
                box.add(files / name, FILES + name)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    return manifest


def load(source: Path, database_url: str, files: Path, *, mark: str) -> Manifest:
    """Add the files and fill an empty database, which has the table `mark` from then on until somebody takes it away.

    Stopped anywhere, it is called again with the same backup: what stands already is left. Raises CellarError
    backup_damaged, backup_failed, database_not_empty; the database is then as empty as before.
    """
    tables, begun = _found(database_url, mark)
    if tables and begun is None:
        raise CellarError("database_not_empty", tables=tables)
    with _beside(files) as room:
        manifest = _unpack(source, room)
        if tables and begun != manifest.database_sha256:
            raise CellarError("database_not_empty", tables=tables)
        # Before the first row that names one.
        _put_files(manifest, room, files)
        if not tables:
            _set_mark(database_url, mark, manifest.database_sha256)
            try:
                _fill(database_url, room)
            except CellarError:
                take_away(database_url, mark)
                raise
    return manifest


@contextlib.contextmanager
def alone(database_url: str) -> Iterator[None]:
    """No second restore into this database while a `with` lasts: it would take the mark of the first away and let the
    house start on half of it. Raises CellarError restore_under_way. Who dies lets go."""
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [ALONE]).fetchone()
        if row != (True,):
            raise CellarError("restore_under_way")
        yield


def take_away(database_url: str, mark: str) -> None:
    """What was restored is in order."""
    with psycopg.connect(_plain(database_url)) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(mark)))


@contextlib.contextmanager
def brought_back(source: Path, *, prepared: Callable[[str], object]) -> Iterator[tuple[Manifest, str]]:
    """The backup laid out on a server of its own, beside it, while a `with` lasts: (what it holds, the address).

    `prepared` is called with the address before the database is filled. Raises CellarError backup_damaged,
    backup_failed.
    """
    with _beside(source) as room:
        url = postgres.start(room, settings=postgres.CARELESS).url
        try:
            prepared(url)
            with _beside(room / FILES) as unpacked:
                manifest = _unpack(source, unpacked)
                _put_files(manifest, unpacked, room / FILES)
                _fill(url, unpacked)
            yield manifest, url
        finally:
            postgres.stop(room)


def _unpack(source: Path, room: Path) -> Manifest:
    """Take the tar apart into `room` and compare every digest."""
    try:
        with tarfile.open(source) as box:
            # The filter refuses names that would leave the room, links and devices.
            box.extractall(room, filter="data")
        manifest = Manifest(**json.loads((room / MANIFEST).read_text("utf-8")))
        is_whole = (
            manifest.format == FORMAT
            and _sha256(room / DUMP) == manifest.database_sha256
            and {name: _sha256(room / FILES / name) for name in _names(room / FILES)} == manifest.files
        )
    except (OSError, tarfile.TarError, ValueError, TypeError, KeyError) as error:
        raise CellarError("backup_damaged", file=source, detail=error) from error
    if not is_whole:
        raise CellarError("backup_damaged", file=source, detail="sha256")
    return manifest


def _put_files(manifest: Manifest, room: Path, files: Path) -> None:
    """Their names are digests: one that is there already is the same."""
    for name in manifest.files:
        place = files / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (room / FILES / name).replace(place)


def _fill(database_url: str, room: Path) -> None:
    """All rows or none."""
    _run(
        "pg_restore", _major(database_url), database_url,
        "--dbname", str(conninfo_to_dict(_plain(database_url))["dbname"]),
        "--exit-on-error", "--single-transaction", str(room / DUMP),
    )  # fmt: skip


def _names(folder: Path) -> Iterator[str]:
    """Every file in a folder, by its name below it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _is_hidden(name: str) -> bool:
    """Half written, or left so by a crash."""
    return name.rpartition("/")[2].startswith(".")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A temporary folder on the disk of `target`, so that what is finished is moved and not copied."""
    folder = target.absolute().parent
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".toasoan-", dir=folder))
    try:
        with explained(folder):
            yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _run(program: str, major: int, database_url: str, *words: str) -> None:
    """Run one of PostgreSQL's tools, of the server's own version where there is one; it prints no password."""
    try:
        installed = programs.postgres(made_by=major)
    except CellarError:
        installed = programs.postgres()
    given = conninfo_to_dict(_plain(database_url))
    # Never as arguments: everybody on the machine can read those.
    connection = {CONNECTION[name]: str(value) for name, value in given.items() if name in CONNECTION}
    done = subprocess.run(
        [str(installed.bin / program), "--no-password", *words],
        env={**process.ENVIRONMENT, **connection},
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise CellarError("backup_failed", program=program, detail=done.stderr.strip())


def _major(database_url: str) -> int:
    with psycopg.connect(_plain(database_url)) as connection:
        return connection.info.server_version // 10_000


def _found(database_url: str, mark: str) -> tuple[int, str | None]:
    """(tables but the mark, digest of the dump that was begun with: None without the mark)."""
    with psycopg.connect(_plain(database_url)) as connection:
        names = {
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
        if mark not in names:
            return len(names), None
        row = connection.execute(sql.SQL("SELECT dump FROM {}").format(sql.Identifier(mark))).fetchone()
        return len(names) - 1, row[0] if row else ""


def _set_mark(database_url: str, mark: str, digest: str) -> None:
    name = sql.Identifier(mark)
    with psycopg.connect(_plain(database_url)) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        connection.execute(sql.SQL("CREATE TABLE {} (dump text)").format(name))
        connection.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(name), [digest])


def _plain(url: str) -> str:
    """SQLAlchemy's way of naming the driver is not libpq's."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
