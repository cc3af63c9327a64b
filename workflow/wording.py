"""What a reader sees for the stored words. Vietnamese message ids; doors translate them when they show them.

Codes are those of `models/vocabulary.py` and of the audit trail; the terms come from docs/glossary.md.
"""

from collections.abc import Callable, Mapping

from workflow.engine.errors import N_

ROLES: Mapping[str, str] = {
    "contributor": N_("Cộng tác viên"),
    "committee": N_("Ban Truyền thông"),
    "editor": N_("Biên tập viên"),
    "approver": N_("Người phê duyệt"),
    "publisher": N_("Người đăng bài"),
    "auditor": N_("Kiểm tra viên (chỉ xem)"),
    "admin": N_("Quản trị hệ thống"),
    "system": N_("Hệ thống"),
}

SEATS: Mapping[str, str] = {
    "leader": N_("Lãnh đạo phòng"),
    "specialist": N_("Chuyên viên"),
    "teacher": N_("Giáo viên hoặc cán bộ quản lý"),
}

KINDS: Mapping[str, str] = {
    "news": N_("Tin"),
    "article": N_("Bài"),
    "video": N_("Video"),
    "material": N_("Tư liệu"),
}

UNCOUNT_REASONS: Mapping[str, str] = {
    "duplicate": N_("Trùng lặp"),
    "empty": N_("Không có nội dung"),
    "advertising": N_("Quảng cáo"),
    "other": N_("Lý do khác"),
}

CONSENTS: Mapping[str, str] = {
    "yes": N_("Có"),
    "no": N_("Không"),
    "unknown": N_("Chưa rõ"),
    "none": N_("Không có trẻ"),
}

LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "en": "English"}
"""Each called by its own name: who reads only one of them must find it."""

PACES: Mapping[str, str] = {
    "now": N_("Gửi ngay"),
    "daily": N_("Gom một thư mỗi ngày"),
    "never": N_("Không gửi"),
}

FILES: Mapping[str, str] = {
    "picture": N_("ảnh {n}"),
    "video": N_("video {n}"),
    "document": N_("tệp {n}"),
}
"""What a file of a piece is called by its position in the revision, the same on every page and in every letter."""


def file_called(kind: str, position: int, say: Callable[[str], str]) -> str:
    """“ảnh 2”; `say` puts a sentence into the reader's language."""
    return say(FILES[kind]).format(n=position)


UNIT_KINDS: Mapping[str, str] = {
    "phong_gddt": N_("Phòng Giáo dục và Đào tạo"),
    "phong_vhxh": N_("Phòng Văn hóa - Xã hội"),
}

SUCCESSIONS: Mapping[str, str] = {
    "merge": N_("Sáp nhập"),
    "transfer": N_("Chuyển giao"),
    "abolish_split": N_("Kết thúc và chia tách"),
}

VERDICTS: Mapping[str, str] = {
    "new": N_("Đang đọc"),
    "accepted": N_("Đã thành tin, bài"),
    "tray": N_("Chờ xử lý"),
    "ignored": N_("Bỏ qua"),
}

LETTER_STATES: Mapping[str, str] = {
    "waiting": N_("Chờ gửi"),
    "held": N_("Chờ gom trong ngày"),
    "sent": N_("Đã gửi"),
    "bounced": N_("Bị trả lại"),
    "failed": N_("Gửi lỗi"),
    "muted": N_("Không gửi theo ý người nhận"),
    "put_aside": N_("Giữ lại sau khi phục hồi"),
    "dropped": N_("Đã bỏ, không gửi"),
}
"""What a letter's row says, and what the work that would post it adds: `queries/sent_letters.standings`."""

QUEUES: Mapping[str, str] = {
    "mail": N_("Thư đi"),
    "publish": N_("Đăng bài"),
    "media": N_("Ảnh"),
    "default": N_("Việc chung"),
}

OUTBOX_STATES: Mapping[str, str] = {
    "new": N_("Mới"),
    "queued": N_("Đang xếp hàng"),
    "running": N_("Đang chạy"),
    "done": N_("Xong"),
    "dead": N_("Dừng vì lỗi"),
    "dismissed": N_("Đã bỏ qua"),
}

