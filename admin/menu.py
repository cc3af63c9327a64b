"""The frame of every console page: menu, name, rehearsal bar. One statement for all counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from admin import reading
from admin.desk import can, me, now, roles
from models.vocabulary import Role
from workflow import clock
from workflow.engine.errors import N_
from workflow.queries import desk, standings
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
    if not current_user.is_authenticated or not can("console.enter"):
        return {}
    lines = [(group, place) for group, places in GROUPS for place in places if can(place.needs)]
    items = [_item(place) for _, place in lines]
    shown = [
        {
            "label": gettext(group) if group else "",
            "items": [i for (g_, _), i in zip(lines, items, strict=True) if g_ == group],
        }
        for group, _ in GROUPS
    ]
    return {
        "menu": [group for group in shown if group["items"]],
        "places": [item for item in items if item["short"]][:2]
        + [item for item in items if item["endpoint"] in ("desk_pieces.index", "desk_units.index_view")
           and not item["query"]],
        "me": {
            "name": me().full_name,
            "seat": seat(),
            "url": url_for("devices.mine"),
            "letters_url": url_for("wishes.mine"),
        },
        "logout_url": url_for("arriving.leave"),
        "home_url": url_for("admin.index"),
        "house": gettext("Sở GDĐT Hà Tĩnh"),
        "search_url": url_for("desk_pieces.index"),
        "search_words": request.args.get("q", "") if request.endpoint == "desk_pieces.index" else "",
        "rehearsal": rehearsal(),
        "language": str(get_locale()),
        "now": now(),
        "can": can,
        "kinds": KINDS,
        "checklist": CHECKLIST,
        "uncount_reasons": UNCOUNT_REASONS,
    }  # fmt: skip


def seat() -> str:
    """The person's title, else her roles."""
    return me().title or ", ".join(gettext(ROLES[role]) for role in Role if role in roles())


@cache
def _address(_root: str, endpoint: str, phase: str) -> str:
    """Kept: every page asks for each line of the menu, and under one root they are the same."""
    return url_for(endpoint, **({"trang-thai": phase} if phase else {}))


def _item(place: Place) -> dict[str, Any]:
    count = getattr(waiting(), place.count) if place.count else 0
    asked = request.args.get("trang-thai", "") if request.endpoint == place.endpoint else ""
    here = request.endpoint or ""
    same_screen = here.split(".")[0] == place.endpoint.split(".")[0]
    detail = same_screen and here != place.endpoint
    return {
        "label": gettext(place.label),
        "short": gettext(place.short) if place.short else "",
        "icon": place.icon,
        "url": _address(request.script_root, place.endpoint, place.query),
        "count": count,
        "active": (here == place.endpoint and asked == place.query) or (detail and not place.query),
        "endpoint": place.endpoint,
        "query": place.query,
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
             "url": url_for("admin.travel"), "fields": {"to": target.isoformat(), "back": request.path}},
            {"label": gettext("Tới ngày mai"),
             "url": url_for("admin.travel"),
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
