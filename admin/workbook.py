"""A workbook (.xlsx) that is written while it is read: a download of any length begins with its first rows.

A workbook is a zip of XML files. Libraries make all of it on disk before a byte leaves; but a zip may say how long a
file was after the file, and the sheets may be listed after they are written.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, count, islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

ROWS_MOST, BYTES_MOST = 1_000_000, 1_000_000_000
"""Of a sheet; what is more goes on the next one. Spreadsheets hold 1,048,576 rows, a plain zip entry 2 GiB."""
AT_ONCE = 200
"""Rows between two chunks."""
UNHELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML, and so a workbook, cannot hold."""

MEASURED = 20
"""Rows by which the widths are taken: the first bytes wait for them."""
WIDEST = 60
"""Characters of a column; what is longer is read in its cell."""
DAY_ZERO = date(1899, 12, 30).toordinal()
"""From it workbooks count their days."""

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


def written(holds: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of a workbook that `holds` something: so its sheets are called.

    A number stays one, a datetime is a date on its own wall clock, all else is text.
    The head stays in sight, and each column is as wide as what stands in its first rows.
    """
    pipe, waiting, sheets = _Pipe(), iter(rows), 0
    first = list(islice(waiting, MEASURED))
    above, waiting = _above(head, first), chain(first, waiting)
    with ZipFile(pipe, "w", ZIP_DEFLATED) as book:
        row = next(waiting, None)
        while row is not None or not sheets:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                size = sheet.write(f"{_XML}<worksheet {_MAIN}>{above}".encode())
                for number in count(1):
                    if row is None or number > ROWS_MOST or size > BYTES_MOST:
                        break
                    size += sheet.write(_row(row).encode())
                    if number % AT_ONCE == 0:
                        yield pipe.taken()
                    row = next(waiting, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _about(holds, sheets):
            book.writestr(name, f"{_XML}{text}")
    yield pipe.taken()


def _above(head: Sequence[str], first: Sequence[Sequence[Any]]) -> str:
    """What stands before the rows: the pane that keeps the head, the widths, the head itself."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{min(WIDEST, max(map(_length, column))) + 2}" customWidth="1"/>'
        for n, column in enumerate(zip(head, *first, strict=False), start=1)
    )
    names = "".join(f'<c s="1" {_text(name)}' for name in head)
    return (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        f' state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData><row>{names}</row>'
    )


def _length(value: Any) -> int:
    return len("19/05/2021 23:59:59") if isinstance(value, datetime) else len(str(value).partition("\n")[0])


def _row(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return f'<c s="2"><v>{value.toordinal() - DAY_ZERO + seconds / 86400:.9f}</v></c>'
    return f"<c {_text(value)}"


def _text(value: Any) -> str:
    return f't="inlineStr"><is><t xml:space="preserve">{escape(UNHELD.sub("", str(value)))}</t></is></c>'


_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""0 as it comes, 1 a head, 2 an instant."""


def _about(holds: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The files that say which sheets there are."""
    numbers = range(1, sheets + 1)
    names = [holds, *(f"{holds} {n}" for n in numbers[1:])]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, start=1)
    )
    yield "xl/workbook.xml", f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    sheets_of = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _related([*sheets_of, ("style", "styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _related([("r1", "officeDocument", "xl/workbook.xml")])
    parts = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in (
            ("workbook.xml", "sheet.main"),
            ("styles.xml", "styles"),
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
