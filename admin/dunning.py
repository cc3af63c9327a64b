"""The draft of the official letter that presses late units (R13, Decree 30/2020): number, day and signature are left
to the clerk and the director. An official paper is Vietnamese only."""

import io
from collections.abc import Sequence
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from workflow.clock import ZONE
from workflow.queries.reports import UnitMonth

FONT = "Times New Roman"


def draft(year: int, month: int, short: Sequence[UnitMonth], *, until: datetime | None) -> bytes:
    """The letter as .docx: `short` are the units that still owe something, each with what it lacks.

    `until`: when the month stops taking what is late; None when it has.
    """
    paper = docx.Document()
    _lay_out(paper)
    _head(paper, f"V/v đôn đốc gửi tin, bài truyền thông GDMN tháng {month}/{year}")
    _line(
        paper,
        "Kính gửi: " + ("; ".join(unit.unit_name for unit in short) or "......"),
        WD_ALIGN_PARAGRAPH.CENTER,
    )
    _line(
        paper,
        "Thực hiện công tác truyền thông trong các cơ sở giáo dục mầm non, đến nay các đơn vị sau chưa gửi đủ"
        f" tin, bài của tháng {month}/{year} theo quy định:",
    )
    _table(paper, short)
    wish = (
        f"gửi bổ sung trước ngày {until.astimezone(ZONE):%d/%m/%Y}; tin, bài gửi sau hạn vẫn được biên tập, đăng tải"
        " và được ghi nhận là gửi muộn."
        if until
        else "gửi đủ tin, bài trong các tháng tiếp theo."
    )
    _line(
        paper,
        f"Sở Giáo dục và Đào tạo đề nghị các đơn vị chỉ đạo Ban Truyền thông {wish} Nếu có lý do khách quan, đề nghị"
        " giải trình bằng văn bản.",
    )
    _line(paper, "Trân trọng./.")
    _foot(paper)
    written = io.BytesIO()
    paper.save(written)
    return written.getvalue()


def _lay_out(paper: Document) -> None:
    """A4 with the margins and the letter of the decree."""
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    normal = paper.styles["Normal"].font
    normal.name, normal.size = FONT, Pt(14)


def _head(paper: Document, about: str) -> None:
    left, right = paper.add_table(rows=1, cols=2).rows[0].cells
    _in_cell(left, ("UBND TỈNH HÀ TĨNH", False), ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", True), ("Số:        /SGDĐT-GDMN", False),
             (about, False))  # fmt: skip
    _in_cell(right, ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True), ("Độc lập - Tự do - Hạnh phúc", True),
             ("Hà Tĩnh, ngày     tháng     năm", False))  # fmt: skip
    _line(paper, "DỰ THẢO", WD_ALIGN_PARAGRAPH.CENTER)


def _foot(paper: Document) -> None:
    left, right = paper.add_table(rows=1, cols=2).rows[0].cells
    _in_cell(left, ("Nơi nhận:", True), ("- Như trên;", False), ("- Lưu: VT, GDMN.", False))
    _in_cell(right, ("KT. GIÁM ĐỐC", True), ("PHÓ GIÁM ĐỐC", True))


def _table(paper: Document, short: Sequence[UnitMonth]) -> None:
    table = paper.add_table(rows=1, cols=4, style="Table Grid")
    for cell, says in zip(table.rows[0].cells, ("TT", "Đơn vị", "Đã gửi", "Còn thiếu"), strict=True):
        _in_cell(cell, (says, True))
    for number, unit in enumerate(short, start=1):
        sent = unit.counted_on_time + unit.counted_late
        values = (str(number), unit.unit_name, f"{sent:02d}/{unit.quota:02d}", f"{unit.quota - sent:02d}")
        for cell, says in zip(table.add_row().cells, values, strict=True):
            cell.text = says


def _line(paper: Document, says: str, where: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY) -> None:
    paragraph = paper.add_paragraph(says)
    paragraph.alignment = where


def _in_cell(cell: object, *lines: tuple[str, bool]) -> None:
    """Centred lines, the strong ones bold."""
    paragraph = cell.paragraphs[0]  # type: ignore[attr-defined]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, (says, is_strong) in enumerate(lines):
        run = paragraph.add_run(says if number == 0 else f"\n{says}")
        run.bold, run.font.size = is_strong, Pt(13)
