"""Backups that came back: what a proof of one leaves in the trail, so that the first page can say how old it is."""

from typing import Any

from models.base import db
from workflow import clock
from workflow.engine import audit
from workflow.engine.unit_of_work import change

STREAM = "settings:backup"
LONGEST = 500


def note_proof(*, made_at: str, events: int, files: int) -> None:
    """A backup was laid out beside the house, found whole, and thrown away again."""
    _note("backup:prove", made_at=made_at, events=events, files=files)


def note_failure(*, file: str, why: str, says: str) -> None:
    """A backup that should have been proved did not come back: the code and the sentence that were told."""
    _note("backup:fail", file=file, why=why, says=says[:LONGEST])


def note_return(*, made_at: str, events: int, files: int) -> None:
    """This house itself came out of a backup; written into its restored trail."""
    _note("backup:restore", made_at=made_at, events=events, files=files)


def _note(action: str, **told: Any) -> None:
    """Nobody is named: whoever does this sits at the machine itself."""
    with change():
        audit.write(db.session.connection(), STREAM, action, actor=None, at=clock.now(), **told)
