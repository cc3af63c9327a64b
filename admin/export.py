"""Tables that leave the house as CSV: UTF-8 with a mark for spreadsheets, and no cell that one would run."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from werkzeug.wrappers import Response

from workflow.clock import ZONE

SHEET_MOST = 1_000_000
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


def write_xlsx(file: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """The same table as a workbook, written row by row; returns the rows below the head.

    A sheet holds a million rows, the rest goes on the next one.
    """
    book, count = Workbook(write_only=True), 0
    waiting = iter(rows)
    while part := list(islice(waiting, SHEET_MOST)):
        sheet = book.create_sheet()
        sheet.append(head)
        for row in part:
            sheet.append([_plain_cell(cell) for cell in row])
        count += len(part)
    if not count:
        book.create_sheet().append(head)
    book.save(file)
    return count


def _plain_cell(value: Any) -> Any:
    # What a workbook cannot hold at all is left out; the digest beside it still is of the whole.
    return value if isinstance(value, (int, float)) else ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value))


TRAIL_HEAD = (
    "số", "dòng", "thứ tự", "thời điểm (UTC)", "người", "hành động", "mã bài", "đơn vị", "nội dung", "mã băm",
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
