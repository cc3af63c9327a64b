"""What somebody looks at or takes out of the house, where that leaves a trace of its own (R8, R11, T33)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from models.attachment import Attachment
from models.audit import AuditEvent
from models.base import db
from models.people import Account
from models.vocabulary import AttachmentKind
from workflow import accounts, clock, privacy, timetable, trail
from workflow.engine.unit_of_work import change
from workflow.queries import seals
from workflow.rules.permissions import require
from workflow.rules.zone import local_day

EXPORTS: Mapping[str, str] = {
    "audit:export": "audit.read",
    "audit:export_decisions": "audit.read",
    "report:export": "reports.read",
    "register:export": "units.read",
}
"""What can be taken out, and the right it needs."""
OPENINGS: Mapping[AttachmentKind, str] = {
    AttachmentKind.PICTURE: "picture:open_original",
    AttachmentKind.VIDEO: "video:open_original",
}
SEARCHES = frozenset({"words", "search"})


def note_export(asked: Mapping[str, object], *, by: Account | None, what: str = "audit:export") -> None:
    """Put on record that somebody takes a table out, with the filters. Raises NotAllowed; then nothing leaves.

    `by=None` is whoever sits at the machine itself, at the command line.
    """
    if by is not None:
        require(accounts.roles_of(by), EXPORTS[what])
    with change():
        # What somebody searched for is often a name.
        told = {
            name: privacy.seal(str(value), about=by.id) if by and name in SEARCHES else value
            for name, value in asked.items()
            if value
        }
        trail.write("settings:audit", what, by=by, asked=told)


def note_opening(attachment_id: int, *, by: Account) -> None:
    """Put on record that somebody opens a picture or a video as it came, with all that a camera wrote into it.

    A player asks for a video in many parts, so of it the first of a day is noted. The caller has asked whether
    she may see it.
    """
    file = db.session.get_one(Attachment, attachment_id)
    action = OPENINGS[file.kind]
    if file.kind == AttachmentKind.VIDEO and _opened_today(file.id, action, by=by):
        return
    with change():
        trail.write(
            f"{file.kind}:{file.id}", action, by=by, attachment=file.id, submission=file.submission_id
        )


def _opened_today(attachment_id: int, action: str, *, by: Account) -> bool:
    last = db.session.scalar(
        select(AuditEvent.at)
        .where(
            AuditEvent.actor_id == by.id,
            AuditEvent.action == action,
            AuditEvent.stream == f"{AttachmentKind.VIDEO}:{attachment_id}",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return last is not None and local_day(datetime.fromisoformat(last)) == local_day(clock.now())


def check_trail(*, by: Account) -> datetime:
    """Have the whole trail verified by a worker; returns its slot. One that is under way is not asked for twice."""
    require(accounts.roles_of(by), "audit.read")
    newest = seals.newest_look()
    if newest is not None and newest.is_under_way:
        slot: datetime = newest.slot
        return slot
    return timetable.put("audit_check", by)
