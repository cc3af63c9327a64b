"""What waits for the person at the desk: one table of duties, each with its sharpest fact and its button."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin import menu
from admin.desk import can, me, roles
from look import spoken
from workflow.engine.errors import N_
from workflow.queries import calendar_days, queue_heads
from workflow.rules.guards import CLAIM_LASTS_WORKING_DAYS
from workflow.rules.workdays import Known, moment_later


@dataclass(frozen=True)
class Duty:
    """`count` and `since` name columns of `desk.waiting`; it is shown to a role, or to who holds a permission."""

    icon: str
    name: str
    count: str
    button: str
    endpoint: str
    role: str = ""
    needs: str = ""
    since: str = ""
    fact: str = ""
    query: dict[str, str] = field(default_factory=dict)


QUEUE = "desk_pieces.index"
DUTIES = (
    Duty("inbox", N_("Chưa ai nhận biên tập"), "unclaimed", N_("Nhận biên tập"), QUEUE, role="editor",
         since="unclaimed_since", query={"trang-thai": "sent"}),
    Duty("edit", N_("Đang biên tập của tôi"), "mine", N_("Mở tiếp"), QUEUE, role="editor",
         since="mine_since", query={"trang-thai": "sent", "toi": "1"}),
    Duty("rubber-stamp", N_("Chờ phê duyệt"), "ready", N_("Xem và duyệt"), QUEUE, role="approver",
         since="ready_since", query={"trang-thai": "ready"}),
    Duty("world", N_("Chờ đăng"), "to_publish", N_("Xem và đăng"), QUEUE, role="publisher",
         since="to_publish_since", query={"trang-thai": "approved"}),
    Duty("photo-question", N_("Ảnh chưa rõ sự đồng ý"), "held", N_("Xem ảnh"), QUEUE, role="editor",
         fact=N_("Chặn phê duyệt và đăng bài"), query={"anh": "1"}),
    Duty("mail", N_("Thư chờ xử lý"), "tray", N_("Xử lý thư"), "desk_tray.index", needs="tray.write",
         since="tray_since"),
    Duty("users-group", N_("Danh sách Ban Truyền thông"), "incomplete", N_("Xem"), "desk_committees.index",
         needs="committees.write", fact=N_("{incomplete_units} chưa đủ cơ cấu"), query={"thieu": "1"}),
    Duty("check", N_("Danh sách chờ xác nhận"), "to_confirm", N_("Xác nhận"), "desk_committees.index",
         needs="committees.confirm", fact=N_("Đã đủ cơ cấu, chưa xác nhận")),
    Duty("database", N_("Việc dừng vì lỗi"), "dead", N_("Mở hàng đợi"), "desk_queues.index", needs="queues.write",
         fact=N_("Cần chạy lại hoặc bỏ qua")),
)  # fmt: skip


OLDEST = 5
_DAY, _BETWEEN, _WAITED = spoken("day_month"), spoken("days_between"), spoken("waited")


def rows() -> list[dict[str, Any]]:
    """As look/parts/waits.html draws them; what has nothing waiting is left out."""
    counts = menu.waiting()
    mine = [duty for duty in _duties() if getattr(counts, duty.count)]
    # The oldest first; what has no age of its own follows.
    mine.sort(key=lambda duty: (not duty.since, getattr(counts, duty.since) if duty.since else menu.now()))
    return [
        {
            "icon": duty.icon,
            "name": gettext(duty.name),
            "fact": _fact(duty, counts),
            "count": getattr(counts, duty.count),
            "button": gettext(duty.button),
            "url": url_for(duty.endpoint, **duty.query),
        }
        for duty in mine
    ]


def _duties() -> list[Duty]:
    return [duty for duty in DUTIES if duty.role in roles() or (duty.needs and can(duty.needs))]


def oldest() -> list[dict[str, Any]]:
    """The pieces that wait longest for this person, each with the time that is left."""
    queues = [duty.count for duty in _duties() if duty.count in queue_heads.QUEUES]
    if not queues:
        return []
    names = {duty.count: gettext(duty.name) for duty in DUTIES}
    found = queue_heads.oldest(me().id, queues=queues, size=OLDEST)
    known = calendar_days.exceptions() if any(piece.queue == "mine" for piece in found) else {}
    return [
        {
            "title": piece.title or gettext("Chưa có tiêu đề"),
            "unit": piece.unit,
            "url": url_for("desk_pieces.piece", piece_id=piece.id),
            "queue": names[piece.queue],
            "since": piece.since,
            "until": _until(piece, known),
            "until_what": gettext("giữ bài") if piece.queue == "mine" else gettext("chốt kỳ"),
        }
        for piece in found
    ]


def _until(piece: Any, known: Known) -> datetime:
    """A claim runs out; everything else should be done when its month closes."""
    if piece.queue == "mine":
        return moment_later(piece.claimed_at, CLAIM_LASTS_WORKING_DAYS, piece.zone, known)
    closes_at: datetime = piece.closes_at
    return closes_at


def _fact(duty: Duty, counts: Any) -> str:
    if duty.since:
        return str(gettext("Cũ nhất: %(age)s", age=_age(getattr(counts, duty.since), menu.now())))
    return str(gettext(duty.fact)).format(**counts._mapping)


def _age(since: datetime, now: datetime) -> str:
    days = _BETWEEN(since, now)
    if days <= 0:
        return str(gettext("hôm nay"))
    if days == 1:
        return str(gettext("hôm qua"))
    return f"{_WAITED(since, now)}, " + gettext("từ %(when)s", when=_DAY(since))
