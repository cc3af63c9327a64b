"""Files under their own digest. A name a person typed is never a path here.

What a disk cut short or altered is told from what was kept, and handed to nobody.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import structlog

from workflow.engine.errors import Damaged, NoRoom, NotFound
from workflow.settings import settings

log = structlog.get_logger("workflow.storage")

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES})
"""What a file system says that takes no more, or nothing at all: the files are not the sender's to mend."""


_DIGEST = re.compile("[0-9a-f]{64}")


def _folder() -> Path:
    return settings().data / "files"


def keep(data: bytes) -> str:
    """Store `data` safely (written, synced, renamed) and return its SHA-256. Storing twice is harmless, and mends
    what lies there damaged.

    Raises NoRoom, and then no half of it is left.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if not (path.exists() and _is_whole(path, _looks(path.stat()))):
        try:
            write_whole(path, data)
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise NoRoom from error
    return digest


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """The file is there complete or not at all, also after a power cut; what a crash leaves of it is hidden."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # The names too: a row must not point to a file whose folder never heard of it.
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(digest: str) -> Path:
    """Where the bytes with this digest lie, or would lie."""
    if not _DIGEST.fullmatch(digest):
        raise NotFound
    return _folder() / digest[:2] / digest


def opened(digest: str) -> BinaryIO:
    """The file, for the caller to read and close. Raises NotFound, Damaged.

    Compared once in a process for as long as the file looks the same: each part of a film is asked for by itself.
    """
    path = path_of(digest)
    file = _opened(path)
    if not _is_whole(path, _looks(os.fstat(file.fileno()))):
        file.close()
        raise _damaged(digest)
    return file


def load(digest: str) -> bytes:
    """All of it, compared each time. Raises NotFound, Damaged."""
    with _opened(path_of(digest)) as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise _damaged(digest)
    return data


def require_whole(digest: str) -> None:
    """Read it through, a piece at a time. Raises NotFound, Damaged."""
    with _opened(path_of(digest)) as file:
        if _digest(file) != digest:
            raise _damaged(digest)


def shelves(part: int, *, of: int) -> list[str]:
    """How the digests of one part begin, of so many parts of like size."""
    return [f"{number:02x}" for number in range(part, 256, of)]


def kept(shelf: str) -> Iterator[str]:
    """The digests of what is kept that begin so; nothing half written, nothing of others."""
    folder = _folder() / shelf
    if folder.is_dir():
        yield from sorted(path.name for path in folder.iterdir() if _DIGEST.fullmatch(path.name))


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error


def _damaged(digest: str) -> Damaged:
    log.error("file_damaged", blob=digest)
    return Damaged()


Looks = tuple[int, int, int, int]


def _looks(state: os.stat_result) -> Looks:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


@lru_cache(maxsize=4096)
def _is_whole(path: Path, _looks: Looks) -> bool:
    with path.open("rb") as file:
        return _digest(file) == path.name


def _digest(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
