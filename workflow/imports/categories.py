"""The forum's sections from a table such as `categories.csv` (R7)."""

from collections.abc import Iterator
from pathlib import Path

from workflow import categories
from workflow.engine.errors import N_, Invalid
from workflow.imports.rows import Cells, Outcome, each, read_csv

COLUMNS = ("code", "name_vi", "name_en", "sort", "description_vi")


def take(path: Path) -> Iterator[Outcome]:
    return each(read_csv(path, needs=COLUMNS), "code", _take)


def _take(row: Cells) -> str:
    if not row["sort"].isdigit():
        raise Invalid("sort_invalid", N_("Thứ tự “{text}” không phải là số."), text=row["sort"])
    _, outcome = categories.save(
        row["code"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        description_vi=row["description_vi"],
        sort=int(row["sort"]),
        by=None,
    )
    return outcome
