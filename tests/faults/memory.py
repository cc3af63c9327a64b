"""Little memory for a worker: a control group for root, who then meets the kernel's own killer, else a limit."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.disks import IS_ROOT

GROUPS = (
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
    (Path("/sys/fs/cgroup"), "memory.max"),
)
SIZE_MB = 300


@contextmanager
def scarce(*, by_the_kernel: bool) -> Iterator[Mapping[str, str]]:
    """The environment of a worker with little memory, see `cradle._hem_in`."""
    group = _group() if by_the_kernel and IS_ROOT else None
    if group is None:
        yield {"MEMORY_MB": str(SIZE_MB)}
        return
    try:
        yield {"GROUP": str(group)}
    finally:
        group.rmdir()


def _group() -> Path | None:
    """A group of our own with a limit; None on machines that give us none."""
    for place, limit in GROUPS:
        group = place / f"toasoan-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            (group / limit).write_text(str(SIZE_MB * 2**20))
            return group
        group.rmdir()
    return None
