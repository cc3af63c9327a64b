"""What somebody wrote, and the revision it becomes: words cleaned, files stored and answered, all sealed.

A revision is never changed; writing makes the next one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from models.attachment import Attachment, ConsentAnswer
from models.base import db
from models.organisation import Unit
from models.people import Account
from models.submission import Category, Revision, RevisionAttachment, Submission
from models.vocabulary import Consent, Kind, WrittenAs
from workflow import media, texts
from workflow.engine.errors import N_, Invalid, NotFound


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

    def content(self) -> dict[str, Any]:
        """What tells this manuscript from another; files by the digest of their bytes."""
        new = [{**vars(file), "data": hashlib.sha256(file.data).hexdigest()} for file in self.new]
        return {**vars(self), "kept": [vars(file) for file in self.kept], "new": new}


def new_revision(
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
    _show(shown, revision)
    changes = {"revision_id": revision.id, "digest": digest, "kind": manuscript.kind.value}
    brought = {"files": len(manuscript.new)} if manuscript.new else {}
    return changes, {"revision": revision.number, "digest": digest, **brought}


def _show(shown: Sequence[tuple[int, str, str, str]], revision: Revision) -> None:
    db.session.add_all(
        RevisionAttachment(
            revision_id=revision.id, position=place, attachment_id=file, caption=caption, credit=credit
        )
        for place, (file, _, caption, credit) in enumerate(shown, 1)
    )
    db.session.flush()


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
            answer_for(file.id, new.consent, by, new.note)
        if file.id not in {row[0] for row in shown}:
            shown.append((file.id, file.blob, texts.tidy(new.caption), texts.tidy(new.credit)))
    return shown


def answer_for(attachment_id: int, consent: Consent, by: Account | None, note: str) -> None:
    db.session.add(
        ConsentAnswer(
            attachment_id=attachment_id,
            answer=consent,
            note=note,
            answered_by=by.id if by else None,
        )
    )
    db.session.flush()


def newest_answer(attachment_id: int) -> str | None:
    """The answer that holds about a file; None while nobody has answered."""
    query = select(ConsentAnswer.answer).where(ConsentAnswer.attachment_id == attachment_id)
    found = db.session.scalars(query.order_by(ConsentAnswer.id.desc()).limit(1)).first()
    return found.value if found else None


def _section(code: str | None) -> Category | None:
    if code is None:
        return None
    section = db.session.scalars(select(Category).where(Category.code == code)).one_or_none()
    if section is None:
        raise Invalid("category_unknown", N_("Chuyên mục “{code}” không có."), code=code, field="category")
    return section if section.merged_into is None else db.session.get(Category, section.merged_into)


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
