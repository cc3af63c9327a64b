"""Writing: a new draft, a new revision, files and the answers about the children in them (R2, R3, R8).

A revision is never changed; writing makes the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from models.attachment import Attachment, ConsentAnswer
from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Category, Revision, RevisionAttachment, Submission
from models.vocabulary import UNIT_ROLES, Channel, Consent, Kind, WrittenAs
from workflow import accounts, clock, deadlines, definitions, facts, media, texts
from workflow.engine import moves
from workflow.engine.audit import GENESIS
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound, Refusal, Stale
from workflow.engine.unit_of_work import change
from workflow.rules.facts import Facts
from workflow.submissions import Done, perform, still_refused


@dataclass(frozen=True)
class NewFile:
    """A file that comes with this text."""

    name: str
    data: bytes
    caption: str = ""
    credit: str = ""
    consent: Consent | None = None
    """None: not answered. Nothing is ever preselected."""
    note: str = ""


@dataclass(frozen=True)
class KeptFile:
    """A file the piece has already, as this text shows it."""

    attachment_id: int
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Manuscript:
    """What somebody wrote. `body` is HTML; it is cleaned here, whoever sends it."""

    kind: Kind
    title: str
    body: str = ""
    summary: str = ""
    author_line: str = ""
    author_title: str = ""
    school: str = ""
    category: str | None = None
    """Code of the section, None when not chosen yet."""
    kept: Sequence[KeptFile] = field(default_factory=tuple)
    new: Sequence[NewFile] = field(default_factory=tuple)


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
) -> Submission:
    """A new draft in the unit's pool, bound to the first month whose deadline is ahead at `at` (R6).

    `period` is the month the sender named instead: a reply to its reminder, a list for it; sent after its
    deadline it is late there. `by=None` when nobody with an account wrote it; `acting` is then the editor who
    takes it in for the unit. `details` go into the event. Raises NotAllowed when `by` is not of the unit, Invalid
    for what cannot be kept.
    """
    with change() as session:
        now = clock.now()
        if by is not None:
            _require_of_unit(by, unit, on=at or now)
        period = period or deadlines.binding(unit, at=at or now)
        engine = definitions.newest(period.directive.workflow).definition
        piece = Submission(
            code=_next_code(period),
            import_id=import_id,
            workflow=engine.name,
            workflow_version=engine.version,
            state=engine.initial,
            state_since=at or now,
            head_hash=GENESIS,
            unit_id=unit.id,
            period_id=period.id,
            kind=manuscript.kind,
            channel=channel,
            created_by=by.id if by else None,
            digest="",
        )
        session.add(piece)
        session.flush()
        changes, told = _new_revision(piece, unit, manuscript, by, WrittenAs.UNIT)
        actor = acting or by
        moves.record(
            session.connection(),
            moves.Happening(
                submission_id=piece.id,
                state=piece.state,
                target=piece.state,
                version=0,
                head_hash=GENESIS,
                action="submission:create",
                actor=actor.id if actor else None,
                at=now,
                changes=changes,
                details={
                    "unit": unit.id,
                    "side": (WrittenAs.DEPARTMENT if acting else WrittenAs.UNIT).value,
                    "channel": channel.value,
                    **told,
                    **({"became_at": at} if at else {}),
                    **({"acting_for": unit.code} if acting else {}),
                    **(details or {}),
                },
                cause=cause,
            ),
        )
        session.refresh(piece)
        return piece


def write(submission_id: int, manuscript: Manuscript, *, by: Account, seen: str, **answers: Any) -> Done:
    """A new revision in place of the one with digest `seen`; raises Stale when another was written meanwhile.

    What the step guards it guards of the new text: a piece that waits for approval keeps section and answers.
    """

    def next_revision(known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        if seen != known.digest:
            raise Stale
        piece = db.session.get_one(Submission, submission_id)
        side = WrittenAs.UNIT if known.state in UNIT_STATES else WrittenAs.DEPARTMENT
        changes, details = _new_revision(piece, piece.unit, manuscript, by, side)
        then = facts.with_words_of(db.session.connection(), known, changes["revision_id"])
        still_refused(known, "write", then)
        return changes, {"side": side.value, **details}

    return perform(submission_id, "write", by=by, beside=next_revision, **answers)


UNIT_STATES = frozenset({"drafted", "late"})


def answer(submission_id: int, attachment_id: int, consent: Consent, *, by: Account, note: str = "") -> Done:
    """Say who of the children may be seen in one picture or video. The newest answer holds."""

    def add(_known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        # Any file the piece ever showed: the public page may still show what the newest text leaves out.
        file = db.session.get(Attachment, attachment_id)
        if file is None or file.submission_id != submission_id:
            raise NotFound
        _answer(attachment_id, consent, by, note)
        return {}, {"attachment": attachment_id, "answer": consent.value}

    return perform(submission_id, "answer", by=by, beside=add)


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
) -> Done:
    """Correct unit, kind, section, author or month after sending; both months are counted anew."""

    def correct(known: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        piece = db.session.get_one(Submission, submission_id)
        old = piece.revision
        owner = unit or piece.unit
        manuscript = Manuscript(
            kind=kind or Kind(piece.kind),
            title=old.title,
            body=old.body,
            summary=old.summary,
            author_line=old.author_line if author_line is None else author_line,
            author_title=old.author_title,
            school=old.school,
            category=category or (old.category.code if old.category else None),
            kept=[KeptFile(p.attachment_id, p.caption, p.credit) for p in old.pictures],
        )
        changes, details = _new_revision(piece, owner, manuscript, by, WrittenAs.DEPARTMENT)
        booked = period or piece.period
        is_late = known.first_sent_at is not None and known.first_sent_at >= deadlines.deadline_for(
            booked, owner.id
        )
        changes |= {"unit_id": owner.id, "period_id": booked.id, "sent_late": is_late}
        before = {"unit": known.unit_code, "kind": known.kind, "period": piece.period.code}
        after = {"unit": owner.code, "kind": manuscript.kind.value, "period": booked.code}
        return changes, {"side": WrittenAs.DEPARTMENT.value, "before": before, "after": after, **details}

    return perform(submission_id, "reclassify", by=by, reason=reason, beside=correct)


def _require_of_unit(by: Account, unit: Unit, *, on: datetime) -> None:
    if not accounts.roles_of(by, unit=unit, on=on.astimezone(clock.ZONE).date()) & UNIT_ROLES:
        raise NotAllowed(Refusal("forbidden", N_("Đồng chí không có quyền thực hiện thao tác này.")))


def _next_code(period: Period) -> str:
    number = db.session.execute(
        update(Period)
        .where(Period.id == period.id)
        .values(codes_given=Period.codes_given + 1)
        .returning(Period.codes_given)
    ).scalar_one()
    return f"GDMN-{period.year}-{period.month:02d}-{number:04d}"


def _new_revision(
    piece: Submission, unit: Unit, manuscript: Manuscript, by: Account | None, side: WrittenAs
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Insert the next revision with its files; returns the piece's changes and the event's details."""
    _check(manuscript)
    section = _section(manuscript.category)
    shown = _files(piece, manuscript, by)
    words = {
        "kind": manuscript.kind,
        "title": texts.tidy(manuscript.title),
        "summary": texts.tidy(manuscript.summary),
        "body": texts.body_from_html(manuscript.body),
        "author_line": texts.tidy(manuscript.author_line),
    }
    canonical, digest = texts.seal(
        unit=unit.code,
        section=section.code if section else None,
        pictures=[texts.PictureWords(blob, caption, credit) for _, blob, caption, credit in shown],
        **{**words, "kind": manuscript.kind.value},
    )
    number = db.session.scalar(
        select(func.coalesce(func.max(Revision.number), 0)).where(Revision.submission_id == piece.id)
    )
    revision = Revision(
        submission_id=piece.id,
        number=(number or 0) + 1,
        author_title=texts.tidy(manuscript.author_title),
        school=texts.tidy(manuscript.school),
        category_id=section.id if section else None,
        canonical=canonical,
        digest=digest,
        written_by=by.id if by else None,
        written_as=side,
        **words,
    )
    db.session.add(revision)
    db.session.flush()
    db.session.add_all(
        RevisionAttachment(
            revision_id=revision.id, position=place, attachment_id=file, caption=caption, credit=credit
        )
        for place, (file, _, caption, credit) in enumerate(shown, 1)
    )
    db.session.flush()
    changes = {"revision_id": revision.id, "digest": digest, "kind": manuscript.kind.value}
    return changes, {"revision": revision.number, "digest": digest}


