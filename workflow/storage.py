"""Files under their own digest. A name a person typed is never a path here."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from workflow.engine.errors import NoRoom, NotFound
from workflow.settings import settings

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES})
"""What a file system says that takes no more, or nothing at all: the files are not the sender's to mend."""


def _folder() -> Path:
    return settings().data / "files"


def keep(data: bytes) -> str:
    """Store `data` safely (written, synced, renamed) and return its SHA-256. Storing twice is harmless.

    Raises NoRoom, and then no half of it is left.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if not path.exists():
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
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise NotFound
    return _folder() / digest[:2] / digest


def opened(digest: str) -> BinaryIO:
    """The file, for the caller to read and close. Raises NotFound."""
    try:
        return path_of(digest).open("rb")
    except FileNotFoundError as error:
        raise NotFound from error


def load(digest: str) -> bytes:
    """Raises NotFound."""
    with opened(digest) as file:
        return file.read()
