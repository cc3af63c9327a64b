"""The settings, to be seen: what people changed in the console, by whom and when; and what the machine was told.

Nothing is changed here: what people may change has its own page, the rest is the environment's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from flask import url_for
from flask_admin import expose
from flask_babel import format_decimal, gettext

from admin import menu
from admin.desk import Screen, can
from workflow.engine.errors import N_
from workflow.grammar import ACTIONS
from workflow.queries import lately
from workflow.rules.zone import local_day
from workflow.settings import Settings, settings


@dataclass(frozen=True)
class Changeable:
    """`value` is a sentence over the columns of `lately.in_force`; `actions` are those that change it."""

    name: str
    value: str
    actions: tuple[str, ...]
    endpoint: str
    needs: str = "console.enter"
    """What its page asks of its reader; without it there is no link to it."""


def _of(noun: str, *verbs: str) -> tuple[str, ...]:
    return tuple(f"{noun}:{verb}" for verb in verbs)


CHANGEABLE = (
    Changeable(
        N_("Văn bản quy định"), N_("Đang dùng: {title}"), _of("directive", "lay_down"), "desk_directives.index",
    ),
    Changeable(
        N_("Chỉ tiêu và hạn gửi"),
        N_("{quota} tin, bài mỗi kỳ; trước ngày {deadline_day}, chốt kỳ ngày {closing_day}"),
        _of("directive", "lay_down"), "desk_directives.index",
    ),
    Changeable(
        N_("Gia hạn, miễn chỉ tiêu và quy trình của từng kỳ"), N_("Xem từng kỳ"),
        _of("period", "extend", "exempt", "follow", "close", "reopen"), "desk_periods.index",
    ),
    Changeable(
        N_("Lịch làm việc"), N_("{exceptions} ngoại lệ sắp tới"), _of("calendar", "mark", "unmark"),
        "desk_periods.calendar",
    ),
    Changeable(
        N_("Các chuyên mục"), N_("{sections} chuyên mục đang dùng"),
        _of("category", "add", "change", "retire", "reopen", "merge"), "desk_sections.index_view",
    ),
    Changeable(
        N_("Vai trò ở Sở"), N_("{people} người đang giữ vai trò"), _of("account", "grant", "revoke"),
        "desk_accounts.index_view",
    ),
    Changeable(
        N_("Ủy quyền"), N_("{delegations} ủy quyền đang có hiệu lực"), _of("delegation", "give", "end"),
        "desk_delegations.index",
    ),
    Changeable(
        N_("Thông báo"), N_("{announcements} thông báo đang hoặc sắp hiện"),
        _of("announcement", "publish", "withdraw"), "desk_announcements.index",
    ),
    Changeable(
        N_("Việc theo lịch"), N_("{paused} việc đang tạm dừng"), _of("job", "pause", "resume"), "desk_queues.index",
        "queues.read",
    ),
)  # fmt: skip

IN_THE_MACHINE: Mapping[str, tuple[str, ...]] = {
    N_("Hệ thống"): (
        "mode", "public_url", "host", "port", "trusted_proxies", "data", "max_upload_bytes", "metrics_port",
        "secret_key", "database_url", "database_owner_url", "database_forum_url", "database_sealer_url",
        "redis_url", "seal_key_file",
    ),
    N_("Thư"): ("mail_from", "intake_address", "own_mx", "smtp_url", "smtp_timeout_seconds", "channel_urls"),
    N_("Đăng nhập"): (
        "session_idle_minutes", "session_hours", "sign_in_free_tries", "sign_in_most_tries",
        "sign_in_lock_minutes", "sign_in_address_times", "sign_in_memory_hours", "sign_in_link_minutes",
        "ask_second_step",
    ),
    N_("Hàng đợi"): ("attempts", "lease_seconds", "requeue_seconds", "relay_seconds"),
}  # fmt: skip
NAMES: Mapping[str, str] = {
    "mode": N_("Chế độ: diễn tập hoặc vận hành thật"),
    "public_url": N_("Địa chỉ công khai, dùng trong thư"),
    "host": N_("Địa chỉ máy chủ web lắng nghe"),
    "port": N_("Cổng máy chủ web lắng nghe"),
    "trusted_proxies": N_("Số máy chủ trung gian được tin cậy"),
    "data": N_("Thư mục tệp, nhật ký chạy và máy chủ cài sẵn"),
    "max_upload_bytes": N_("Yêu cầu lớn nhất được nhận, tính bằng byte"),
    "metrics_port": N_("Cổng số đo của đồng hồ"),
    "secret_key": N_("Khóa ký phiên đăng nhập"),
    "database_url": N_("Cơ sở dữ liệu"),
    "database_owner_url": N_("Cơ sở dữ liệu, khi nâng cấp"),
    "database_forum_url": N_("Cơ sở dữ liệu, phần công khai"),
    "database_sealer_url": N_("Cơ sở dữ liệu, khi niêm phong"),
    "redis_url": N_("Máy chủ Redis"),
    "seal_key_file": N_("Tệp khóa niêm phong"),
    "mail_from": N_("Người gửi của thư hệ thống"),
    "intake_address": N_("Hộp thư nhận bài"),
    "own_mx": N_("Máy chủ thư của mình"),
    "smtp_url": N_("Máy chủ gửi thư"),
    "smtp_timeout_seconds": N_("Chờ máy chủ gửi thư, giây"),
    "channel_urls": N_("Kênh nhắn tin cho Phòng GDMN"),
    "session_idle_minutes": N_("Đăng xuất sau khi không thao tác, phút"),
    "session_hours": N_("Đăng nhập lại sau, giờ"),
    "sign_in_free_tries": N_("Số lần nhập sai trước khi phải chờ"),
    "sign_in_most_tries": N_("Số lần nhập sai thì tạm khóa"),
    "sign_in_lock_minutes": N_("Tạm khóa trong, phút"),
    "sign_in_address_times": N_(
        "Số lần nhập sai cho phép của một địa chỉ mạng, gấp số lần của một tài khoản"
    ),
    "sign_in_memory_hours": N_("Quên các lần nhập sai sau, giờ"),
    "sign_in_link_minutes": N_("Đường dẫn đăng nhập dùng được trong, phút"),
    "ask_second_step": N_("Xác thực hai bước bắt buộc với người phê duyệt và quản trị"),
    "attempts": N_("Số lượt thử một việc trước khi dừng"),
    "lease_seconds": N_("Một lượt làm việc được giữ trong, giây"),
    "requeue_seconds": N_("Đưa lại vào hàng sau, giây"),
    "relay_seconds": N_("Nghỉ giữa hai lần kiểm tra hàng đợi, giây"),
}
SECRET = frozenset({
    "secret_key", "database_url", "database_owner_url", "database_forum_url", "database_sealer_url", "redis_url",
    "smtp_url", "channel_urls",
})  # fmt: skip
"""They hold passwords: that they are set is all that is said."""


class HouseSettings(Screen):
    needs = "settings.read"

    @expose("/")
    def index(self) -> str:
        in_force = lately.in_force(local_day(menu.now()))._mapping
        last = lately.newest({action for each in CHANGEABLE for action in each.actions})
        return self.render(
            "desk/settings.html",
            changeable=[_changeable(each, in_force, last) for each in CHANGEABLE],
            groups=[
                (gettext(group), [_machine(name) for name in names])
                for group, names in IN_THE_MACHINE.items()
            ],
        )


def _changeable(each: Changeable, in_force: Mapping[str, Any], last: Any) -> dict[str, Any]:
    event = next((row for row in last if row.action in each.actions), None)
    return {
        "name": gettext(each.name),
        "value": gettext(each.value).format(**in_force),
        "url": url_for(each.endpoint) if can(each.needs) else None,
        "who": (event.who or gettext("Hệ thống")) if event else None,
        "says": gettext(ACTIONS[event.action].name) if event else "",
        "at": datetime.fromisoformat(event.at) if event else None,
        "event_url": url_for("desk_audit.event", number=event.id) if event else None,
    }


def _machine(name: str) -> dict[str, Any]:
    return {
        "name": gettext(NAMES[name]),
        "variable": str(Settings.model_fields[name].validation_alias),
        "value": _spoken(name, getattr(settings(), name)),
        "is_set": name in settings().model_fields_set,
    }


def _spoken(name: str, value: Any) -> str:
    if name in SECRET:
        return gettext("Không hiện") if value else gettext("Chưa đặt")
    if name == "ask_second_step":
        value = settings().second_step_required
    if isinstance(value, bool):
        return gettext("Có") if value else gettext("Không")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Enum):
        return gettext("Diễn tập") if settings().is_demo else gettext("Vận hành thật")
    if isinstance(value, float) or name == "max_upload_bytes":
        return str(format_decimal(value))
    return str(value) or gettext("Chưa đặt")
