"""Tables that leave the house, as CSV (UTF-8 marked for spreadsheets) or workbook; no cell that one would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from admin import workbook
from workflow.clock import ZONE

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


FORMS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def answer(form: str, name: str, holds: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download that is written while it is read; `rows` must not need the request any more. `holds` is what its
    sheet is called."""
    written: Iterable[str | bytes] = (
        workbook.written(holds, head, map(_plain_cells, rows)) if form == "xlsx" else csv_lines(head, rows)
    )
    return Response(
        written,
        mimetype=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    # Without the mark, spreadsheets read UTF-8 as the machine's old code page.
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line([safe_cell(cell) for cell in row])


def write_xlsx(file: Path, holds: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """A workbook as a file; returns the rows below the head."""
    numbered = count()
    cells = (_plain_cells(row) for row in rows if next(numbered) >= 0)
    with file.open("wb") as writing:
        writing.writelines(workbook.written(holds, head, cells))
    return next(numbered)


def _plain_cells(row: Sequence[Any]) -> list[Any]:
    return [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    """Numbers and instants stay what they are, an instant on the wall clock of Hà Tĩnh: workbooks know no zone."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE)
    return value if isinstance(value, (int, float)) else safe_cell(value)


def _line(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
