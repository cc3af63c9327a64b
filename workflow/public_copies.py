"""The copy of a file that readers are shown, and why there can be none (R8)."""

from dataclasses import dataclass

from workflow.engine.errors import N_, Invalid

REFUSALS = {
    "picture_too_large": N_("Ảnh vượt quá 24 triệu điểm ảnh nên không được xử lý."),
    "picture_format_not_read": N_("Chưa đọc được định dạng ảnh này; chỉ đọc được JPEG, PNG và WebP."),
    "picture_damaged": N_("Ảnh bị hỏng hoặc không đọc được."),
    "video_format_not_cleaned": N_(
        "Chưa gỡ được thông tin riêng khỏi loại video này; chỉ đăng được MP4 và MOV."
    ),
    "video_damaged": N_("Video bị hỏng hoặc không đọc được."),
}


class CopyRefused(Invalid):
    """Of these bytes no copy can be made, however often it is tried; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code, REFUSALS[code])


@dataclass(frozen=True)
class PublicCopy:
    data: bytes
    media_type: str
