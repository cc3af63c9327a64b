"""What may be wrong with a mail or a file in it: a stable code and the sentence people read.

Codes never change; sentences may. `{file}` and `{detail}` are filled in when a Problem is shown.
"""

from dataclasses import dataclass

from workflow.engine.errors import N_, Invalid

SAYS = {
    # A mail that is not read at all: it stays in the tray as it came.
    "mail_too_large": N_("Thư vượt quá 30 MB nên chưa được đọc."),
    "mail_header_too_large": N_("Phần đầu thư dài bất thường nên thư chưa được đọc."),
    "mail_too_many_parts": N_("Thư có quá nhiều phần nên chưa được đọc."),
    "mail_too_deep": N_("Thư lồng quá nhiều lớp nên chưa được đọc."),
    "mail_too_many_addresses": N_("Thư có quá nhiều địa chỉ nhận nên chưa được đọc."),
    # Who wrote.
    "two_from": N_("Thư ghi nhiều người gửi; cần xác nhận người gửi thật."),
    "sender_unreadable": N_("Không đọc được địa chỉ người gửi."),
    # The text.
    "charset_broken": N_("Một phần nội dung thư sai bảng mã, có chữ không đọc được."),
    "text_cut": N_("Thư dài bất thường; chỉ phần đầu được đọc."),
    "legacy_font": N_("Nội dung dùng phông chữ cũ (VNI) chưa chuyển được sang Unicode."),
    "legacy_font_converted": N_(
        "Nội dung được chuyển từ phông chữ cũ (TCVN3) sang Unicode; đề nghị kiểm tra lại."
    ),
    "empty_mail": N_("Thư không có nội dung."),
    "no_article": N_("Không tìm thấy tin, bài trong thư."),
    # A file.
    "doc_not_read": N_("Chưa đọc được nội dung tệp “{file}” (Word 97-2003); tệp được giữ nguyên."),
    "pdf_not_read": N_("Chưa đọc được nội dung tệp “{file}” (PDF); tệp được giữ nguyên."),
    "odt_not_read": N_("Chưa đọc được nội dung tệp “{file}” (ODT); tệp được giữ nguyên."),
    "rtf_not_read": N_("Chưa đọc được nội dung tệp “{file}” (RTF); tệp được giữ nguyên."),
    "file_type_not_allowed": N_("Loại tệp của “{file}” không được phép."),
    "file_unreadable": N_("Tệp “{file}” bị hỏng hoặc không đọc được."),
    "file_encrypted": N_("Tệp “{file}” có mật khẩu nên không đọc được."),
    "file_unpacks_too_large": N_("Tệp “{file}” bung ra quá lớn nên không được mở."),
    "file_has_entities": N_("Tệp “{file}” có khai báo lạ trong cấu trúc nên không được mở."),
    "file_without_text": N_("Tệp “{file}” không có chữ nào đọc được."),
    # What an editor should look at.
    "twice_in_mail": N_("Tệp “{file}” trùng nội dung với “{detail}” trong cùng thư; chỉ lấy một lần."),
    "picture_missing": N_("“{file}” có chú thích “{detail}” nhưng không có ảnh kèm theo."),
    "picture_guessed": N_("Ảnh “{file}” không ghi rõ thuộc tin, bài nào; đã xếp tạm vào mục đầu tiên."),
    "second_committee_list": N_(
        "Thư có nhiều danh sách Ban Truyền thông; chỉ lấy tệp đầu, chưa lấy “{file}”."
    ),
    "file_set_aside": N_("Tệp “{file}” không gắn với tin, bài nào; tệp được giữ cùng thư."),
}


@dataclass(frozen=True)
class Problem:
    """One thing to look at. `file` is the file's name or empty; `detail` depends on the code."""

    code: str
    file: str = ""
    detail: str = ""

    @property
    def says(self) -> str:
        """The Vietnamese sentence, filled in."""
        return SAYS[self.code].format(file=self.file, detail=self.detail)


class MailRefused(Invalid):
    """The mail breaks a limit and was not parsed; `code` is one of the `mail_...` codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code, SAYS[code])


class Unreadable(Invalid):
    """The text of a file cannot be had; `code` is one of the file codes. The file itself is kept."""

    def __init__(self, code: str, file: str = "") -> None:
        super().__init__(code, SAYS[code], file=file)
