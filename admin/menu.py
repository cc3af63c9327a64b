"""The frame of every console page: menu, name, rehearsal bar. One statement for all counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale, gettext, ngettext

from admin import reading
from admin.desk import can, me, now, roles
from models.vocabulary import Role
from workflow import clock
from workflow.engine.errors import N_
from workflow.queries import desk, standings
from workflow.rules.permissions import may
from workflow.settings import settings
from workflow.wording import CHECKLIST, KINDS, ROLES, UNCOUNT_REASONS

PREFIX = "/quan-tri"


@dataclass(frozen=True)
class Place:
    """One line of the menu. `count` names a column of `desk.waiting`."""

    label: str
    icon: str
    endpoint: str
    needs: str
    count: str = ""
    query: str = ""
    short: str = ""


GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(N_("Bảng điều khiển"), "layout-dashboard", "admin.index", "console.enter", short=N_("Hôm nay")),
            Place(N_("Thư chờ xử lý"), "mail", "desk_tray.index", "tray.read", "tray", short=N_("Thư đến")),
        ),
    ),
    (
        N_("Biên tập"),
        (
            Place(N_("Tin, bài"), "file-text", "desk_pieces.index", "submissions.read"),
            Place(N_("Hàng chờ biên tập"), "inbox", "desk_pieces.index", "submissions.read", "sent", "sent"),
            Place(N_("Hàng chờ phê duyệt"), "rubber-stamp", "desk_pieces.index", "submissions.read", "ready",
                  "ready", short=N_("Chờ duyệt")),
            Place(N_("Chờ đăng"), "world", "desk_pieces.index", "submissions.read", "approved", "approved"),
        ),
    ),
    (
        N_("Đơn vị"),
        (
            Place(N_("Đơn vị"), "building-community", "desk_units.index_view", "units.read"),
            Place(N_("Ban Truyền thông"), "users-group", "desk_committees.index", "committees.read", "incomplete"),
            Place(N_("Kỳ và hạn gửi"), "calendar-event", "desk_periods.index", "periods.read"),
            Place(N_("Quy trình"), "arrows-diff", "desk_procedures.index", "procedures.read"),
            Place(N_("Văn bản quy định"), "file-text", "desk_directives.index", "submissions.read"),
            Place(N_("Chuyên mục"), "list-details", "desk_sections.index_view", "submissions.read"),
        ),
    ),
    (
        N_("Theo dõi"),
        (
            Place(N_("Thông báo"), "speakerphone", "desk_announcements.index", "announcements.read"),
            Place(N_("Báo cáo tháng"), "chart-bar", "desk_report.index", "reports.read"),
            Place(N_("Ai đã duyệt gì"), "rubber-stamp", "desk_inspection.index", "audit.read"),
            Place(N_("Nhật ký hệ thống"), "history", "desk_audit.index", "audit.read"),
            Place(N_("Thư đã gửi"), "mail-forward", "desk_letters.index_view", "letters.read", "failed_letters"),
            Place(N_("Hàng đợi"), "database", "desk_queues.index", "queues.read", "dead"),
            Place(N_("Tài khoản"), "users", "desk_accounts.index_view", "accounts.read"),
            Place(N_("Ủy quyền"), "user-check", "desk_delegations.index", "console.enter"),
            Place(N_("Thiết lập"), "settings", "desk_settings.index", "settings.read"),
        ),
    ),
)  # fmt: skip


def waiting() -> Any:
    if "console_waiting" not in g:
        g.console_waiting = desk.waiting(me().id, now=now())
    return g.console_waiting


def hang(app: Flask) -> None:
    """Give the console's pages their frame, and templates the few words only they need."""
    app.context_processor(frame)
    app.jinja_env.filters["moment_input"] = lambda moment: f"{moment.astimezone(clock.ZONE):%Y-%m-%dT%H:%M}"
    app.jinja_env.filters.update(
        piece_marks=reading.marks,
        instant=datetime.fromisoformat,
        kind_name=lambda kind: gettext(KINDS[kind]),
        lower_first=lambda words: words[:1].lower() + words[1:],
        without=lambda asked, *names: {name: value for name, value in asked.items() if name not in names},
    )


