"""Files under their own digest. A name a person typed is never a path here."""

import hashlib
import os
import tempfile
from pathlib import Path

from workflow.engine.errors import NotFound
from workflow.settings import settings


def _folder() -> Path:
    return settings().data / "files"


def keep(data: bytes) -> str:
    """Store `data` safely (written, synced, renamed) and return its SHA-256. Storing twice is harmless."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # The names too: after a power cut a row must not point to a file whose folder never heard of it.
    for folder in (path.parent, path.parent.parent):
        _sync(folder)
    return digest


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


def load(digest: str) -> bytes:
    """Raises NotFound."""
    try:
        return path_of(digest).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
