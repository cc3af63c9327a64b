"""What a reader sees for the stored words. Vietnamese message ids; doors translate them when they show them.

Codes are those of `models/vocabulary.py` and of the audit trail; the terms come from docs/glossary.md.
"""

from collections.abc import Mapping

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
    "sent": N_("Đã gửi"),
    "failed": N_("Gửi lỗi"),
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
}

TOPICS: Mapping[str, str] = {
    **{f"letter:{kind}": says for kind, says in LETTER_KINDS.items()},
    "letter:reminder": N_("Viết thư nhắc"),
    "letter:invitation": N_("Viết thư mời nhận tài khoản"),
    "post": N_("Gửi thư"),
    "public_copy": N_("Làm bản ảnh công khai"),
    "read_mail": N_("Đọc thư đến"),
    "job": N_("Việc theo lịch"),
}

JOBS: Mapping[str, str] = {
    "sweep": N_("Chuyển quá hạn các bản nháp"),
    "publishing": N_("Đăng bài đã hẹn giờ"),
    "close_periods": N_("Chốt kỳ đã đến ngày"),
    "open_periods": N_("Mở kỳ mới"),
    "reminders": N_("Nhắc đơn vị chưa đủ chỉ tiêu"),
    "late_notices": N_("Thông báo quá hạn"),
    "committees": N_("Nhắc bổ sung Ban Truyền thông"),
    "claims": N_("Thu hồi bài nhận biên tập quá hạn"),
    "arrivals": N_("Bài và thư đến theo lịch diễn tập"),
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
    "open": N_("kỳ đang mở"),
    "sent": N_("thư đã viết"),
    "skipped": N_("lượt bỏ qua"),
    "arrived": N_("đã đến"),
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

# Every action the audit trail may hold, without `submission:`; a refusal is `refused/<code>` and named by its act.
ACTIONS: Mapping[str, str] = {
    "create": N_("Soạn tin, bài"),
    "write": N_("Sửa nội dung"),
    "answer": N_("Trả lời về hình ảnh trẻ"),
    "submit": N_("Gửi bài"),
    "lapse": N_("Quá hạn"),
    "extend": N_("Gia hạn"),
    "withdraw": N_("Rút bài"),
    "return": N_("Trả lại đơn vị"),
    "edit": N_("Hoàn thành biên tập, trình duyệt"),
    "approve": N_("Phê duyệt"),
    "send_back": N_("Trả lại biên tập"),
    "publish": N_("Đăng"),
    "revise": N_("Sửa bài đã đăng"),
    "retract": N_("Gỡ bài"),
    "claim": N_("Nhận biên tập"),
    "take_over": N_("Nhận thay"),
    "release": N_("Nhả bài"),
    "set_aside": N_("Để lại, không sử dụng"),
    "take_up": N_("Dùng lại"),
    "schedule": N_("Hẹn giờ đăng"),
    "unschedule": N_("Bỏ hẹn giờ"),
    "uncount": N_("Không tính chỉ tiêu"),
    "count": N_("Tính lại chỉ tiêu"),
    "excuse": N_("Miễn ghi nhận muộn"),
    "reclassify": N_("Sửa phân loại"),
    "discard": N_("Xóa bản nháp"),
    "restore": N_("Khôi phục bản nháp"),
    "lapse_claim": N_("Hết hạn nhận biên tập"),
    "judged_on_time": N_("Tính lại là đúng hạn"),
    "account:add": N_("Thêm tài khoản"),
    "account:grant": N_("Giao vai trò"),
    "account:revoke": N_("Thu hồi vai trò"),
    "account:open": N_("Mở lại tài khoản"),
    "account:shut": N_("Khóa tài khoản"),
    "account:language": N_("Đổi ngôn ngữ"),
    "account:sign_in": N_("Đăng nhập"),
    "account:sign_out": N_("Đăng xuất"),
    "account:invite": N_("Mời nhận tài khoản"),
    "account:choose_password": N_("Đặt mật khẩu"),
    "audit:export": N_("Xuất nhật ký"),
    "clock:travel": N_("Chỉnh đồng hồ diễn tập"),
    "category:add": N_("Thêm chuyên mục"),
    "category:change": N_("Sửa chuyên mục"),
    "committee:found": N_("Lập Ban Truyền thông"),
    "committee:dissolve": N_("Giải thể Ban Truyền thông"),
    "committee:seat": N_("Thêm thành viên"),
    "committee:unseat": N_("Cho thôi thành viên"),
    "committee:correct": N_("Sửa thông tin thành viên"),
    "committee:confirm": N_("Xác nhận danh sách"),
    "committee:settle_proposal": N_("Xử lý xong danh sách gửi qua thư"),
    "committee:reopen": N_("Mở lại danh sách"),
    "directive:lay_down": N_("Ghi văn bản quy định"),
    "envelope:receive": N_("Nhận thư"),
    "envelope:accepted": N_("Nhận tin, bài từ thư"),
    "envelope:tray": N_("Để thư vào khay"),
    "envelope:ignored": N_("Không xử lý thư"),
    "envelope:settle_list": N_("Xử lý danh sách gửi qua thư"),
    "envelope:take": N_("Gán đơn vị cho thư"),
    "envelope:dismiss": N_("Bỏ qua thư"),
    "envelope:retry": N_("Đọc lại thư"),
    "outbox:retry": N_("Chạy lại việc lỗi"),
    "outbox:dismiss": N_("Bỏ qua việc lỗi"),
    "period:extend": N_("Gia hạn kỳ"),
    "period:exempt": N_("Miễn chỉ tiêu"),
    "period:close": N_("Chốt kỳ"),
    "period:reopen": N_("Mở lại kỳ"),
    "unit:add": N_("Thêm đơn vị"),
    "unit:change": N_("Sửa đơn vị"),
    "unit:remove": N_("Xóa đơn vị"),
}


def action_name(action: str, trigger: str = "") -> str:
    """The message id for an audit action; for a refusal, that of the act that was refused.

    `submission:approve` -> Phê duyệt; (`submission:refused/four_eyes_violation`, `approve`) -> Phê duyệt;
    an action without a name here is shown as its code.
    """
    if "refused/" in action:
        return ACTIONS.get(trigger, trigger) or ACTIONS.get(
            f"{action.split(':', maxsplit=1)[0]}:confirm", action
        )
    return ACTIONS.get(action.removeprefix("submission:"), action)