def frame() -> dict[str, Any]:
    """What look/console.html asks for. Nothing for other doors, for a bare page, for who is not inside."""
    if not request.path.startswith(PREFIX) or g.get("is_bare"):
        return {}
    held = roles()
    if not may(held, "console.enter"):
        return {}
    language, root = str(get_locale()), request.script_root
    here, phase = request.endpoint or "", request.args.get("trang-thai", "")
    shown = [
        (label, [_counted(item, here, phase) for item in items])
        for label, items in _lines(held, language, root)
    ]
    items = [item for _, some in shown for item in some]
    return {
        "menu": [{"label": label, "items": some} for label, some in shown],
        "places": [item for item in items if item["short"]][:2]
        + [item for item in items if item["endpoint"] in ("desk_pieces.index", "desk_units.index_view")
           and not item["query"]],
        "me": {
            "name": me().full_name,
            "seat": seat(),
            "url": address("devices.mine"),
            "letters_url": address("wishes.mine"),
        },
        "logout_url": address("arriving.leave"),
        "home_url": address("admin.index"),
        "house": gettext("Sở GDĐT Hà Tĩnh"),
        "search_url": address("desk_pieces.index"),
        "search_words": request.args.get("q", "") if request.endpoint == "desk_pieces.index" else "",
        "rehearsal": rehearsal(),
        "language": language,
        "now": now(),
        "can": can,
        "kinds": KINDS,
        "checklist": CHECKLIST,
        "uncount_reasons": UNCOUNT_REASONS,
    }  # fmt: skip


def seat() -> str:
    """The person's title, else her roles."""
    return me().title or ", ".join(gettext(ROLES[role]) for role in Role if role in roles())


def address(endpoint: str) -> str:
    """Of a screen that needs no more than its name."""
    return _address(request.script_root, endpoint, "")


@cache
def _address(_root: str, endpoint: str, phase: str) -> str:
    """Kept: every page asks for each line of the menu, and under one root they are the same."""
    return url_for(endpoint, **({"trang-thai": phase} if phase else {}))


@lru_cache(maxsize=64)
def _lines(
    held: frozenset[Role], _language: str, root: str
) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The menu as it is for everybody with these roles: its groups, and in each what may be seen."""
    groups = [
        (_of_many(group) if group else "", [_item(place, root) for place in places if may(held, place.needs)])
        for group, places in GROUPS
    ]
    return [(label, items) for label, items in groups if items]


def _item(place: Place, root: str) -> Mapping[str, Any]:
    return {
        "label": _of_many(place.label),
        "short": gettext(place.short) if place.short else "",
        "icon": place.icon,
        "url": _address(root, place.endpoint, place.query),
        "endpoint": place.endpoint,
        "query": place.query,
        "screen": place.endpoint.partition(".")[0],
        "counts": place.count,
    }


def _of_many(label: str) -> str:
    """A line of the menu leads to many of what it names: in English that is another word, in Vietnamese the same."""
    many = ngettext(label, label, 2)
    return gettext(label) if many == label else many


def _counted(item: Mapping[str, Any], here: str, phase: str) -> dict[str, Any]:
    """A line of the menu as it stands now: how many wait there, and whether the reader is there."""
    is_index = here == item["endpoint"]
    is_detail = not is_index and here.partition(".")[0] == item["screen"]
    return {
        **item,
        "count": getattr(waiting(), item["counts"]) if item["counts"] else 0,
        "active": phase == item["query"] if is_index else is_detail and not item["query"],
    }


def rehearsal() -> dict[str, Any] | None:
    """The bar of a rehearsal: the set time, and the jumps for who may turn the clock."""
    if not settings().is_demo:
        return None
    steps = []
    if can("clock.travel"):
        target = next_deadline(now())
        steps = [
            {"label": gettext("Tới 00:01 ngày %(day)s", day=f"{target.astimezone(clock.ZONE):%d/%m}"),
             "url": address("admin.travel"), "fields": {"to": target.isoformat(), "back": request.path}},
            {"label": gettext("Tới ngày mai"),
             "url": address("admin.travel"),
             "fields": {"to": tomorrow(now()).isoformat(), "back": request.path}},
        ]  # fmt: skip
    return {"now": now(), "steps": steps}


def next_deadline(moment: datetime) -> datetime:
    """One minute past the next deadline: the first moment at which everybody is late."""
    ahead: datetime | None = waiting().next_deadline
    if ahead is not None:
        return ahead + timedelta(minutes=1)
    local = moment.astimezone(clock.ZONE)
    month = local if local.day < 20 else local.replace(day=28) + timedelta(days=5)
    return month.replace(day=20, hour=0, minute=1, second=0, microsecond=0)


def tomorrow(moment: datetime) -> datetime:
    """08:00 on the next day, when reminders go out."""
    local = moment.astimezone(clock.ZONE) + timedelta(days=1)
    return local.replace(hour=8, minute=0, second=0, microsecond=0)


def opened() -> Any:
    """The months opened so far, oldest first; read once per request."""
    if "console_months" not in g:
        g.console_months = standings.months(now=now(), size=7)
    return g.console_months
