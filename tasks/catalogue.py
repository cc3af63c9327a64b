"""The letters we write, and what each must be told. One table; the words stand in `templates/letters/`.

A kind has two files, `<kind>.vi.txt` and `<kind>.en.txt`: lines `Subject:` and perhaps `Zalo:`, a blank line,
the text. The tag before the subject and the code after it come from here, the closing from `footer.*.txt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.engine.errors import N_

LANGUAGES = ("vi", "en")

TAGS: Mapping[str, Mapping[str, str]] = {
    "received": {"vi": "Tiếp nhận", "en": "Received"},
    "reminder": {"vi": "Nhắc việc", "en": "Reminder"},
    "needed": {"vi": "Cần bổ sung", "en": "Action needed"},
    "returned": {"vi": "Trả lại", "en": "Returned"},
    "result": {"vi": "Kết quả", "en": "Result"},
    "summary": {"vi": "Tổng hợp", "en": "Summary"},
    "approval": {"vi": "Trình duyệt", "en": "For approval"},
    "system": {"vi": "Hệ thống", "en": "System"},
    "urgent": {"vi": "Khẩn", "en": "Urgent"},
}


class Shape(StrEnum):
    """What a variable holds. Facts, not words: the template says them in its own language."""

    TEXT = "text"
    """One line; line breaks and control characters become spaces."""
    PROSE = "prose"
    """Text that keeps its line breaks."""
    LINK = "link"
    """An http(s) address of ours; the only thing that becomes a link in the HTML form."""
    NUMBER = "number"
    WHEN = "when"
    """A date or an aware instant, or either in ISO form."""
    FLAG = "flag"
    ROWS = "rows"
    """A list of mappings (or of lines), each shown by the template's loop; a field `link` is an address of ours."""


