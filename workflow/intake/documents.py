"""The text, tables and pictures of a Word file, opened with care (T13). Other soft copies are kept unread.

Nothing outside the file is ever fetched: linked pictures and templates are ignored.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from workflow import filetypes
from workflow.intake import decoding, legacy
from workflow.intake.problems import Unreadable
from workflow.intake.reading import MAX_TEXT_CHARS, Line, Part

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_XML_BYTES = 20 * 1024 * 1024
MAX_LINES = 5_000

_NOT_READ = {
    filetypes.DOC: "doc_not_read",
    filetypes.PDF: "pdf_not_read",
    filetypes.ODT: "odt_not_read",
    filetypes.RTF: "rtf_not_read",
}
Rows = tuple[tuple[str, ...], ...]
_ENTITIES = ("<!DOCTYPE", "<!ENTITY")


@dataclass(frozen=True)
class Document:
    lines: tuple[Line, ...]
    """All of the file in order; cells of tables one after the other."""
    tables: tuple[Rows, ...]
    """Rows of cells, in NFC."""
    legacy_font: str | None
    """`tcvn3` (already converted) or `vni` (not)."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines if line.text)

    @property
    def title(self) -> str:
        """The first line, as typed; empty for an empty file."""
        return next(iter(self.paragraphs), "")

    @property
    def pictures(self) -> tuple[Part, ...]:
        return tuple(line.picture for line in self.lines if line.picture)


def text_of(part: Part) -> Document:
    """Reads a .docx or .txt. Raises Unreadable with the code of why not; the file is kept either way."""
    if part.media_type == filetypes.PLAIN:
        text, _ = decoding.text_of(part.data, None)
        return _document([Line(line.strip()) for line in text.splitlines()[:MAX_LINES]], (), set())
    if part.media_type != filetypes.DOCX:
        raise Unreadable(_NOT_READ.get(part.media_type, "file_type_not_allowed"))
    guard(part.data)
    # Read here: few mails bring a Word file, and with its library five megabytes.
    from workflow.intake import word  # noqa: PLC0415

    try:
        reader = word.Reader(part.data)
        return _document(list(islice(reader.lines(), MAX_LINES)), reader.tables(), reader.encodings)
    except Unreadable:
        raise
    except Exception as error:
        # The library reads a stranger's package and fails in as many ways as there are broken packages;
        # none of them may take the rest of the mail down.
        raise Unreadable("file_unreadable") from error


def _document(lines: list[Line], tables: tuple[Rows, ...], encodings: set[str | None]) -> Document:
    lines = list(_readable(lines))
    if not lines:
        raise Unreadable("file_without_text")
    legacy_font = next(iter(encodings - {None}), None) or legacy.detect(
        "\n".join(line.text for line in lines)
    )
    if legacy_font == legacy.TCVN3 and legacy_font not in encodings:
        # No font said so, the words did: nothing has been converted yet.
        lines = [Line(legacy.convert(line.text), line.picture) for line in lines]
        tables = tuple(tuple(tuple(map(legacy.convert, row)) for row in table) for table in tables)
    return Document(tuple(lines), tables, legacy_font)


def _readable(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that hold something, as far as a reader would follow: MAX_TEXT_CHARS, as for a body."""
    chars = 0
    for line in lines:
        chars += len(line.text)
        if chars > MAX_TEXT_CHARS:
            return
        if line.text or line.picture:
            yield line


def guard(data: bytes) -> None:
    """Unpacked sizes are added up before anything is unpacked, and each member is read with a hard stop."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            members = box.infolist()
            if any(member.flag_bits & 0x1 for member in members):
                raise Unreadable("file_encrypted")
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
                raise Unreadable("file_unpacks_too_large")
            for member in members:
                if member.filename.casefold().endswith((".xml", ".rels")):
                    _guard_xml(box, member)
    except filetypes.BROKEN_ZIP as error:
        raise Unreadable("file_unreadable") from error


def _guard_xml(box: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with box.open(member) as stream:
        xml = stream.read(MAX_XML_BYTES + 1)
    if len(xml) > MAX_XML_BYTES:
        raise Unreadable("file_unpacks_too_large")
    # Word never declares entities; who does wants to blow up the parser or read our disk.
    if any(sign.encode(name) in xml for sign in _ENTITIES for name in ("ascii", "utf-16-le", "utf-16-be")):
        raise Unreadable("file_has_entities")