def _files(piece: Submission, manuscript: Manuscript, by: Account | None) -> list[tuple[int, str, str, str]]:
    """(attachment id, blob, caption, credit) of every file shown, in order, new ones stored and answered."""
    owned: Mapping[int, Attachment] = {
        file.id: file
        for file in db.session.scalars(select(Attachment).where(Attachment.submission_id == piece.id))
    }
    shown = []
    for kept in manuscript.kept:
        if kept.attachment_id not in owned:
            raise NotFound
        blob = owned[kept.attachment_id].blob
        shown.append((kept.attachment_id, blob, texts.tidy(kept.caption), texts.tidy(kept.credit)))
    for new in manuscript.new:
        file = media.attach(piece.id, new.name, new.data)
        if new.consent is not None:
            _answer(file.id, new.consent, by, new.note)
        if file.id not in {row[0] for row in shown}:
            shown.append((file.id, file.blob, texts.tidy(new.caption), texts.tidy(new.credit)))
    return shown


def _answer(attachment_id: int, consent: Consent, by: Account | None, note: str) -> None:
    db.session.add(
        ConsentAnswer(
            attachment_id=attachment_id,
            answer=consent,
            note=note,
            answered_by=by.id if by else None,
            created_at=clock.now(),
        )
    )
    db.session.flush()


def _section(code: str | None) -> Category | None:
    if code is None:
        return None
    section = db.session.scalars(select(Category).where(Category.code == code)).one_or_none()
    if section is None:
        raise Invalid("category_unknown", N_("Chuyên mục “{code}” không có."), code=code, field="category")
    return section


def _check(manuscript: Manuscript) -> None:
    length = len(texts.tidy(manuscript.title))
    if length > texts.MAX_TITLE:
        raise Invalid(
            "title_too_long",
            N_("Tiêu đề không quá {n} ký tự (hiện có {m})."),
            n=texts.MAX_TITLE,
            m=length,
            field="title",
        )
    if len(manuscript.body) > texts.MAX_BODY:
        raise Invalid("body_too_long", N_("Nội dung quá dài."), field="body")
