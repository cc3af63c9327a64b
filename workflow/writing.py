"""Writing: a new draft, a new revision, files and the answers about the children in them (R2, R3, R8).

A revision is never changed; writing makes the next one.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from models.attachment import Attachment
from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import UNIT_ROLES, WITH_UNIT, Channel, Consent, Kind, Phase, WrittenAs
from workflow import accounts, clock, deadlines, definitions, facts, outbox
from workflow.engine import moves, repeats
from workflow.engine.audit import GENESIS
from workflow.engine.errors import N_, CommandReused, Invalid, NotAllowed, NotFound, Refusal, Stale
from workflow.engine.patience import insistently, patient
from workflow.engine.unit_of_work import change
from workflow.manuscripts import KeptFile, Manuscript, NewFile, answer_for, new_revision, newest_answer
from workflow.rules import guards
from workflow.rules.facts import Facts
from workflow.rules.permissions import FORBIDDEN
from workflow.rules.zone import local_day
from workflow.submissions import Done, perform, still_refused

__all__ = ["KeptFile", "Manuscript", "NewFile", "answer", "draft", "reclassify", "write"]


@patient
def draft(
    manuscript: Manuscript,
    *,
    unit: Unit,
    by: Account | None,
    channel: Channel = Channel.WEB,
    at: datetime | None = None,
    period: Period | None = None,
    import_id: str | None = None,
    acting: Account | None = None,
    details: Mapping[str, Any] | None = None,
    cause: str | None = None,
    command: str | None = None,
) -> Submission:
    """A new draft in the unit's pool, bound to the first month whose deadline is ahead at `at` (R6).

    `period` is the month the sender named instead: a reply to its reminder, a list for it; sent after its
    deadline it is late there. `by=None` when nobody with an account wrote it; `acting` is then the editor who
    takes it in for the unit. `details` go into the event. The same `command` again is answered with the same
    piece. Raises NotAllowed when `by` is not of the unit, Invalid
    for what cannot be kept.
    """
    content = {"unit": unit.id, "by": by and by.id, **manuscript.content()}
    told = {"asked": repeats.asked(command, content)} if command else {}
    try:
        with change() as session:
            now = clock.now()
            if by is not None:
                _require_of_unit(by, unit, on=at or now)
                if channel is Channel.WEB and (why_not := ended(unit, on=at or now)):
                    raise NotAllowed(why_not)
            piece = _begun(unit, manuscript.kind, by=by, channel=channel, period=period, at=at or now)
            piece.import_id = import_id
            session.add(piece)
            session.flush()
            _create(
                piece, manuscript, by=by, acting=acting, at=at, details={**told, **(details or {})},
                command=command, cause=cause,
            )  # fmt: skip
            session.refresh(piece)
            return piece
    except CommandReused:
        wrote = repeats.earlier(command, "submission:create", content) if command else None
        if wrote is None:
            raise
        return db.session.get_one(Submission, wrote["submission"])


def _begun(
    unit: Unit, kind: Kind, *, by: Account | None, channel: Channel, period: Period | None, at: datetime
) -> Submission:
    """The row of a new piece, in the first state of its month's definition, without a text yet."""
    period = period or deadlines.binding(unit, at=at)
    if period.follows not in definitions.names():
        raise Invalid(
            "workflow_unknown", N_("Không có quy trình “{name}”."), name=period.follows, field="workflow"
        )
    engine = definitions.newest(period.follows).definition
    return Submission(
        code=_next_code(period),
        workflow=engine.name,
        workflow_version=engine.version,
        state=engine.initial,
        state_since=at,
        head_hash=GENESIS,
        unit_id=unit.id,
        period_id=period.id,
        kind=kind,
        channel=channel,
        created_by=by.id if by else None,
        digest="",
    )


def _create(
    piece: Submission,
    manuscript: Manuscript,
    *,
    by: Account | None,
    acting: Account | None,
    at: datetime | None,
    details: Mapping[str, Any],
    command: str | None,
    cause: str | None,
) -> None:
    """Its first revision and its first event."""
    unit = piece.unit
    changes, told = new_revision(piece, unit, manuscript, by, WrittenAs.UNIT)
    actor = acting or by
    moves.record(
        db.session.connection(),
        moves.Happening(
            submission_id=piece.id,
            state=piece.state,
            target=piece.state,
            version=0,
            head_hash=GENESIS,
            action="submission:create",
            actor=actor.id if actor else None,
            at=clock.now(),
            changes=changes,
            details={
                "unit": unit.id,
                "side": (WrittenAs.DEPARTMENT if acting else WrittenAs.UNIT).value,
                "channel": piece.channel.value,
                "follows": {"version": piece.workflow_version, "workflow": piece.workflow},
                **told,
                **({"became_at": at} if at else {}),
                **({"acting_for": unit.code} if acting else {}),
                **details,
            },
            command=command or str(uuid.uuid4()),
            cause=cause,
        ),
    )


