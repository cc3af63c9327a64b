"""Backups that came back: what a proof of one leaves in the trail, so that the first page can say how old it is."""

from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from workflow import trail
from workflow.engine.unit_of_work import change

log = structlog.get_logger("workflow.backups")

STREAM = "settings:backup"


def note_proof(*, made_at: str, events: int, files: int) -> None:
    """A backup was laid out beside the house, found whole, and thrown away again."""
    _note("backup:prove", made_at=made_at, events=events, files=files)


def note_failure(*, file: str, why: str) -> None:
    """A backup that should have been proved did not come back: the code that was told.

    Not the sentence: it may repeat what the database said of a row, and the trail forgets nothing. Where it cannot be
    written it is logged: the operator asked why the backup did not come back, and is told that.
    """
    try:
        _note("backup:fail", file=file, why=why)
    except SQLAlchemyError as error:
        log.error("unnoted", file=file, why=why, exc_info=error)


def note_return(*, made_at: str, events: int, files: int) -> None:
    """This house itself came out of a backup; written into its restored trail."""
    _note("backup:restore", made_at=made_at, events=events, files=files)


def _note(action: str, **told: Any) -> None:
    """Nobody is named: whoever does this sits at the machine itself."""
    with change():
        trail.write(STREAM, action, by=None, **told)
