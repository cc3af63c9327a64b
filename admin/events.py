"""Events of the trail as look/parts/audit.html draws them: a row of the list, and one event whole."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext

from admin import changes, telling
from admin.changes import instant
from admin.reading import note
from workflow.engine.errors import N_
from workflow.queries import audit
from workflow.rules.wishes import SUBJECTS
from workflow.wording import JOBS, ROLES


class Line(NamedTuple):
    """An event as a list shows it."""

    number: int
    at: datetime
    who: str
    seat: str
    act: str
    noun: str
    says: str
    refused: bool
    subject: str
    code: str
    url: str


def rows(events: Iterable[Any]) -> list[Line]:
    """A page of them. Each address differs by its number only, and few acts are told in many rows."""
    place, says = url_for("desk_audit.event", number=0).removesuffix("0"), _Saying()
    return [row(event, place, says) for event in events]


Act = tuple[str, str, tuple[str, int] | None]
"""Action, trigger, the definition of the piece."""


class _Saying(dict[Act, str]):
    """What an act is called in the reader's language, asked for once a page."""

    def __missing__(self, act: Act) -> str:
        self[act] = said = telling.act(*act)
        return said


def row(event: Any, place: str, says: Mapping[Act, str]) -> Line:
    noun, _, acted = event.action.partition(":")
    code = event.action.partition("refused/")[2]
    trigger = (event.trigger or "") if code else acted
    return Line(
        number=event.id,
        at=datetime.fromisoformat(event.at),
        who=event.who or gettext("Hệ thống"),
        seat=event.seat or "",
        act="consent" if trigger == "answer" else trigger,
        noun=noun,
        says=says[event.action, trigger, telling.followed(event)],
        refused=bool(code),
        subject=event.subject
        or event.about
        or event.unit
        or event.period
        or gettext(
            JOBS.get(event.stream.removeprefix("job:"))
            or ABOUT.get(event.stream)
            or ABOUT.get(event.stream.split(":")[0], event.stream)
        ),
        code=event.code or event.period or _number(event.stream),
        url=f"{place}{event.id}",
    )


def _number(stream: str) -> str:
    """`envelope:6` -> 6, which tells two mails apart; all else has a name, and its stream is words of the machine."""
    noun, _, number = stream.partition(":")
    return number if noun == "envelope" else ""


ABOUT = {
    "submission": N_("Tin, bài"),
    "refusal": N_("Thao tác bị từ chối"),
    "account": N_("Tài khoản"),
    "committee": N_("Ban Truyền thông"),
    "envelope": N_("Thư đến"),
    "period": N_("Kỳ và hạn gửi"),
    "settings": N_("Thiết lập"),
    "settings:outbox": N_("Hàng đợi"),
    "procedure": N_("Quy trình"),
    "unit": N_("Đơn vị"),
    "delegation": N_("Ủy quyền"),
    "picture": N_("Ảnh gốc"),
    "video": N_("Video gốc"),
}
"""What a stream is about, when its event names nothing nearer."""


def whole(event: Any, payload: Mapping[str, Any]) -> dict[str, Any]:
    """As look/parts/audit.html draws the drawer; `payload` with its seals opened."""
    told = row(event, url_for("desk_audit.index"), _Saying())
    is_piece = event.submission_id is not None
    is_moved = payload.get("to") is not None and payload["to"] != payload.get("from")
    return {
        **told._asdict(),
        "headline": telling.sentence(event),
        "subject": event.subject or "",
        "subject_url": url_for("desk_pieces.piece", piece_id=event.submission_id) if is_piece else None,
        "revision": payload.get("revision"),
        "capacity": event.seat,
        "on_behalf_of": event.in_place_of,
        "reason": payload.get("reason"),
        "before": payload.get("from") if is_moved else None,
        "after": payload.get("to") if is_moved else None,
        "changes": _subject(payload)
        + changes.said(payload)
        + _role(payload)
        + _server_time(payload),
        "seen": payload.get("digest"),
        "seen_matches": payload.get("digest") == event.present_digest if event.present_digest else None,
        "note": note(payload),
        "chain": [
            {"number": link.id, "digest": link.hash, "here": link.id == event.id}
            for link in audit.neighbours(event.stream, event.seq)
        ],
        "close_url": url_for("desk_audit.index"),
    }  # fmt: skip


def _server_time(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """When the rehearsal's clock was really turned: its event stands at the hour it was turned to."""
    turned = payload.get("server_time")
    return (
        [{"name": gettext("Giờ máy chủ lúc chỉnh"), "before": None, "after": instant(turned)}]
        if turned
        else []
    )


def _role(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The role that was given, taken or lent."""
    role = payload.get("role")
    return (
        [{"name": gettext("Vai trò"), "before": None, "after": gettext(ROLES[role])}] if role in ROLES else []
    )


def _subject(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of which letters somebody chose how to get them."""
    chosen = SUBJECTS.get(payload.get("subject", ""))
    return [{"name": gettext("Loại thư"), "before": None, "after": gettext(chosen.label)}] if chosen else []


def personal(payload: Mapping[str, Any], words: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """(name, seal) of every personal word of an event, by what a reader calls it."""
    for name, value in payload.items():
        if isinstance(value, Mapping):
            yield from personal(value, words)
        elif isinstance(value, str) and value in words:
            yield gettext(PRIVATE.get(name, name)), value


PRIVATE = {
    "said": N_("Lời trao đổi"),
    "address": N_("Địa chỉ mạng"),
    "words": N_("Từ tìm kiếm"),
    "search": N_("Từ tìm kiếm"),
}
