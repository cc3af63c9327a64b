"""The clock's errand at the files: each is read through once a day: a bad disk is known while backups are good."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from workflow import clock, mishaps, storage
from workflow.queries import filed

JOB = "files_check"
PARTS = 24
"""One an hour, by its number: a run reads so much less, and needs to remember nothing."""
MOST = 100
"""Damaged and missing files told at most: beyond these it is the disk that is broken, and not a file."""


def look(slot: datetime) -> Mapping[str, int]:
    """Read the files of this hour, and those that were found damaged before: who mended one need not wait a day."""
    began, stumbled, read = mishaps.began(), set[str](), 0
    before = sorted(target.removeprefix("file:") for target in mishaps.noted(JOB))
    shelves = storage.shelves(slot.astimezone(clock.ZONE).hour, of=PARTS)
    # Named by a row first, so that one that has gone is missed; then what no row names any more.
    there = chain.from_iterable(map(storage.kept, shelves))
    for digest in dict.fromkeys([*before, *filed.named(shelves), *there]):
        with mishaps.minding(JOB, f"file:{digest}", stumbled):
            storage.require_whole(digest)
        read += 1
        if len(stumbled) == MOST:
            break
    mishaps.settle(JOB, stumbled, since=began)
    return {"files": read, "failed": len(stumbled)}
