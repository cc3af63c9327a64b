"""A Word file, read by its library: its lines, tables, pictures and the old fonts it names. `documents` guards it."""

import io
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from workflow import filetypes
from workflow.intake import decoding, legacy
from workflow.intake.documents import Rows
from workflow.intake.reading import Line, Part

# Tracked deletions and second copies of text boxes are no text; insertions are (`Paragraph.text` skips them).
_LIVE_RUNS = './/w:r[not(ancestor::w:del or ancestor::w:moveFrom or ancestor::*[local-name()="Fallback"])]'


class Reader:
    """Walks through one file and notes the old encodings it met."""

    def __init__(self, data: bytes) -> None:
        self._word = docx.Document(io.BytesIO(data))
        self.encodings: set[str | None] = set()

    def lines(self) -> Iterator[Line]:
        yield from self._lines(self._word.iter_inner_content())

    def tables(self) -> tuple[Rows, ...]:
        return tuple(self._rows(table) for table in self._word.tables)

    def _lines(self, blocks: Iterable[Paragraph | Table]) -> Iterator[Line]:
        for block in blocks:
            if isinstance(block, Table):
                for cell in _cells(block):
                    yield from self._lines(cell.iter_inner_content())
            else:
                text, pictures = self._paragraph(block)
                yield from (Line(line.strip()) for line in text.split("\n"))
                yield from (Line(picture=picture) for picture in pictures)

    def _rows(self, table: Table) -> Rows:
        return tuple(
            tuple("\n".join(self._paragraph(p)[0] for p in cell.paragraphs).strip() for cell in row.cells)
            for row in table.rows
        )

    def _paragraph(self, paragraph: Paragraph) -> tuple[str, list[Part]]:
        inherited = _font_of(paragraph.style)
        said: list[str] = []
        pictures: list[Part] = []
        for element in paragraph._p.xpath(_LIVE_RUNS):
            run = Run(element, paragraph)
            text, encoding = legacy.read_run(run.text, run.font.name or inherited)
            self.encodings.add(encoding)
            said.append(text)
            pictures.extend(self._pictures(element))
        return decoding.clean("".join(said)).strip(), pictures

    def _pictures(self, run: Any) -> Iterator[Part]:
        # `r:embed` lies in the package; `r:link` would be fetched from elsewhere and is not looked at.
        for relation in run.xpath(".//a:blip/@r:embed"):
            image = self._word.part.related_parts.get(relation)
            if image is not None and (media_type := filetypes.media_type(image.blob)) in filetypes.PICTURES:
                yield Part(PurePosixPath(str(image.partname)).name, media_type, image.blob, inline=True)


def _font_of(style: Any) -> str | None:
    while style is not None:
        if style.font.name:
            return str(style.font.name)
        style = style.base_style
    return None


def _cells(table: Table) -> Iterator[Any]:
    """Each cell once: a merged one is met again for every column and row it spans."""
    seen = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                yield cell
