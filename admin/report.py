"""The month's count, unit by unit, on the page and as the file that goes into the official report (R6)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import menu
from admin.desk import Screen, me
from admin.export import FORMS, answer
from models.vocabulary import MonthStatus
from workflow import inspecting
from workflow.engine.errors import N_
from workflow.queries import desk, reports, standings

# The command line keeps the columns' own names, which the oracle in tasks/rehearsal/data has too.
HEAD = {
    "unit": N_("Đơn vị"), "received": N_("Đã nhận"), "duplicates": N_("Trùng lặp"), "late": N_("Gửi muộn"),
    "news_articles_on_time": N_("Tin, bài đúng hạn"), "videos_on_time": N_("Video đúng hạn"),
    "materials_on_time": N_("Tư liệu đúng hạn"), "quota": N_("Chỉ tiêu"),
    "met_if_videos_do_not_count": N_("Đủ, không tính video"), "met_if_videos_count": N_("Đủ, tính cả video"),
    "shortfall_strict": N_("Còn thiếu"),
}  # fmt: skip


class MonthReport(Screen):
    needs = "reports.read"

    @expose("/")
    def index(self) -> str:
        year, month = _asked()
        rows = reports.month(year, month)
        return self.render(
            "desk/report.html",
            rows=rows,
            year=year,
            month=month,
            totals=_totals(rows),
            tally=[(status.value, sum(row.status is status for row in rows)) for status in MonthStatus],
            selects=[
                {
                    "name": "ky",
                    "label": gettext("Kỳ"),
                    "value": f"{year}-{month:02d}",
                    "choices": desk.period_choices(),
                }
            ],
            files=[(form, url_for(".export", form=form, ky=f"{year}-{month:02d}")) for form in FORMS],
        )

    @expose("/thang.<any(csv, xlsx):form>")
    def export(self, form: str) -> Response:
        year, month = _asked()
        inspecting.note_export({"period": f"{year}-{month:02d}", "form": form}, by=me(), what="report:export")
        rows = [[_read(row, column) for column in reports.COLUMNS] for row in reports.month(year, month)]
        head = [gettext(HEAD[column]) for column in reports.COLUMNS]
        return answer(form, f"bao-cao-{year}-{month:02d}", gettext("Báo cáo tháng"), head, rows)


def _read(row: reports.UnitMonth, column: str) -> Any:
    """What stands in the file for people: a unit by its name, yes and no as words. Codes are the command line's."""
    value = row.unit_name if column == "unit" else getattr(row, column)
    return (gettext("Có") if value else gettext("Không")) if isinstance(value, bool) else value


def _asked() -> tuple[int, int]:
    """The month in the address, else the one that runs."""
    year, _, month = request.args.get("ky", "").partition("-")
    if (
        year.isascii()
        and year.isdigit()
        and month.isascii()
        and month.isdigit()
        and len(year) == 4
        and len(month) <= 2
    ):
        return int(year), int(month)
    running = standings.running(menu.opened(), now=menu.now())
    local = menu.now()
    return (running.year, running.month) if running else (local.year, local.month)


def _totals(rows: list[Any]) -> dict[str, int]:
    names = (
        "received", "counted_on_time", "late", "excused", "duplicates", "videos_on_time", "materials_on_time",
        "published", "shortfall_strict",
    )  # fmt: skip
    return {name: sum(getattr(row, name) for row in rows) for name in names}
