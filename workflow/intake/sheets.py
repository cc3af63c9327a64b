"""The tables of a spreadsheet, .xlsx or .csv, as rows of words."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from workflow.intake import decoding, documents
from workflow.intake.documents import Rows
from workflow.intake.problems import Unreadable

MAX_SHEETS = 5
MAX_ROWS = 300
MAX_COLUMNS = 30


def of_workbook(data: bytes) -> tuple[Rows, ...]:
    """One table a sheet, as the sheet shows its values. Raises Unreadable."""
    documents.guard(data)
    # Read here: few mails bring a workbook, and it is a twentieth of all that a start reads.
    import openpyxl  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return tuple(
            _rows(sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True))
            for sheet in book.worksheets[:MAX_SHEETS]
        )
    except Exception as error:
        # As with Word files: a stranger's package breaks the library in as many ways as there are packages.
        raise Unreadable("file_unreadable") from error


def of_csv(data: bytes) -> tuple[Rows, ...]:
    """The one table of a .csv, split at whatever stands most often in its first line."""
    text, _ = decoding.text_of(data, None)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text), delimiter=mark)
    return (_rows(row[:MAX_COLUMNS] for row, _ in zip(lines, range(MAX_ROWS), strict=False)),)


def _rows(rows: Iterable[Iterable[Any]]) -> Rows:
    return tuple(tuple(_words(row)) for row in rows)


def _words(row: Iterable[Any]) -> Iterator[str]:
    for cell in row:
        # A telephone number that the sheet took for a figure keeps its digits; the leading nought is lost there.
        said = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell or "")
        yield unicodedata.normalize("NFC", " ".join(said.split()))
