"""A Communications Committee's member list in a Word file or a spreadsheet, as a proposal for the registry (R1)."""

import re
from dataclasses import dataclass

from models.vocabulary import SeatKind
from workflow import filetypes
from workflow.intake import bylines, documents, sheets, wording
from workflow.intake.documents import Document, Rows
from workflow.intake.reading import Part

# Header cells by the words they hold, most telling first; `fold`ed, so spelling and case do not matter.
_COLUMNS = (
    ("full_name", ("ho va ten", "ho ten")),
    ("role", ("nhiem vu",)),
    ("phone", ("dien thoai", "sdt", "so dt")),
    ("email", ("email", "e-mail", "thu dien tu")),
    ("title", ("chuc vu", "chuc danh")),
    ("workplace", ("don vi", "noi cong tac")),
)
_UNIT = re.compile(r"đơn vị\s*:\s*(\S.*)", re.IGNORECASE)
_LEADERS = ("truong phong", "giam doc", "chu tich", "lanh dao")


@dataclass(frozen=True)
class Member:
    """One row as read. `seat_kind` is guessed from the title; the department confirms."""

    full_name: str
    title: str
    workplace: str
    seat_kind: SeatKind
    phone: str
    email: str


def is_one(name: str, document: Document) -> bool:
    """A table of names and posts in a file that speaks of the committee, in its name or first lines."""
    told = wording.names_committee_list(" ".join((name, *document.paragraphs[:6])))
    return told and any(_columns(table) for table in document.tables)


def members_of(part: Part) -> tuple[Member, ...]:
    """The rows of the first table that has names and posts, of a Word file or a spreadsheet.

    Raises Unreadable like `documents.text_of`.
    """
    tables, unit = _tables(part)
    for table in tables:
        columns = _columns(table)
        if columns:
            head, placed = columns
            rows = (
                {key: row[at] for key, at in placed.items() if at < len(row)} for row in table[head + 1 :]
            )
            return tuple(_member(row, unit) for row in rows if len(row.get("full_name", "").split()) >= 2)
    return ()


def _tables(part: Part) -> tuple[tuple[Rows, ...], str]:
    """(tables, the unit that is named above them)."""
    if part.media_type == filetypes.XLSX:
        return sheets.of_workbook(part.data), ""
    if part.media_type == filetypes.PLAIN and part.name.lower().endswith(".csv"):
        return sheets.of_csv(part.data), ""
    document = documents.text_of(part)
    unit = next((told[1] for line in document.paragraphs if (told := _UNIT.match(line))), "")
    return document.tables, unit


def _columns(table: Rows) -> tuple[int, dict[str, int]] | None:
    """(row of the header, column of each word we know), or None for another kind of table."""
    for head, row in enumerate(table[:12]):
        placed: dict[str, int] = {}
        for at, cell in enumerate(row):
            key = _key(cell)
            if key:
                placed.setdefault(key, at)
        if "full_name" in placed and placed.keys() & {"title", "role", "workplace"}:
            return head, placed
    return None


def _key(cell: str) -> str | None:
    said = wording.fold(cell)
    return next((key for key, words in _COLUMNS if any(word in said for word in words)), None)


def _member(row: dict[str, str], unit: str) -> Member:
    """`unit` stands above the table; the office's own people name no workplace beside their post."""
    title, workplace = bylines.split_position(row.get("title", ""))
    said = wording.fold(title)
    kind = SeatKind.LEADER if any(post in said for post in _LEADERS) else SeatKind.TEACHER
    return Member(
        full_name=row["full_name"].strip(),
        title=title,
        workplace=row.get("workplace", "") or workplace or unit,
        seat_kind=SeatKind.SPECIALIST if "chuyen vien" in said else kind,
        phone=row.get("phone", ""),
        email=row.get("email", "").strip().lower(),
    )
