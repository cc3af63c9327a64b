"""Tables that leave the house, as CSV (UTF-8 marked for spreadsheets) or workbook; no cell that one would run."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from admin import workbook
from workflow.clock import ZONE
from workflow.engine.errors import N_

RUNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> str:
    """A value as text that a spreadsheet shows and never runs: a formula gets an apostrophe in front.

    Instants are written in Asia/Ho_Chi_Minh, `2021-05-19 23:59:59`. Numbers stay numbers, negative ones too.
    """
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else str(value)
    text = str(value)
    return f"'{text}" if text.startswith(RUNS) else text


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download that is written while it is read; `rows` must not need the request any more."""

    return Response(
        csv_lines(head, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    # Without the mark, spreadsheets read UTF-8 as the machine's old code page.
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line([safe_cell(cell) for cell in row])


def xlsx_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The same as a workbook."""
    return Response(
        workbook.written(head, map(_plain_cells, rows)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


ANSWERS = {"csv": csv_answer, "xlsx": xlsx_answer}


def write_xlsx(file: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """The same as a file; returns the rows below the head."""
    numbered = count()
    with file.open("wb") as writing:
        writing.writelines(workbook.written(head, (_plain_cells(row) for row in rows if next(numbered) >= 0)))
    return next(numbered)


def _plain_cells(row: Sequence[Any]) -> list[Any]:
    return [value if isinstance(value, (int, float)) else safe_cell(value) for value in row]


TRAIL_HEAD = (
    N_("số"), N_("dòng"), N_("thứ tự"), N_("thời điểm (UTC)"), N_("người"), N_("hành động"), N_("mã bài"),
    N_("đơn vị"), N_("nội dung"), N_("mã băm"),
)  # fmt: skip


def trail_cells(event: Any) -> list[Any]:
    """An event of the audit trail as a row under TRAIL_HEAD."""
    return [
        event.id, event.stream, event.seq, event.at, event.who or "", event.action, event.code or "",
        event.unit or "", json.dumps(event.payload, ensure_ascii=False, sort_keys=True), event.hash,
    ]  # fmt: skip


def _line(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
