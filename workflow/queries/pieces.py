"""Finding pieces by what people call them. Reads only."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Row, or_, select

from models.attachment import Attachment
from models.base import db
from models.submission import Revision, RevisionAttachment, Submission
from workflow.engine.errors import N_, Invalid, NotFound


def named(name: str) -> Submission:
    """The piece with this code (`GDMN-2021-05-0012`), import id (`S09`) or number. Raises NotFound."""
    keys = [Submission.code == name.upper(), Submission.import_id == name]
    if name.isdecimal() and len(name) < 19:
        keys.append(Submission.id == int(name))
    # A code is unique and never looks like a number; an import id may, and then the number yields to it.
    found = db.session.scalars(select(Submission).where(or_(*keys))).all()
    if not found:
        raise NotFound
    return min(found, key=lambda piece: name not in (piece.code, piece.import_id))


def titled(codes: Iterable[str]) -> Mapping[str, Row[str, int, str]]:
    """Number and title of the pieces that have one of these codes, by code."""
    titles = select(Submission.code, Submission.id, Revision.title).join(
        Revision, Revision.id == Submission.revision_id
    )
    return {row.code: row for row in db.session.execute(titles.where(Submission.code.in_(set(codes))))}


def file_of(piece: Submission, name: str) -> Attachment:
    """The file shown by a piece's current revision: by name, place (`1` is the first) or number.

    Raises Invalid(`file_unknown`).
    """
    shown = db.session.execute(
        select(RevisionAttachment.position, Attachment)
        .join(Attachment, Attachment.id == RevisionAttachment.attachment_id)
        .where(RevisionAttachment.revision_id == piece.revision_id)
        .order_by(RevisionAttachment.position)
    ).all()
    for said in (lambda p, f: f.name, lambda p, f: str(p), lambda p, f: str(f.id)):
        for place, file in shown:
            if said(place, file) == name:
                return file
    names = ", ".join(file.name for _, file in shown) or "–"
    raise Invalid("file_unknown", N_("Bài không có tệp “{name}”. Các tệp: {names}."), name=name, names=names)
