"""Reading a file row by row, and saying of each row what became of it.

A bad row is refused with its code and the others go on: each row is a change() of its own. Importing a file
again changes nothing.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workflow.engine.errors import N_, Invalid, ToaSoanError
from workflow.engine.unit_of_work import change

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """One row of a file: `row` as people count (the header is 1), its key, and what became of it."""

    row: int
    key: str
    outcome: str
    code: str = ""
    says: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value != ""}


def read_csv(path: Path, *, needs: Iterable[str]) -> list[Cells]:
    """The rows of a UTF-8 table as text, NFC, trimmed. Raises Invalid(`file_not_read`, `columns_missing`)."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    table = csv.DictReader(unicodedata.normalize("NFC", text).splitlines(keepends=True))
    missing = set(needs) - set(table.fieldnames or ())
    if missing:
        raise Invalid(
            "columns_missing",
            N_("Tệp thiếu cột: {columns}."),
            columns=", ".join(sorted(missing)),
        )
    return [{name: (value or "").strip() for name, value in row.items() if name} for row in table]


def unreadable(path: Path, error: Exception) -> Invalid:
    return Invalid("file_not_read", N_("Không đọc được tệp “{file}”: {why}"), file=path.name, why=str(error))


def each(rows: Iterable[Any], key: str, take: Callable[[Any], str], *, first: int = 2) -> Iterator[Outcome]:
    """Take the rows one by one; `take` returns ADDED, CHANGED or UNCHANGED, or raises a ToaSoanError."""
    for number, row in enumerate(rows, first):
        try:
            with change():
                outcome = take(row)
        except ToaSoanError as error:
            yield Outcome(number, row[key], REFUSED, error.code, error.sentence())
        else:
            yield Outcome(number, row[key], outcome)


def day(text: str) -> date:
    """2021-04-26. Raises Invalid(`date_invalid`)."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date_invalid", N_("Ngày “{text}” không hợp lệ."), text=text) from error


def day_or_none(text: str) -> date | None:
    return day(text) if text else None


def several(text: str) -> list[str]:
    """A cell that holds a list: `a|b` -> [a, b]."""
    return [part.strip() for part in text.split("|") if part.strip()]