def write(submission_id: int, manuscript: Manuscript, *, by: Account, seen: str, **answers: Any) -> Done:
    """A new revision in place of the one with digest `seen`; raises Stale when another was written meanwhile.

    What the step guards it guards of the new text: a piece that waits for approval keeps section and answers.
    """

    def next_revision(known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        if seen != known.digest:
            raise Stale
        piece = db.session.get_one(Submission, submission_id)
        side = WrittenAs.UNIT if definitions.phase_of(known.state) in WITH_UNIT else WrittenAs.DEPARTMENT
        changes, details = new_revision(piece, piece.unit, manuscript, by, side)
        then = facts.with_words_of(db.session.connection(), known, changes["revision_id"])
        still_refused(known, "write", then)
        return changes, {"side": side.value, **details}

    content = {"seen": seen, **manuscript.content()}
    return perform(submission_id, "write", by=by, beside=next_revision, content=content, **answers)


def answer(
    submission_id: int,
    attachment_id: int,
    consent: Consent,
    *,
    by: Account,
    note: str = "",
    command: str | None = None,
) -> Done:
    """Say who of the children may be seen in one picture or video. The newest answer holds."""

    def add(known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        # Any file the piece ever showed: the public page may still show what the newest text leaves out.
        file = db.session.get(Attachment, attachment_id)
        if file is None or file.submission_id != submission_id:
            raise NotFound
        before = newest_answer(attachment_id)
        answer_for(attachment_id, consent, by, note)
        if definitions.phase_of(known.state) is Phase.PUBLIC and before in CLEAR and consent not in CLEAR:
            _call_for_removal(submission_id, event=known.version + 1)
        told = {"attachment": attachment_id, "answer": consent.value}
        return {}, {**told, "before": {"answer": before}, "after": {"answer": consent.value}}

    content = {"attachment": attachment_id, "answer": consent.value, "note": note}
    # A consent taken back must not be lost to whoever moves the piece at that moment.
    return insistently(
        lambda: perform(submission_id, "answer", by=by, beside=add, content=content, command=command)
    )


CLEAR = frozenset({Consent.YES, Consent.NONE})
"""Answers with which a picture may be seen by everybody."""


def _call_for_removal(submission_id: int, *, event: int) -> None:
    """A consent taken back from a page that is public: it shows the picture no more, and people are to act."""
    topic = "letter:consent_withdrawn"
    outbox.put(
        topic,
        f"submission:{submission_id}:{event}:{topic}",
        {"submission": submission_id, "event": event},
    )


def reclassify(
    submission_id: int,
    *,
    by: Account,
    reason: str,
    unit: Unit | None = None,
    kind: Kind | None = None,
    category: str | None = None,
    author_line: str | None = None,
    period: Period | None = None,
    seen_version: int | None = None,
    command: str | None = None,
) -> Done:
    """Correct unit, kind, section, author or month after sending; both months are counted anew.

    `seen_version` is the piece's as it was looked at: Stale when anything happened to it since.
    """

    def correct(known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        if seen_version not in (None, known.version):
            raise Stale
        piece = db.session.get_one(Submission, submission_id)
        old = piece.revision
        section = old.category.code if old.category else None
        owner = unit or piece.unit
        manuscript = Manuscript(
            kind=kind or Kind(piece.kind),
            title=old.title,
            body=old.body,
            summary=old.summary,
            author_line=old.author_line if author_line is None else author_line,
            author_title=old.author_title,
            school=old.school,
            category=category or section,
            kept=[KeptFile(p.attachment_id, p.caption, p.credit) for p in old.pictures],
        )
        changes, details = new_revision(piece, owner, manuscript, by, WrittenAs.DEPARTMENT)
        booked = period or piece.period
        is_late = known.first_sent_at is not None and known.first_sent_at >= deadlines.deadline_for(
            booked, owner.id
        )
        changes |= {"unit_id": owner.id, "period_id": booked.id, "sent_late": is_late}
        # An author's name is personal: the two revisions hold it, and their digests bind it.
        before = {
            "unit": known.unit_code, "kind": known.kind, "period": piece.period.code, "section": section,
        }  # fmt: skip
        after = {
            "unit": owner.code, "kind": manuscript.kind.value, "period": booked.code, "section": manuscript.category,
        }  # fmt: skip
        return changes, {"side": WrittenAs.DEPARTMENT.value, "before": before, "after": after, **details}

    content = {
        "unit": unit and unit.id,
        "kind": kind,
        "category": category,
        "author_line": author_line,
        "period": period and period.id,
    }
    return perform(
        submission_id, "reclassify", by=by, reason=reason, beside=correct, content=content, command=command
    )


def _require_of_unit(by: Account, unit: Unit, *, on: datetime) -> None:
    if not accounts.roles_of(by, unit=unit, on=local_day(on)) & UNIT_ROLES:
        raise NotAllowed(FORBIDDEN)


def ended(unit: Unit, *, on: datetime) -> Refusal | None:
    """People of a unit that has ended only read. What they mail is kept all the same, and waits in the tray (R12)."""
    if unit.valid_to is None or local_day(on) < unit.valid_to:
        return None
    return Refusal("unit_ended", guards.UNIT_ENDED, fields={"day": f"{unit.valid_to:%d/%m/%Y}"})


def _next_code(period: Period) -> str:
    number = db.session.execute(
        update(Period)
        .where(Period.id == period.id)
        .values(codes_given=Period.codes_given + 1)
        .returning(Period.codes_given)
    ).scalar_one()
    return f"GDMN-{period.year}-{period.month:02d}-{number:04d}"
