"""The clock's errand at the files: each is read through once a day: a bad disk is known while backups are good."""

from collections.abc import Mapping
from datetime import datetime

from workflow import clock, mishaps, storage

JOB = "files_check"
PARTS = 24
"""One an hour, by its number: a run reads so much less, and needs to remember nothing."""
MOST = 100
"""Damaged files told at most: beyond these it is the disk that is broken, and not a file."""


def look(slot: datetime) -> Mapping[str, int]:
    """Read the files of this hour, and those that were found damaged before: who mended one need not wait a day."""
    began, stumbled, read = mishaps.began(), set[str](), 0
    before = sorted(target.removeprefix("file:") for target in mishaps.noted(JOB))
    part = storage.kept(slot.astimezone(clock.ZONE).hour, of=PARTS)
    for digest in dict.fromkeys([*before, *part]):
        with mishaps.minding(JOB, f"file:{digest}", stumbled):
            storage.require_whole(digest)
        read += 1
        if len(stumbled) == MOST:
            break
    mishaps.settle(JOB, stumbled, since=began)
    return {"files": read, "failed": len(stumbled)}
