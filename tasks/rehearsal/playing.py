"""Plays the score: before the curtain with the clock set to each scene, afterwards when the clock passes them.

A scene and the note that it was played are one transaction, so an interrupted load goes on where it stopped and
nothing happens twice.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy import select

from models.base import db
from models.house import HouseFact
from models.organisation import Committee
from models.submission import Submission
from tasks.rehearsal.score import DATA, Scene, scenes
from workflow import accounts, clock, committees, submissions
from workflow.engine.errors import ToaSoanError
from workflow.engine.unit_of_work import change
from workflow.imports import submissions as pieces
from workflow.intake import receiving

log = structlog.get_logger("tasks.rehearsal")

NOTE = "rehearsal_played"
"""The house's note of the last scene that was played; absent when no demo is loaded."""


def begin(at: datetime) -> None:
    """Set the clock to the beginning, unless the play has begun already or the house was founded on this clock."""
    with change() as session:
        if session.get(HouseFact, NOTE) is None:
            if clock.rehearsal() is None or clock.now() < at:
                clock.step(at)
            session.add(HouseFact(name=NOTE, value=at.isoformat()))


def play_until(until: datetime) -> int:
    """Play every scene up to `until`, setting people's clock to each; returns how many. Raises what a verb raises:
    a demo that cannot be laid down is a bug."""
    played = 0
    for scene in scenes():
        if scene.at <= until:
            played += _play(scene, stepping=True)
    return played


def arrive(now: datetime) -> Mapping[str, int]:
    """Let arrive what the score has between the last scene and people's `now`. A job of the timetable.

    Whoever rehearses may have closed the month or dissolved a committee: then an arrival is refused as it would
    be in life, and the next one is tried.
    """
    told = {"arrived": 0, "refused": 0}
    for scene in coming(now):
        try:
            told["arrived"] += _play(scene, stepping=False)
        except ToaSoanError as error:
            log.info("arrival_refused", scene=str(scene.at), code=error.code)
            told["refused"] += 1
            with change():
                _note(scene)
    return told


def coming(now: datetime) -> list[Scene]:
    """What arrives between the last scene that was played and `now`; nothing when no demo is loaded."""
    note = db.session.get(HouseFact, NOTE)
    last = datetime.fromisoformat(note.value) if note else now
    return [scene for scene in scenes() if scene.is_arrival and last < scene.at <= now]


def _play(scene: Scene, *, stepping: bool) -> bool:
    """Play one scene if its turn has not been; False when it has, or when no demo is loaded."""
    with change() as session:
        last = session.get(HouseFact, NOTE, with_for_update=True)
        if last is None or scene.at <= datetime.fromisoformat(last.value):
            return False
        if stepping:
            clock.step(scene.at)
        PLAYERS[scene.kind](scene)
        _note(scene)
        return True


def _note(scene: Scene) -> None:
    db.session.get_one(HouseFact, NOTE).value = scene.at.isoformat()


# --- how each kind of scene is played ---------------------------------------------------------------------------


def _piece(scene: Scene) -> None:
    pieces.take_one(scene.what, folder=DATA)


def _draft(scene: Scene) -> None:
    pieces.draft(scene.what, folder=DATA, at=scene.at)


def _mail(scene: Scene) -> None:
    receiving.receive(scene.what.read_bytes(), received_at=scene.at)


def _act(scene: Scene) -> None:
    name, trigger, who = scene.what
    piece = db.session.scalars(select(Submission).where(Submission.import_id == name)).one()
    submissions.perform(piece.id, trigger, by=accounts.by_email(who), seen=piece.digest, **scene.more)


def _confirmations(scene: Scene) -> None:
    """The department confirms every committee that is complete."""
    editor = accounts.by_email(scene.what)
    for committee in db.session.scalars(select(Committee).where(Committee.valid_to.is_(None))):
        if not committees.missing(committee):
            committees.confirm(committee, by=editor)


PLAYERS: Mapping[str, Callable[[Scene], None]] = {
    "piece": _piece,
    "draft": _draft,
    "mail": _mail,
    "act": _act,
    "confirmations": _confirmations,
}
