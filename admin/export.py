"""Tables that leave the house as CSV: UTF-8 with a mark for spreadsheets, and no cell that one would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from workflow.clock import ZONE

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

    def lines() -> Iterator[str]:
        # Without the mark, spreadsheets read UTF-8 as the machine's old code page.
        yield "\ufeff" + _line(head)
        for row in rows:
            yield _line([safe_cell(cell) for cell in row])

    return Response(
        lines(), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _line(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
