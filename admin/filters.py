"""The list of pieces as its address asks for it: filters, tabs, views, and the links that change one of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, request, url_for
from flask_babel import get_locale, gettext

from admin import menu
from admin.desk import me, roles, words_of
from models.vocabulary import Kind, Phase, Role
from workflow import clock
from workflow.engine.errors import N_
from workflow.queries import calendar_days, desk, queue
from workflow.queries import filters as saved
from workflow.rules import workdays
from workflow.rules.guards import CLAIM_LASTS_WORKING_DAYS
from workflow.wording import KINDS

TABS = (
    ("", N_("Tất cả")),
    (Phase.SENT, N_("Đã gửi")),
    (Phase.READY, N_("Đã biên tập")),
    (Phase.APPROVED, N_("Đã duyệt")),
    (Phase.PUBLIC, N_("Đã đăng")),
    (Phase.DRAFT, N_("Bản nháp")),
    (Phase.LAPSED, N_("Quá hạn")),
    (queue.ASIDE, N_("Để lại")),
)


def asked_for() -> queue.Asked:
    get = request.args.get
    phases = {phase for phase, _ in TABS}
    return queue.Asked(
        phase=get("trang-thai", "") if get("trang-thai", "") in phases else "",
        words=words_of(),
        unit=get("don-vi", "")[:60],
        period=get("ky", "")[:7],
        kind=get("loai", "") if get("loai", "") in set(Kind) else "",
        section=get("muc", "")[:60],
        late=get("muon") == "1",
        unclear=get("anh") == "1",
        claimed_by=me().id if get("toi") == "1" else None,
        unclaimed=get("chua-nhan") == "1",
        waits_since=_long_ago() if get("cho-lau") == "1" else None,
        answered=get("tra-loi") == "1",
        oldest_first=get(OLDEST_FIRST) == "1",
        before=_key(get("truoc", "")),
        after=_key(get("sau", "")) if not get("truoc") else None,
    )


OLDEST_FIRST = "cu-truoc"

NAMES = (
    "trang-thai",
    "q",
    "don-vi",
    "ky",
    "loai",
    "muc",
    "muon",
    "anh",
    "toi",
    "chua-nhan",
    "cho-lau",
    "tra-loi",
    OLDEST_FIRST,
)


def kept() -> dict[str, str]:
    """The filters and the order as they stand in the address, for links that change one of them."""
    asked = request.args
    return {name: asked[name] for name in NAMES if asked.get(name)}


def _long_ago() -> datetime:
    """Since before this moment is long: as many working days as a claim lasts."""
    local = menu.now().astimezone(clock.ZONE)
    return local + (
        workdays.earlier(local.date(), CLAIM_LASTS_WORKING_DAYS, calendar_days.exceptions()) - local.date()
    )


# --- the place in the list ----------------------------------------------------------------------------------------

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def place(key: queue.Key | None) -> str | None:
    """A keyset in the address: microseconds and number, `1621220400000000.42`."""
    return f"{(key[0] - _BEGINNING) // _MICRO}.{key[1]}" if key else None


def _key(typed: str) -> queue.Key | None:
    """None for what is no place; the list then begins at its beginning."""
    moment, _, number = typed.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= 17 for part in (moment, number)):
        return None
    return _BEGINNING + int(moment) * _MICRO, int(number)


def link(**changed: str | None) -> str:
    return url_for(".index", **{name: value for name, value in {**kept(), **changed}.items() if value})


# --- what the page draws ------------------------------------------------------------------------------------------


def tabs(asked: queue.Asked, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": gettext(label),
            "url": link(**{"trang-thai": phase or None}),
            "count": counted(counts.get(phase, 0)),
            "active": asked.phase == phase,
        }
        for phase, label in TABS
    ]


def orders(asked: queue.Asked) -> list[dict[str, Any]]:
    """The two ways round the list; the other one begins at its own beginning."""
    ways = ((N_("Mới nhất trước"), None), (N_("Cũ nhất trước"), "1"))
    return [
        {
            "label": gettext(label),
            "url": link(**{OLDEST_FIRST: way}),
            "active": asked.oldest_first is bool(way),
        }
        for label, way in ways
    ]


def counted(many: int) -> str:
    """“312”, or “1.000+” for what was not counted to its end."""
    number = current_app.jinja_env.filters["number"]
    return str(number(many) if many <= queue.MOST_COUNTED else f"{number(queue.MOST_COUNTED)}+")


VIEWS: tuple[tuple[str, Mapping[str, str], frozenset[str]], ...] = (
    (N_("Của tôi"), {"toi": "1", "trang-thai": Phase.SENT}, frozenset({Role.EDITOR})),
    (N_("Chưa ai nhận"), {"chua-nhan": "1", "trang-thai": Phase.SENT}, frozenset()),
    (N_("Chờ quá 3 ngày làm việc"), {"cho-lau": "1"}, frozenset()),
    (N_("Đơn vị vừa trả lời"), {"tra-loi": "1"}, frozenset()),
    (N_("Ảnh chưa rõ"), {"anh": "1"}, frozenset()),
)
"""The usual queues: name, address, and for which roles alone (none: for everybody)."""


def views() -> list[dict[str, Any]]:
    """The usual queues, in the order that is chosen now, then what she or a colleague named, in the order it was
    named with; the one that is open is marked.
    """
    here = kept()
    order = {name: here[name] for name in here if name == OLDEST_FIRST}
    usual = [
        {"label": gettext(label), "asked": {**asked, **order}}
        for label, asked, only in VIEWS
        if not only or only & roles()
    ]
    named = [
        {"label": row.name, "asked": row.asked, "id": row.id, "is_mine": row.is_mine,
         "owner": row.owner if row.is_shared and not row.is_mine else "", "is_shared": row.is_shared}
        for row in saved.offered(me().id)
    ]  # fmt: skip
    return [
        {**view, "url": url_for(".index", **view["asked"]), "active": view["asked"] == here}
        for view in (*usual, *named)
    ]


def selects(asked: queue.Asked) -> Sequence[Mapping[str, Any]]:
    yes = [("1", gettext("Có"))]
    choices = desk.choices("periods", "units", "sections", language=str(get_locale()))
    return [
        {"name": "ky", "label": gettext("Kỳ"), "value": asked.period, "choices": choices["periods"]},
        {"name": "don-vi", "label": gettext("Đơn vị"), "value": asked.unit, "choices": choices["units"]},
        {"name": "loai", "label": gettext("Thể loại"), "value": asked.kind,
         "choices": [(kind, gettext(says)) for kind, says in KINDS.items()]},
        {"name": "muc", "label": gettext("Chuyên mục"), "value": asked.section, "choices": choices["sections"]},
        {"name": "muon", "label": gettext("Gửi muộn"), "value": "1" if asked.late else "", "choices": yes},
    ]  # fmt: skip


HEADINGS = {
    Phase.SENT: N_("Hàng chờ biên tập"),
    Phase.READY: N_("Hàng chờ phê duyệt"),
    Phase.APPROVED: N_("Chờ đăng"),
}


def heading(asked: queue.Asked) -> str:
    return str(gettext(HEADINGS.get(asked.phase, N_("Tin, bài"))))
