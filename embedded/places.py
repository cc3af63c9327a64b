"""Where things lie: the data folder, its locks, and the short folder for the sockets."""

import contextlib
import errno
import fcntl
import hashlib
import math
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import CellarError
from embedded.launch import Owner

# A Unix socket's path must fit 104 bytes on some systems; the longest name below it takes 18.
LONGEST_SOCKETS_FOLDER = 80
ROTATE_LOG_AT_BYTES = 10_000_000
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Place:
    """One data folder. `root` is absolute and resolved; made with mode 700 by `prepare`."""

    root: Path

    @classmethod
    def at(cls, data: Path) -> "Place":
        return cls(data.expanduser().resolve())

    @property
    def run(self) -> Path:
        return self.root / "run"

    def log(self, name: str) -> Path:
        """The log of a server or child; a log past 10 MB is set aside as NAME.log.1 first."""
        path = self.root / "log" / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > ROTATE_LOG_AT_BYTES:
                path.replace(path.with_suffix(".log.1"))
        return path

    def prepare(self) -> "Place":
        """Make the folder, run/ and log/. Raises CellarError no_permission, not_a_folder, disk_full."""
        with explained(self.root):
            for folder in (self.root, self.run, self.root / "log"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.root, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "not writable", str(self.root))
        return self

    def folder(self, name: str, *, owner: Owner | None) -> Path:
        """A folder below the data folder that only its owner may enter."""
        path = self.root / name
        with explained(path):
            _give(path, owner)
        return path

    def sockets(self, *, owner: Owner | None) -> Path:
        """The folder for Unix sockets: short, in the temporary folder, closed to everybody else.

        Two levels, the outer one ours and the inner one the server's, so that another program of the
        account `nobody` cannot reach the sockets that servers started by root put there.
        Raises CellarError sockets_not_ours.
        """
        outer = self._sockets_outer()
        with explained(outer):
            outer.mkdir(mode=0o700, exist_ok=True)
            found = outer.lstat()
            # Somebody may have been there first, with a link or a folder of his own.
            if outer.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
                raise CellarError("sockets_not_ours", folder=outer)
            _give(outer / "s", owner)
        return outer / "s"

    @staticmethod
    def forget_sockets(sockets: Path) -> None:
        """Remove a folder that `sockets` made, once no server has a socket left in it."""
        with contextlib.suppress(OSError):
            sockets.rmdir()
            sockets.parent.rmdir()

    def _sockets_outer(self) -> Path:
        name = f"toasoan-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:10]}"
        outer = Path(tempfile.gettempdir()) / name
        return outer if len(os.fsencode(outer)) <= LONGEST_SOCKETS_FOLDER else Path("/tmp") / name  # noqa: S108

    @contextlib.contextmanager
    def locked(self, name: str, *, patience: float = math.inf) -> Iterator[bool]:
        """Hold run/NAME.lock; yields False when somebody else holds it for `patience` seconds.

        A lock of the kernel, not a file with a pid: it ends with its holder, even by kill -9.
        """
        path = self.run / f"{name}.lock"
        with explained(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + patience
        try:
            while not (is_held := _try_lock(handle)) and time.monotonic() < until:
                time.sleep(0.02)
            yield is_held
        finally:
            os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give(path: Path, owner: Owner | None) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if owner and path.stat().st_uid != owner.uid:
        os.chown(path, owner.uid, owner.gid)


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the three refusals a file system gives into sentences; let every other OSError pass."""
    try:
        yield
    except PermissionError as refusal:
        raise CellarError("no_permission", folder=refusal.filename or folder) from refusal
    except (FileExistsError, NotADirectoryError) as refusal:
        raise CellarError("not_a_folder", folder=refusal.filename or folder) from refusal
    except OSError as refusal:
        if refusal.errno == errno.EROFS:
            raise CellarError("no_permission", folder=refusal.filename or folder) from refusal
        if refusal.errno in DISK_FULL:
            raise CellarError("disk_full", folder=folder, free_mb=0, needed_mb=1) from refusal
        raise
