"""What a code looks like and is called: icon, words, tone. Tables only; shapes and colours are in static/css.

The words are message ids, translated where they are shown. Codes are those of docs/glossary.md.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Sign(NamedTuple):
    icon: str
    says: str
    tone: str = ""


def N_(words: str) -> str:  # noqa: N802  (gettext's own name for "translate me later")
    """Marks words for translation; they are translated by the template that shows them."""
    return words


UNKNOWN = Sign("circle", "")

# What a piece's state means, whatever its definition calls it; the tone is a colour of the sheets.
PHASES = {
    "draft": Sign("pencil", N_("Bản nháp"), "drafted"),
    "lapsed": Sign("hourglass", N_("Quá hạn"), "late"),
    "sent": Sign("send", N_("Đã gửi"), "submitted"),
    "ready": Sign("list-check", N_("Đã biên tập"), "edited"),
    "approved": Sign("rubber-stamp", N_("Đã duyệt"), "approved"),
    "public": Sign("world", N_("Đã đăng"), "published"),
}


class Named(NamedTuple):
    """One state of a definition: its phase, and its own words by language."""

    phase: str
    says: Mapping[str, str]


MARKS = {
    "sent_late": Sign("clock-plus", N_("Gửi muộn"), "warn"),
    "claimed": Sign("lock", N_("Đang biên tập")),
    "scheduled": Sign("calendar-time", N_("Hẹn giờ đăng")),
    "returned": Sign("arrow-back-up", N_("Trả lại để chỉnh sửa"), "bad"),
    "set_aside": Sign("player-pause", N_("Để lại, không sử dụng")),
    "extended": Sign("calendar-event", N_("Được gia hạn")),
    "uncounted": Sign("copy", N_("Không tính chỉ tiêu"), "warn"),
    "excused": Sign("clock-plus", N_("Miễn ghi nhận muộn")),
    "retracted": Sign("file-off", N_("Đã gỡ"), "bad"),
    "withdrawn": Sign("corner-up-left", N_("Đã rút")),
    "hidden": Sign("eye-off", N_("Tạm ẩn"), "warn"),
    "discarded": Sign("trash", N_("Đã bỏ")),
    "on_time": Sign("circle-check", N_("Gửi đúng hạn"), "good"),
    "complete": Sign("circle-check", N_("Đã đủ"), "good"),
    "incomplete": Sign("alert-triangle", N_("Chưa đủ"), "warn"),
    "refused": Sign("ban", N_("Bị từ chối"), "bad"),
}

# The answer about children's consent under a picture or a video.
CONSENTS = {
    "yes": Sign("photo-check", N_("Có"), "good"),
    "none": Sign("photo", N_("Không có trẻ")),
    "no": Sign("photo-x", N_("Không"), "bad"),
    "unknown": Sign("photo-question", N_("Chưa rõ"), "warn"),
}

# The four rows of the form, in the order people read them; none is chosen for them.
CONSENT_ROWS = (
    ("none", N_("Không có trẻ trong ảnh")),
    ("yes", N_("Có, đã có phiếu đồng ý")),
    ("no", N_("Không")),
    ("unknown", N_("Chưa rõ")),
)

# What a unit's month came to.
VERDICTS = {
    "on_time": Sign("circle-check", N_("Đúng hạn"), "good"),
    "late": Sign("clock-plus", N_("Gửi muộn"), "warn"),
    "short": Sign("circle-half-2", N_("Còn thiếu"), "bad"),
    "silent": Sign("circle-dashed", N_("Chưa gửi"), "solid"),
    "exempt": Sign("minus", N_("Được miễn chỉ tiêu"), "quiet"),
}

KINDS = {
    "news": N_("Tin"),
    "article": N_("Bài"),
    "video": N_("Video"),
    "material": N_("Tư liệu"),
    "tin": N_("Tin"),
    "bai": N_("Bài"),
    "tu_lieu": N_("Tư liệu"),
}

# Icon of each act, on its button and in the timeline; the tone is the state whose colour its disc takes.
ACTS = {
    "create": Sign("pencil", N_("Soạn tin, bài"), "drafted"),
    "write": Sign("pencil", N_("Sửa nội dung"), "drafted"),
    "receive": Sign("mail", N_("Nhận qua thư điện tử"), "drafted"),
    "submit": Sign("send", N_("Gửi bài"), "submitted"),
    "lapse": Sign("hourglass", N_("Quá hạn"), "late"),
    "extend": Sign("calendar-plus", N_("Gia hạn"), "drafted"),
    "withdraw": Sign("corner-up-left", N_("Rút bài"), "drafted"),
    "return": Sign("arrow-back-up", N_("Trả lại đơn vị"), "drafted"),
    "claim": Sign("lock", N_("Nhận biên tập"), "submitted"),
    "release": Sign("lock", N_("Nhả bài"), "submitted"),
    "edit": Sign("list-check", N_("Hoàn thành biên tập, trình duyệt"), "edited"),
    "approve": Sign("rubber-stamp", N_("Phê duyệt"), "approved"),
    "send_back": Sign("arrow-back-up", N_("Trả lại biên tập"), "submitted"),
    "publish": Sign("world", N_("Đăng"), "published"),
    "schedule": Sign("calendar-time", N_("Hẹn giờ đăng"), "approved"),
    "unschedule": Sign("calendar-time", N_("Hủy hẹn giờ"), "approved"),
    "revise": Sign("edit", N_("Sửa bài đã đăng"), "edited"),
    "retract": Sign("file-off", N_("Gỡ bài"), "late"),
    "set_aside": Sign("player-pause", N_("Để lại, không sử dụng"), "drafted"),
    "take_up": Sign("refresh", N_("Dùng lại"), "drafted"),
    "uncount": Sign("copy", N_("Không tính chỉ tiêu"), "drafted"),
    "count": Sign("circle-check", N_("Tính chỉ tiêu"), "submitted"),
    "excuse": Sign("clock-plus", N_("Miễn ghi nhận muộn"), "drafted"),
    "reclassify": Sign("arrows-diff", N_("Sửa phân loại"), "drafted"),
    "discard": Sign("trash", N_("Bỏ bản nháp"), "late"),
    "restore": Sign("refresh", N_("Lấy lại bản nháp"), "drafted"),
    "confirm": Sign("check", N_("Xác nhận danh sách"), "approved"),
    "reopen": Sign("refresh", N_("Mở lại"), "drafted"),
    "consent": Sign("photo-check", N_("Trả lời về sự đồng ý"), "submitted"),
    "remind": Sign("bell", N_("Gửi nhắc việc"), "submitted"),
}

# An act of the trail without a picture of its own has that of what it was done to.
NOUNS = {
    "account": Sign("user", ""),
    "delegation": Sign("user-check", ""),
    "address": Sign("mail", ""),
    "envelope": Sign("mail", ""),
    "letter": Sign("mail-forward", ""),
    "unit": Sign("building-community", ""),
    "committee": Sign("users-group", ""),
    "period": Sign("calendar-event", ""),
    "calendar": Sign("calendar-event", ""),
    "audit": Sign("download", ""),
    "report": Sign("download", ""),
    "register": Sign("download", ""),
    "category": Sign("list-details", ""),
    "announcement": Sign("speakerphone", ""),
    "directive": Sign("file-text", ""),
    "clock": Sign("clock", ""),
    "outbox": Sign("database", ""),
    "job": Sign("database", ""),
    "backup": Sign("archive", ""),
    "comment": Sign("news", ""),
    "filter": Sign("filter", ""),
    "picture": Sign("photo", ""),
}

# The forum's sections: their icons; their names are data, and can be changed.
SECTIONS = {
    "ban-tru": Sign("tools-kitchen-2", ""),
    "moi-truong-giao-duc": Sign("plant-2", ""),
    "hoat-dong-giao-duc": Sign("ball-football", ""),
    "phoi-hop-phu-huynh": Sign("heart-handshake", ""),
    "guong-dien-hinh": Sign("award", ""),
    "chia-se-kinh-nghiem": Sign("bulb", ""),
    "tu-lieu-chuyen-mon": Sign("books", ""),
    "tin-tuc-su-kien": Sign("news", ""),
}

# Names of sections that would not fit a line of eight. By the name: one that was changed is shown as it is.
SHORT = {
    "Xây dựng môi trường giáo dục": N_("Môi trường giáo dục"),
    "Building the educational environment": N_("Môi trường giáo dục"),
    "Tổ chức hoạt động giáo dục": N_("Hoạt động giáo dục"),
    "Organising educational activities": N_("Hoạt động giáo dục"),
    "Phối hợp với phụ huynh": N_("Phối hợp phụ huynh"),
}

# Flash categories of Flask and Flask-Admin -> icon and tone of the notice.
NOTICES = {
    "success": Sign("circle-check", "", "good"),
    "info": Sign("info-circle", "", "calm"),
    "message": Sign("info-circle", "", "calm"),
    "warning": Sign("alert-triangle", "", "warn"),
    "refused": Sign("ban", "", "bad"),
    "error": Sign("circle-x", "", "bad"),
    "danger": Sign("circle-x", "", "bad"),
}
