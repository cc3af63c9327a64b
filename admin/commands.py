"""The department's commands: bring in the register, take a step with a piece, count a month, check the trail."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from admin import steps
from admin.acting import AS, acting
from admin.pile_commands import do_all
from admin.procedure_commands import workflow
from admin.trail_commands import trail
from look import line
from models.vocabulary import Consent
from workflow import writing
from workflow.imports import categories, committees, submissions, units
from workflow.imports.rows import REFUSED, Outcome
from workflow.queries import pieces, reports

IMPORTS: dict[str, tuple[Callable[[Path], Iterator[Outcome]], str]] = {
    "units": (units.take_units, "Đơn vị (units.csv, units_2025.csv)."),
    "successions": (units.take_successions, "Thay đổi đơn vị: nhập, tách, chuyển (unit_events.csv)."),
    "committees": (committees.take, "Ban Truyền thông và thành viên (committees.csv)."),
    "categories": (categories.take, "Chuyên mục của Diễn đàn (categories.csv)."),
    "submissions": (submissions.take, "Bài, mỗi bài xét theo đúng thời điểm gửi (submissions.json)."),
}

# --- import -----------------------------------------------------------------------------------------------------


@click.group("import")
def bring_in() -> None:
    """Nhập dữ liệu từ tệp; nhập lại không tạo thêm gì."""


def _import_command(name: str) -> click.Command:
    take, described = IMPORTS[name]

    @line.command(name, help=described)
    @click.argument("file", type=line.FILE)
    def run(file: Path) -> Iterator[dict[str, Any]]:
        counted: dict[str, int] = {"added": 0, "changed": 0, "unchanged": 0, "refused": 0}
        for outcome in take(file):
            counted[outcome.outcome] += 1
            if line.answers_json():
                yield outcome.as_dict()
            elif outcome.outcome == REFUSED:
                line.tell(f"dòng {outcome.row} ({outcome.key}): {outcome.says} [{outcome.code}]")
        told = "thêm {added}, sửa {changed}, giữ nguyên {unchanged}, từ chối {refused}".format(**counted)
        if counted["refused"]:
            raise line.Refused("rows_refused", f"{file.name}: {told}.", **counted)
        yield {**counted, "says": f"{file.name}: {told}."}

    return run


for _name in IMPORTS:
    bring_in.add_command(_import_command(_name))


# --- do, consent ------------------------------------------------------------------------------------------------


@line.command("do")
@click.argument("piece")
@click.argument("trigger")
@AS
@click.option("--reason", help="Lý do.")
@click.option("--kind", help="Loại lý do (uncount) hoặc loại bài (reclassify).")
@click.option("--checklist", type=click.Choice(["done"]), help="Danh mục kiểm tra đã hoàn thành.")
@click.option("--statement", is_flag=True, help="Cam kết nội dung đúng sự thật (submit).")
@click.option("--seen", metavar="DIGEST", help="Phiên bản đã xem; mặc định là phiên bản hiện tại.")
@click.option("--until", type=line.INSTANT, help="Thời điểm (schedule, extend).")
@click.option("--unit", metavar="CODE", help="Đơn vị đúng (reclassify).")
@click.option("--section", metavar="CODE", help="Chuyên mục đúng (reclassify).")
@click.option("--author", metavar="TEXT", help="Tác giả đúng (reclassify).")
@click.option("--period", metavar="YYYY-MM", help="Kỳ đúng (reclassify).")
@click.option("--command", type=click.UUID, help="Mã lệnh: chạy lại cùng mã thì không ghi thêm gì.")
def do(piece: str, trigger: str, email: str, **options: Any) -> dict[str, Any]:
    """Thực hiện một bước với một bài: PIECE là mã, mã nhập hoặc số.

    TRIGGER là tên bước trong quy trình (toasoan workflow draw). Với Ban Truyền thông: PIECE là mã đơn vị,
    TRIGGER là confirm hoặc reopen.
    """
    return steps.take(piece, trigger, by=acting(email), options=options)


@line.command("available")
@click.argument("piece")
@AS
def available(piece: str, email: str) -> list[dict[str, Any]]:
    """Mọi bước có thể đi từ đây với một bài: được phép, hoặc bị từ chối và vì sao. Không ghi gì."""
    return steps.offered(piece, by=acting(email))


@line.command("consent")
@click.argument("piece")
@click.argument("file")
@click.argument("answer", type=click.Choice([consent.value for consent in Consent]))
@AS
@click.option("--note", default="", help="Ghi chú.")
def consent(piece: str, file: str, answer: str, email: str, note: str) -> dict[str, Any]:
    """Trả lời về hình ảnh trẻ trong một tệp: FILE là tên, thứ tự hoặc số."""
    by = acting(email)
    found = pieces.named(piece)
    shown = pieces.file_of(found, file)
    code, name = found.code, shown.name
    done = writing.answer(found.id, shown.id, Consent(answer), by=by, note=note)
    return {
        "piece": code,
        "file": name,
        "answer": answer,
        "version": done.version,
        "says": f"{code}: {name} = {answer}.",
    }


# --- report, workflow -------------------------------------------------------------------------------------------


@click.group("report")
def report() -> None:
    """Thống kê."""


@line.command("month")
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@click.option("--csv", "as_csv", is_flag=True, help="Bảng CSV.")
def month(month: datetime, as_csv: bool) -> list[dict[str, Any]] | None:
    """Số tin, bài từng đơn vị đã gửi trong một tháng, ví dụ 2021-05."""
    counted = reports.month(month.year, month.month)
    if not counted:
        raise line.Refused("period_unknown", f"Chưa có kỳ nào của tháng {month:%m/%Y}.")
    if as_csv:
        click.echo(_table(counted), nl=False)
        return None
    return [
        {
            **unit.as_row(),
            "status": unit.status.value,
            "excused": unit.excused,
            "deadline_at": unit.deadline_at,
            "says": f"{unit.short_name:<16} đã nhận {unit.received}, đúng hạn {unit.counted_on_time}"
            f"/{unit.quota}, muộn {unit.late}: {unit.status.value}",
        }
        for unit in counted
    ]


def _table(counted: list[reports.UnitMonth]) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, reports.COLUMNS)
    table.writeheader()
    table.writerows(unit.as_row() for unit in counted)
    return written.getvalue()


report.add_command(month)
COMMANDS = (bring_in, do, do_all, available, consent, report, trail, workflow)
