"""What was given away and is not written down yet: a mark on disk between a mail server's 250 and our commit.

A worker that is killed there, or a database that stays away, would have the letter given again. Whoever takes the
row next looks here first. A mark that is lost, on another machine or by a full disk, costs one letter that
comes twice with one Message-ID; one that is left behind, after the row was done, is never read again.
"""

import os
from pathlib import Path

import structlog

from tasks.leases import Claimed
from workflow.settings import settings

log = structlog.get_logger("tasks.given")


def note(row: Claimed, what: str, says: str) -> None:
    """`what` of this row was taken, and whoever took it `says` so. Never raises: what is given is given."""
    path = _path(row)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Visible at once: this process may have a microsecond left.
        with path.open("wb") as file:
            file.write(f"{what}\n{says}".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.warning("mark_not_kept", outbox=row.id, error=str(error))


def found(row: Claimed, what: str) -> str:
    """What whoever took `what` of this row said; empty when nobody did.

    After a restore from a backup a number may be another row's: `what` tells them apart.
    """
    try:
        given, _, says = _path(row).read_text("utf-8", errors="replace").partition("\n")
    except OSError:
        return ""
    # A machine that went down may leave the end of a file torn, or as zeros, which no column takes.
    return says.replace("\0", "") if given == what else ""


def forget(row: Claimed) -> None:
    """It is written down."""
    try:
        _path(row).unlink(missing_ok=True)
    except OSError as error:
        log.warning("mark_left", outbox=row.id, error=str(error))


def _path(row: Claimed) -> Path:
    return settings().data / "given" / str(row.id)