VARIABLES: Mapping[str, Shape] = {
    "act": Shape.TEXT,  # add | remove | reset
    "activate_before": Shape.WHEN,
    "address": Shape.TEXT,
    "answer_before": Shape.WHEN,
    "approval_count": Shape.NUMBER,
    "approved_at": Shape.WHEN,
    "article_count": Shape.NUMBER,
    "author": Shape.TEXT,
    "basis": Shape.TEXT,
    "broken_addresses": Shape.TEXT,
    "category": Shape.TEXT,
    "closes_at": Shape.WHEN,
    "consent_count": Shape.NUMBER,
    "contact": Shape.TEXT,
    "counted_at": Shape.WHEN,
    "counts": Shape.ROWS,  # unit, on_time, late, quota (0: none)
    "days_left": Shape.NUMBER,  # to the last day; 0 on the last day itself
    "deadline": Shape.WHEN,  # the first instant that is late, extensions included
    "decider": Shape.TEXT,
    "decider_title": Shape.TEXT,
    "delegate": Shape.TEXT,
    "drafts": Shape.ROWS,  # code, title
    "editing_count": Shape.NUMBER,
    "editor": Shape.TEXT,
    "editor_title": Shape.TEXT,
    "effective_on": Shape.WHEN,
    "extended_units": Shape.ROWS,  # lines
    "first_sent_at": Shape.WHEN,
    "from_day": Shape.WHEN,
    "happened_at": Shape.WHEN,
    "heirs": Shape.ROWS,  # lines
    "hidden_at": Shape.WHEN,
    "in_pool": Shape.FLAG,  # a draft of the unit: its committee has still to send it
    "inviter": Shape.TEXT,
    "is_counted": Shape.FLAG,
    "is_ended": Shape.FLAG,  # a delegation was ended before its day
    "key": Shape.TEXT,  # the public key of the seals
    "last_day": Shape.WHEN,
    "last_week": Shape.NUMBER,  # where the letter tells more than one
    "late_count": Shape.NUMBER,
    "late_seconds": Shape.NUMBER,
    "late_units": Shape.NUMBER,
    "leading_units": Shape.TEXT,
    "lender": Shape.TEXT,
    "letters": Shape.ROWS,  # subject, says, link
    "link": Shape.LINK,
    "longest_days": Shape.NUMBER,  # working days a piece may wait
    "mail": Shape.TEXT,  # the tray's code of a mail
    "mail_count": Shape.NUMBER,
    "mailbox": Shape.TEXT,
    "means": Shape.TEXT,  # app | passkey
    "members": Shape.ROWS,  # name, title, workplace
    "met_count": Shape.NUMBER,
    "month": Shape.WHEN,  # any day of the period's month
    "months_in_a_row": Shape.NUMBER,
    "news_count": Shape.NUMBER,
    "oldest_days": Shape.NUMBER,
    "on_time_count": Shape.NUMBER,
    "on_time_units": Shape.NUMBER,
    "original_subject": Shape.TEXT,
    "other_gaps": Shape.ROWS,  # name, address, lost_since (or None), is_shut: who sits and cannot serve
    "others_reached": Shape.FLAG,
    "page_link": Shape.LINK,
    "part": Shape.TEXT,  # piece | pictures
    "period": Shape.TEXT,  # KY-2021-05
    "picture_count": Shape.NUMBER,
    "pictures": Shape.ROWS,  # kind (picture, video), position, caption
    "piece": Shape.TEXT,  # GDMN-2021-05-0012
    "pieces": Shape.ROWS,  # code, kind, title; awaiting_approval: code, title, unit_short, editor, warning
    "problems": Shape.ROWS,  # file (or none), says
    "publish_on": Shape.WHEN,
    "published_at": Shape.WHEN,
    "published_count": Shape.NUMBER,
    "quota": Shape.NUMBER,
    "reason": Shape.TEXT,
    "received_at": Shape.WHEN,
    "received_count": Shape.NUMBER,
    "recipient": Shape.TEXT,  # a person's full name, or the title of a unit's leader
    "remarks": Shape.PROSE,
    "report_link": Shape.LINK,
    "retracted_at": Shape.WHEN,
    "returned_count": Shape.NUMBER,
    "role": Shape.TEXT,
    "school": Shape.TEXT,
    "seal": Shape.PROSE,  # the newest checkpoint, a signed note
    "seats": Shape.ROWS,  # kind (leader, specialist, teacher), required, seated
    "sent_at": Shape.WHEN,
    "sent_count": Shape.NUMBER,
    "set_aside_count": Shape.NUMBER,
    "short_units": Shape.ROWS,  # lines
    "silent_units": Shape.TEXT,
    "supplement_before": Shape.WHEN,
    "title": Shape.TEXT,
    "to_day": Shape.WHEN,
    "uncounted_count": Shape.NUMBER,
    "unit": Shape.TEXT,
    "unit_count": Shape.NUMBER,
    "unit_short": Shape.TEXT,  # with its kind, “huyện Kỳ Anh”: the bare name is three units
    "update_before": Shape.WHEN,
    "valid_from": Shape.WHEN,
    "video_count": Shape.NUMBER,
    "waits_for": Shape.TEXT,  # editing | approval
    "week": Shape.NUMBER,
    "written_at": Shape.WHEN,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter: what it must be told, and what of that may be empty (its line is then left out)."""

    number: str
    """In the list of notices agreed with the department; empty for what the house adds."""
    label: str
    """Vietnamese, for screens; to be translated where it is shown."""
    tag: str
    code: str | None
    """The variable that ends the subject, so that an answer finds its piece, period or mail again."""
    variables: frozenset[str]
    may_be_empty: frozenset[str] = frozenset()


def kind(number: str, label: str, tag: str, code: str | None, *, needs: str, may_lack: str = "") -> Kind:
    optional = frozenset(may_lack.split())
    coded = {code} if code else set()
    return Kind(number, label, tag, code, frozenset(needs.split()) | optional | coded, optional)


MONTH = "unit unit_short month"
PIECE = "recipient title"

LETTERS: Mapping[str, Kind] = {
    "receipt": kind(
        "N01", N_("Tiếp nhận tin, bài"), "received", "period",
        needs=f"recipient {MONTH} received_at pieces in_pool sent_count link", may_lack="quota late_seconds",
    ),
    "receipt_problem": kind(
        "N02", N_("Thư có vướng mắc"), "needed", "mail",
        needs="recipient received_at problems link", may_lack="original_subject supplement_before",
    ),
    "reminder_t7": kind(
        "N04", N_("Nhắc việc trước hạn 07 ngày"), "reminder", "period",
        needs=f"{MONTH} deadline days_left counted_at sent_count quota link mailbox",
    ),
    "reminder_t3": kind(
        "N05", N_("Nhắc việc trước hạn 03 ngày"), "reminder", "period",
        needs=f"{MONTH} deadline days_left sent_count quota link", may_lack="drafts",
    ),
    "reminder_last_day": kind(
        "N06", N_("Nhắc việc ngày cuối"), "reminder", "period",
        needs=f"{MONTH} deadline days_left sent_count quota link",
    ),
    "late_notice": kind(
        "N07", N_("Thông báo quá hạn"), "reminder", "period",
        needs=f"{MONTH} deadline closes_at sent_count quota link",
    ),
    "quota_shortfall": kind(
        "N08", N_("Chưa đạt chỉ tiêu tháng"), "summary", "period",
        needs=f"recipient {MONTH} quota on_time_count late_count uncounted_count months_in_a_row",
    ),
    "monthly_summary": kind(
        "N18", N_("Tổng hợp tháng"), "summary", "period",
        needs="recipient month counted_at on_time_units unit_count late_units received_count published_count"
        " returned_count set_aside_count link",
        may_lack="short_units extended_units leading_units counts report_link seal key",
    ),
    "weekly_digest": kind(
        "N17", N_("Tổng hợp tuần"), "summary", None,
        needs="recipient week from_day to_day received_count news_count article_count video_count published_count"
        " editing_count approval_count consent_count mail_count month met_count unit_count link",
        may_lack="last_week oldest_days days_left silent_units broken_addresses",
    ),
    "waiting_long": kind(
        "", N_("Bài chờ quá lâu"), "summary", None, needs="recipient pieces waits_for longest_days link",
    ),
    "missing_consent": kind(
        "N03", N_("Thiếu xác nhận đồng ý sử dụng hình ảnh trẻ"), "needed", "piece",
        needs=f"{PIECE} pictures supplement_before link",
    ),
    "returned": kind(
        "N09", N_("Trả lại để chỉnh sửa"), "returned", "piece",
        needs=f"{PIECE} remarks editor first_sent_at link", may_lack="editor_title",
    ),
    "awaiting_approval": kind(
        "N10", N_("Trình phê duyệt"), "approval", None, needs="recipient pieces written_at link",
    ),
    "approved": kind(
        "N11", N_("Đã phê duyệt"), "result", "piece",
        needs=f"{PIECE} unit approved_at category link", may_lack="publish_on",
    ),
    "set_aside": kind(
        "N12", N_("Để lại, không sử dụng"), "result", "piece",
        needs=f"{PIECE} reason is_counted", may_lack="month contact",
    ),
    "published": kind(
        "N13", N_("Đã đăng"), "result", "piece", needs=f"{PIECE} author published_at link", may_lack="school",
    ),
    "retracted": kind(
        "N14", N_("Gỡ bài, ẩn ảnh"), "result", "piece",
        needs=f"{PIECE} part retracted_at reason decider", may_lack="decider_title",
    ),
    "committee_incomplete": kind(
        "N15", N_("Danh sách Ban Truyền thông chưa đủ"), "needed", None,
        needs="unit unit_short seats link update_before", may_lack="other_gaps",
    ),
    "committee_confirmed": kind(
        "N16", N_("Đã xác nhận danh sách Ban Truyền thông"), "result", None,
        needs="unit unit_short valid_from members",
    ),
    "unknown_sender": kind(
        "N19", N_("Người gửi chưa có trong danh sách"), "received", "mail",
        needs="recipient received_at address",
    ),
    "sign_in_link": kind(
        "N26", N_("Đường dẫn đăng nhập"), "system", None, needs="recipient activate_before link",
    ),
    "second_step": kind(
        "", N_("Báo thay đổi xác thực hai bước"), "system", None,
        needs="recipient act happened_at link", may_lack="means",
    ),
    "account_invitation": kind(
        "N20", N_("Mời kích hoạt tài khoản"), "system", None,
        needs="recipient inviter role activate_before link", may_lack="unit",
    ),
    "consent_withdrawn": kind(
        "N21", N_("Yêu cầu gỡ hình ảnh trẻ"), "urgent", "piece",
        needs=f"{PIECE} picture_count page_link hidden_at answer_before link",
    ),
    "unit_succession": kind(
        "N22", N_("Đơn vị kết thúc hoạt động, chuyển giao"), "system", None,
        needs="unit unit_short effective_on heirs update_before", may_lack="basis",
    ),
    "contact_undeliverable": kind(
        "N23", N_("Địa chỉ thư không nhận được"), "needed", None,
        needs="recipient original_subject contact address unit_short sent_at reason others_reached link",
    ),
    "daily_digest": kind(
        "", N_("Thông báo gom trong ngày"), "summary", None, needs="recipient written_at letters link",
    ),
    "delegation": kind(
        "", N_("Ủy quyền vai trò"), "system", None,
        needs="recipient lender delegate role valid_from last_day is_ended reason link",
    ),
}  # fmt: skip
