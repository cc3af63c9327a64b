"""Files of a piece: taking them in, and making the copies the public may see (R3, R8)."""

import unicodedata

from sqlalchemy import select

from models.attachment import Attachment
from models.base import db
from models.vocabulary import AttachmentKind
from workflow import outbox, pictures, storage, videos
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import bookkeeping
from workflow.public_copies import CopyRefused

MAX_FILE_BYTES = 30 * 1024 * 1024
SHOWN = frozenset({AttachmentKind.PICTURE, AttachmentKind.VIDEO})
"""What readers see on a page, by a copy of its own."""


def attach(submission_id: int, name: str, data: bytes) -> Attachment:
    """Keep a file with a piece, inside the open change(). What it is, its bytes say, not its name.

    The same bytes twice are one file. Raises Invalid(`file_too_large`, `file_type_not_allowed`, `file_empty`).
    """
    name, seen = check(name, data)
    blob = storage.keep(data)
    file = db.session.scalars(
        select(Attachment).where(Attachment.submission_id == submission_id, Attachment.blob == blob)
    ).one_or_none()
    if file is not None:
        return file
    file = Attachment(
        submission_id=submission_id,
        blob=blob,
        name=name,
        kind=AttachmentKind(seen.kind),
        media_type=seen.media_type,
        size_bytes=len(data),
        width=seen.width,
        height=seen.height,
    )
    db.session.add(file)
    db.session.flush()
    if file.kind in SHOWN:
        outbox.put("public_copy", f"attachment:{file.id}:public_copy", {"attachment": file.id})
    return file


def check(name: str, data: bytes) -> tuple[str, pictures.Inspection]:
    """The name as it may be shown and what the bytes are, for a file that may be kept; stores nothing.

    A door asks it for each file first, so that one bad file does not cost the good ones. Raises as `attach` does.
    """
    name = _shown_name(name)
    if not data:
        raise Invalid("file_empty", N_("Tệp “{name}” không có nội dung."), name=name, field="files")
    if len(data) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise Invalid(
            "file_too_large", N_("Tệp “{name}” vượt quá {n} MB."), name=name, n=limit, field="files"
        )
    seen = pictures.inspect(data)
    if seen.kind not in set(AttachmentKind):
        raise Invalid(
            "file_type_not_allowed", N_("Loại tệp của “{name}” không được phép."), name=name, field="files"
        )
    return name, seen


def make_public_copy(attachment_id: int) -> None:
    """Make and note the copy without EXIF, GPS and names, or why there can be none: then it never is public.

    Harmless if done twice.
    """
    file = db.session.get_one(Attachment, attachment_id)
    if file.public_blob is not None or file.public_refused is not None:
        return
    data = storage.load(file.blob)
    try:
        copy = (
            videos.public_copy(data, file.media_type)
            if file.kind == AttachmentKind.VIDEO
            else pictures.public_copy(data)
        )
    except CopyRefused as refusal:
        with bookkeeping():
            file.public_refused = refusal.code
        return
    blob = storage.keep(copy.data)
    with bookkeeping():
        file.public_blob = blob
        file.public_media_type = copy.media_type


def _shown_name(name: str) -> str:
    """The last part of what the sender called it, as text: no folders, no control characters, 200 at most."""
    flat = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in flat if char.isprintable())[:200] or "tep"