LETTER_KINDS: Mapping[str, str] = {
    "receipt": N_("Báo đã nhận"),
    "receipt_problem": N_("Báo thư có chỗ chưa đọc được"),
    "unknown_sender": N_("Báo chưa rõ người gửi"),
    "returned": N_("Trả lại để chỉnh sửa"),
    "awaiting_approval": N_("Báo bài chờ phê duyệt"),
    "approved": N_("Báo đã phê duyệt"),
    "published": N_("Báo đã đăng"),
    "retracted": N_("Báo đã gỡ"),
    "set_aside": N_("Báo để lại, không sử dụng"),
    "reminder_t7": N_("Nhắc trước 7 ngày"),
    "reminder_t3": N_("Nhắc trước 3 ngày"),
    "reminder_last_day": N_("Nhắc ngày cuối"),
    "late_notice": N_("Thông báo quá hạn"),
    "quota_shortfall": N_("Thông báo còn thiếu chỉ tiêu"),
    "committee_incomplete": N_("Đề nghị bổ sung Ban Truyền thông"),
    "committee_confirmed": N_("Báo đã xác nhận Ban Truyền thông"),
    "account_invitation": N_("Mời nhận tài khoản"),
    "sign_in_link": N_("Đường dẫn đăng nhập"),
    "second_step": N_("Báo thay đổi xác thực hai bước"),
    "monthly_summary": N_("Tổng hợp tháng"),
    "missing_consent": N_("Đề nghị xác nhận đồng ý về hình ảnh trẻ"),
    "consent_withdrawn": N_("Yêu cầu gỡ hình ảnh trẻ"),
    "weekly_digest": N_("Tổng hợp tuần"),
    "waiting_long": N_("Báo bài chờ quá lâu"),
    "daily_digest": N_("Thông báo gom trong ngày"),
    "unit_succession": N_("Báo chuyển giao đơn vị"),
    "contact_undeliverable": N_("Báo địa chỉ thư không nhận được"),
    "delegation": N_("Báo ủy quyền"),
}

FAILURES: Mapping[str, str] = {
    "PermanentFailure": N_("Máy chủ thư từ chối thư này."),
    "TemporaryFailure": N_("Máy chủ thư không nhận được thư sau nhiều lượt thử."),
}
"""Why work was given up, by the error the worker wrote down; others are shown as they were written."""

TOPICS: Mapping[str, str] = {
    **{f"letter:{kind}": says for kind, says in LETTER_KINDS.items()},
    "letter:reminder": N_("Viết thư nhắc"),
    "letter:invitation": N_("Viết thư mời nhận tài khoản"),
    "post": N_("Gửi thư"),
    "channel": N_("Báo qua kênh khác"),
    "public_copy": N_("Làm bản công khai của ảnh, video"),
    "read_mail": N_("Đọc thư đến"),
    "job": N_("Việc theo lịch"),
    "job:publishing": N_("Đăng bài đã hẹn giờ"),
}

JOBS: Mapping[str, str] = {
    "sweep": N_("Chuyển quá hạn các bản nháp"),
    "publishing": N_("Đăng bài đã hẹn giờ"),
    "close_periods": N_("Chốt kỳ đã đến ngày"),
    "open_periods": N_("Mở kỳ mới"),
    "reminders": N_("Nhắc đơn vị chưa đủ chỉ tiêu"),
    "late_notices": N_("Thông báo quá hạn"),
    "shortfalls": N_("Báo chưa đạt chỉ tiêu khi hết kỳ"),
    "consents": N_("Nhắc xác nhận đồng ý về hình ảnh trẻ"),
    "long_waits": N_("Báo bài chờ biên tập, chờ duyệt quá lâu"),
    "weekly_digest": N_("Gửi tổng hợp tuần"),
    "committees": N_("Nhắc bổ sung Ban Truyền thông"),
    "claims": N_("Thu hồi bài nhận biên tập quá hạn"),
    "sign_ins": N_("Dọn các phiên đăng nhập đã kết thúc"),
    "arrivals": N_("Bài và thư đến theo lịch diễn tập"),
    "summaries": N_("Gửi tổng hợp tháng"),
    "digests": N_("Gửi thư gom trong ngày"),
    "audit_check": N_("Kiểm tra toàn bộ nhật ký"),
    "files_check": N_("Kiểm tra tệp đã lưu"),
    "seal": N_("Niêm phong nhật ký"),
}

READERS: Mapping[str, str] = {
    "everyone": N_("Các đơn vị và Sở"),
    "units": N_("Các đơn vị"),
    "department": N_("Sở"),
}

# What a job of the timetable counted.
OUTCOMES: Mapping[str, str] = {
    "lapsed": N_("quá hạn"),
    "passed_over": N_("để lượt sau"),
    "published": N_("đã đăng"),
    "refused": N_("bị từ chối"),
    "busy": N_("đang bận"),
    "failed": N_("gặp lỗi"),
    "closed": N_("đã chốt"),
    "sessions": N_("phiên đã dọn"),
    "tries": N_("lượt thử đã dọn"),
    "open": N_("kỳ đang mở"),
    "sent": N_("thư đã viết"),
    "skipped": N_("lượt bỏ qua"),
    "arrived": N_("đã đến"),
    "sealed": N_("sự kiện đã niêm phong"),
    "events": N_("sự kiện đã kiểm tra"),
    "damages": N_("chỗ hỏng"),
    "unmatched": N_("bước không đối chiếu được"),
}

