"""Pieces from a list such as `submissions.json`, each judged at the moment it was sent (R4, R5, R6).

They go through the same verbs as any other piece: the unit's committee specialist writes the draft and sends it,
at the piece's own `submitted_at`. Authors are names without accounts and stay author lines.
"""

import json
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import Channel, Consent, Kind, SeatKind
from workflow import clock, committees, deadlines, organisation, submissions, texts, writing
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.imports import scenes
from workflow.imports.rows import ADDED, UNCHANGED, Outcome, each, unreadable
from workflow.settings import settings

KINDS = {"tin": Kind.NEWS, "bai": Kind.ARTICLE, "video": Kind.VIDEO, "tu_lieu": Kind.MATERIAL}
CHANNELS = {"web": Channel.WEB, "email": Channel.MAIL}
ANSWERS: Mapping[str, tuple[Consent, str]] = {
    "yes": (Consent.YES, ""),
    "no": (Consent.NO, ""),
    "unknown": (Consent.UNKNOWN, ""),
    "partial": (Consent.UNKNOWN, N_("Theo dữ liệu cũ: mới có sự đồng ý của một phần phụ huynh.")),
    "n/a": (Consent.NONE, ""),
}
NEEDS = ("id", "kind", "category", "unit", "author_name", "submitted_at", "channel", "title", "body")
SENDERS = (SeatKind.SPECIALIST, SeatKind.LEADER, SeatKind.TEACHER)

Piece = Mapping[str, Any]
T = TypeVar("T")


def take(path: Path) -> Iterator[Outcome]:
    """Take every piece of the list, in the order in which they were sent.

    Files that a piece names lie beside the list; in a rehearsal those that do not are drawn.
    """
    pieces = read(path)
    return each(pieces, "id", lambda piece: take_one(piece, folder=path.parent), first=1)


def read(path: Path) -> list[Piece]:
    """The pieces of a list by time of sending. Raises Invalid(`file_not_read`, `columns_missing`)."""
    try:
        listed = json.loads(unicodedata.normalize("NFC", path.read_text("utf-8-sig")))
        month, pieces = listed["period"], listed["submissions"]
        missing = {name for piece in pieces for name in NEEDS if name not in piece}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error
    if missing:
        raise Invalid("columns_missing", N_("Tệp thiếu cột: {columns}."), columns=", ".join(sorted(missing)))
    return sorted(({"period": month, **piece} for piece in pieces), key=_sent_at)


def take_one(piece: Piece, *, folder: Path) -> str:
    """Write and send one piece as its unit's committee did, at its own time; UNCHANGED when it is there already.

    Raises Invalid, NotAllowed (as `submissions.submit`).
    """
    if db.session.scalar(select(Submission.id).where(Submission.import_id == piece["id"])) is not None:
        return UNCHANGED
    sent_at = _sent_at(piece)
    with change():
        drafted = draft(piece, folder=folder, at=sent_at, cause=str(uuid.uuid4()))
        submissions.submit(drafted.id, by=sender(drafted.unit), at=sent_at)
    return ADDED


def draft(piece: Piece, *, folder: Path, at: datetime, cause: str | None = None) -> Submission:
    """The piece as a draft of its unit for the month its list names, written at `at`. Inside a change()."""
    unit = _unit(piece["unit"])
    return writing.draft(
        _manuscript(piece, folder),
        unit=unit,
        by=sender(unit),
        channel=_one_of(CHANNELS, piece["channel"]),
        at=at,
        period=_period(piece["period"]),
        import_id=piece["id"],
        cause=cause,
    )


def sender(unit: Unit) -> Account:
    """Who sends for a unit: its specialist, else its leader, else a teacher. Raises Invalid(`no_committee`)."""
    committee = committees.in_force(unit)
    seats = committees.standing(committee) if committee else []
    for kind in SENDERS:
        for seat in seats:
            if seat.seat_kind == kind:
                return seat.account
    raise Invalid("no_committee", N_("Đơn vị “{unit}” chưa có Ban Truyền thông."), unit=unit.name)


def _sent_at(piece: Piece) -> datetime:
    moment = datetime.fromisoformat(piece["submitted_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)


def _period(month: str) -> Period:
    year, number = month.split("-")
    return deadlines.ensure_period(int(year), int(number))


def _unit(code: str) -> Unit:
    try:
        return organisation.by_code(code)
    except NotFound as error:
        raise Invalid("unit_unknown", N_("Chưa có đơn vị “{unit}”."), unit=code) from error


def _manuscript(piece: Piece, folder: Path) -> writing.Manuscript:
    return writing.Manuscript(
        kind=_one_of(KINDS, piece["kind"]),
        title=piece["title"],
        summary=piece.get("summary") or "",
        body=texts.body_from_paragraphs(piece["body"]),
        author_line=piece["author_name"],
        author_title=piece.get("author_title") or "",
        school=piece.get("school") or "",
        category=piece["category"],
        new=[_file(media, folder) for media in piece.get("media", ())],
    )


def _file(media: Mapping[str, Any], folder: Path) -> writing.NewFile:
    name, caption = Path(media["file"]).name, media.get("caption") or ""
    # No answer in the list is no answer here: nothing is ever preselected (R8).
    consent, note = _one_of(ANSWERS, media["consent"]) if media.get("consent") else (None, "")
    return writing.NewFile(
        name, _bytes(folder / name, caption), caption, media.get("credit") or "", consent, note
    )


def _bytes(path: Path, caption: str) -> bytes:
    if path.is_file():
        return path.read_bytes()
    if not settings().is_demo:
        raise Invalid("file_missing", N_("Không thấy tệp “{name}” bên cạnh danh sách."), name=path.name)
    return scenes.draw(path.name, caption)


def _one_of(table: Mapping[str, T], word: str) -> T:
    try:
        return table[word]
    except KeyError:
        raise Invalid("word_unknown", N_("Giá trị “{word}” không có trong danh mục."), word=word) from None
