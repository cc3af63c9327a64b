"""Why a mail waits in the tray or was put aside: the codes an envelope may carry beside those of `problems`.

Codes never change; sentences may. Refusals of the engine (`no_open_period`, `unit_ended` ...) come with their own.
"""

from collections.abc import Callable, Mapping

from workflow.engine.errors import N_
from workflow.intake.problems import SAYS as PROBLEMS

SAYS = {
    **PROBLEMS,
    # In the tray, for an editor to decide.
    "mail_unreadable": N_("Hệ thống chưa đọc được thư này; thư được giữ nguyên."),
    "unknown_sender": N_("Người gửi chưa có trong danh sách; cần xác nhận đơn vị."),
    "sender_not_verified": N_("Chưa xác minh được người gửi là chủ địa chỉ thư này."),
    "sender_has_no_unit": N_("Người gửi không thuộc Ban Truyền thông hay cộng tác viên của đơn vị nào."),
    "unit_unclear": N_("Người gửi thuộc nhiều đơn vị; cần xác nhận đơn vị."),
    "title_required": N_("Chưa có tiêu đề nên chưa gửi được; bài được giữ ở bản nháp."),
    "body_required": N_("Chưa có nội dung nên chưa gửi được; bài được giữ ở bản nháp."),
    "unit_ended": N_("Đơn vị đã kết thúc hoạt động khi thư đến; cần chọn đơn vị tiếp nhận."),
    "no_open_period": N_("Chưa có kỳ nào đang mở khi thư đến."),
    "no_directive": N_("Chưa có văn bản quy định hiệu lực vào ngày thư đến."),
    "body_too_long": N_("Nội dung thư quá dài nên chưa thành bài."),
    # A machine's mail: no answer is ever sent (RFC 3834).
    "bounce": N_("Thư báo không gửi được, do máy chủ thư tự tạo."),
    "auto_reply": N_("Thư trả lời tự động."),
    "mailing_list": N_("Thư gửi qua danh sách thư chung."),
    "bulk": N_("Thư gửi hàng loạt."),
    "machine_sender": N_("Thư do máy gửi."),
    # Put aside.
    "duplicate": N_("Bản sao của một thư đã nhận trước đó."),
    "dismissed": N_("Biên tập viên đã bỏ qua thư này."),
    # Accepted, with a word to add.
    "in_pool": N_("Bài chờ Ban Truyền thông của đơn vị gửi."),
    # Marks on what was read.
    "possible_duplicate": N_("“{title}” có thể trùng với {twin}."),
    "place_named": N_("Nội dung thư nhắc tới {place}."),
}

FOR_EDITOR = frozenset({"twice_in_mail", "picture_guessed", "two_from", "possible_duplicate", "place_named"})
"""Marks that the sender is not told of; everything else that is wrong with a mail is in the letter about it."""


def says(code: str, /) -> str:
    """The Vietnamese sentence of a code; the code itself for one that came with its own sentence."""
    known = SAYS.get(code)
    return known.format(file="", detail="", title="", twin="", place="") if known else code


def marked(code: str, *, file: str = "", **fields: str) -> dict[str, str]:
    """`noted` with the sentence of the code, filled in with `fields`, which stay beside it."""
    return noted(code, SAYS[code].format(**{"file": file, "detail": "", **fields}), file=file, **fields)


def told(problem: Mapping[str, str], translate: Callable[[str], str]) -> str:
    """The sentence of an entry in the reader's language; in Vietnamese where the code came with its own sentence, or
    the entry is older than its fields.
    """
    known = SAYS.get(problem["code"])
    try:
        return translate(known).format(**problem) if known else problem["says"]
    except KeyError:
        return problem["says"]


def noted(code: str, sentence: str, *, file: str = "", **more: str) -> dict[str, str]:
    """One entry of `Envelope.problems`: code, file, sentence, and `for` whom it is (sender or editor)."""
    return {
        "code": code,
        "file": file,
        "says": sentence,
        "for": "editor" if code in FOR_EDITOR else "sender",
        **more,
    }