# What would happen at a moment to come.
FORESEEN: Mapping[str, str] = {
    "arrival": N_("Bài hoặc thư đến"),
    "lapse": N_("Bản nháp quá hạn"),
    "publication": N_("Đăng bài"),
    "publication_refused": N_("Không đăng được, bỏ hẹn giờ"),
    "closing": N_("Chốt kỳ"),
    "opening": N_("Mở kỳ"),
    "letter": N_("Gửi thư"),
    "letter_unclear": N_("Thư chưa rõ người nhận"),
    "release": N_("Nhả bài đã nhận biên tập"),
    "paused": N_("Việc đang tạm dừng"),
}

# Part of the house and its state -> the sentence for whoever runs it.
HEALTH: Mapping[str, str] = {
    "database/ok": N_("Cơ sở dữ liệu trả lời."),
    "database/down": N_("Không hỏi được cơ sở dữ liệu."),
    "redis/ok": N_("Redis trả lời."),
    "redis/warning": N_("Redis không trả lời. Bài vẫn được nhận; thư và việc theo lịch chờ đến khi có lại."),
    "skew/ok": N_("Đồng hồ máy chủ khớp với cơ sở dữ liệu."),
    "skew/warning": N_("Đồng hồ máy chủ lệch {value} giây so với cơ sở dữ liệu."),
    "skew/down": N_("Đồng hồ máy chủ lệch {value} giây so với cơ sở dữ liệu; cần chỉnh lại giờ."),
    "clock/ok": N_("Việc theo lịch đang chạy, lần gần nhất cách đây {value}."),
    "clock/warning": N_("Đã quá 3 phút không có việc theo lịch nào được nhận; cần xem tiến trình đồng hồ."),
    "waiting/ok": N_("Không có việc nào chờ lâu."),
    "waiting/warning": N_("Việc cũ nhất đã chờ {value}; cần xem bộ xử lý."),
    "dead/ok": N_("Không có việc nào dừng vì lỗi."),
    "dead/warning": N_("Số việc dừng vì lỗi: {value}."),
    "stumbled/ok": N_("Việc theo lịch không bị vướng."),
    "stumbled/warning": N_("Số chỗ việc theo lịch bị vướng: {value}; những chỗ khác vẫn chạy."),
    "paused/ok": N_("Không có việc theo lịch nào tạm dừng quá một ngày."),
    "paused/warning": N_("Số việc theo lịch tạm dừng đã quá một ngày: {value}."),
}

CATCH_UPS: Mapping[str, str] = {
    "newest": N_("Chạy một lần cho lượt mới nhất"),
    "each": N_("Chạy bù từng lượt đã lỡ"),
}

# Why a step was refused, in short, for whoever reads it later; the page said it to the person in full.
REFUSALS: Mapping[str, str] = {
    "forbidden": N_("Không có vai trò cần thiết."),
    "invalid_transition": N_("Bài không ở trạng thái cho phép."),
    "four_eyes_violation": N_("Người viết, người biên tập và người được họ ủy quyền không được phê duyệt."),
    "author_may_not_edit": N_("Tác giả không tự biên tập bài của mình."),
    "consent_missing": N_("Chưa có đủ xác nhận đồng ý về hình ảnh trẻ."),
    "consent_unanswered": N_("Chưa trả lời đủ về hình ảnh trẻ."),
    "changed_since_approval": N_("Nội dung đã đổi sau khi phê duyệt."),
    "claimed": N_("Người khác đã nhận biên tập."),
    "not_claimed_by_you": N_("Chưa nhận biên tập."),
    "category_required": N_("Chưa chọn chuyên mục."),
    "set_aside": N_("Bài đang để lại, không sử dụng."),
    "reason_required": N_("Chưa ghi lý do."),
    "checklist_required": N_("Chưa hoàn thành danh mục kiểm tra."),
    "unit_ended": N_("Đơn vị đã kết thúc hoạt động."),
}

# What an editor has gone through before a piece waits for approval (R8).
CHECKLIST: Mapping[str, str] = {
    "true": N_("Đúng sự thật, có nguồn"),
    "names": N_("Tên người, địa danh đúng"),
    "private": N_("Không lộ dữ liệu riêng của trẻ"),
    "title": N_("Tít không quá 120 ký tự"),
    "spelling": N_("Chính tả, dấu câu"),
    "pictures": N_("Ảnh rõ, có chú thích"),
    "section": N_("Đúng chuyên mục"),
}
