"""A workbook (.xlsx) that is written while it is read: a download of any length begins with its first rows.

A workbook is a zip of XML files. Libraries make all of it on disk before a byte leaves; but a zip may say how long a
file was after the file, and the sheets may be listed after they are written.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

ROWS_MOST, BYTES_MOST = 1_000_000, 1_000_000_000
"""Of a sheet; what is more goes on the next one. Spreadsheets hold 1,048,576 rows, a plain zip entry 2 GiB."""
AT_ONCE = 200
"""Rows between two chunks."""
UNHELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML, and so a workbook, cannot hold."""

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


class _Pipe(io.RawIOBase):
    """What a zip is written into: it can only go on."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._chunks.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        chunks, self._chunks = b"".join(self._chunks), []
        return chunks


def written(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The workbook's bytes. Numbers stay numbers, everything else is text and never a formula."""
    pipe, waiting, sheets = _Pipe(), iter(rows), 0
    with ZipFile(pipe, "w", ZIP_DEFLATED) as book:
        row = next(waiting, None)
        while row is not None or not sheets:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                size = sheet.write(f"{_XML}<worksheet {_MAIN}><sheetData>{_row(head)}".encode())
                for number in count(1):
                    if row is None or number > ROWS_MOST or size > BYTES_MOST:
                        break
                    size += sheet.write(_row(row).encode())
                    if number % AT_ONCE == 0:
                        yield pipe.taken()
                    row = next(waiting, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _about(sheets):
            book.writestr(name, f"{_XML}{text}")
    yield pipe.taken()


def _row(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(UNHELD.sub("", str(value)))}</t></is></c>'


def _about(sheets: int) -> Iterator[tuple[str, str]]:
    """The files that say which sheets there are."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    yield "xl/workbook.xml", f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    yield (
        "xl/_rels/workbook.xml.rels",
        _related((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
    )
    yield "_rels/.rels", _related([("r1", "officeDocument", "xl/workbook.xml")])
    parts = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in (
            ("workbook.xml", "sheet.main"),
            *((f"worksheets/sheet{n}.xml", "worksheet") for n in numbers),
        )
    )
    yield (
        "[Content_Types].xml",
        (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
        ),
    )


def _related(parts: Iterable[tuple[str, str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in parts
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
