"""Disks that are full or read-only: root gives them a file system of their own, others come as near as they may."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IS_ROOT = os.geteuid() == 0


@contextmanager
def small(folder: Path, size_mb: int) -> Iterator[Path]:
    """A file system of that size in place of `folder`. Root only."""
    folder.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0755", "tmpfs", folder)
    try:
        yield folder
    finally:
        # Lazily: a server that is being ended may still have it open.
        _run("umount", "--lazy", folder)


def fill(folder: Path) -> Path:
    """Write until nothing more goes in; the file to remove again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65536)):
                pass
        except OSError:
            return ballast
    raise AssertionError("unreachable")


def make_read_only(folder: Path) -> None:
    _run("mount", "-o", "remount,ro", folder)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Nothing of 40 kB goes into `folder`: for root its disk is full, else no file of this process may be larger."""
    if IS_ROOT:
        with small(folder, 1):
            fill(folder)
            yield
    else:
        with stunted(40_000):
            yield


@contextmanager
def stunted(size_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond that, wherever it lies."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing is made in `folder`: for root its disk is read-only, else the folder is closed."""
    if IS_ROOT:
        with small(folder, 1):
            make_read_only(folder)
            yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def _run(*argv: object) -> None:
    subprocess.run([str(word) for word in argv], check=True)
