"""Units and their successions from tables such as `units.csv`, `units_2025.csv`, `unit_events.csv` (R12)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.base import db
from models.organisation import Unit
from models.vocabulary import SuccessionKind
from workflow import organisation
from workflow.engine.errors import N_, Invalid
from workflow.imports.rows import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Cells,
    Outcome,
    day,
    day_or_none,
    each,
    read_csv,
    several,
)

UNIT_COLUMNS = ("code", "name", "kind", "valid_from", "valid_to", "gso_code", "admin_unit")
SUCCESSION_COLUMNS = ("effective_date", "kind", "from_code", "to_code", "is_primary_heir", "legal_basis")


def take_units(path: Path) -> Iterator[Outcome]:
    """Add the units of a table, bring known codes up to date. Nothing is ever removed by a missing row."""
    return each(read_csv(path, needs=UNIT_COLUMNS), "code", _take_unit)


def take_successions(path: Path) -> Iterator[Outcome]:
    return each(read_csv(path, needs=SUCCESSION_COLUMNS), "from_code", _take_succession)


def _take_unit(row: Cells) -> str:
    before = _values(row["code"])
    description = organisation.UnitDescription(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        valid_from=day(row["valid_from"]),
        valid_to=day_or_none(row["valid_to"]),
        admin_unit=row["admin_unit"],
        admin_kind=row.get("admin_kind", ""),
        gso_code=row["gso_code"],
        successor_codes=several(row.get("successor", "")),
        aliases=several(row.get("aliases", "")),
        note=row.get("note") or row.get("former_communes", ""),
    )
    organisation.save_unit(description, by=None)
    if before is None:
        return ADDED
    return UNCHANGED if before == _values(row["code"]) else CHANGED


def _values(code: str) -> dict[str, Any] | None:
    columns = Unit.__table__.columns
    found = db.session.execute(select(*columns).where(columns.code == code)).mappings().one_or_none()
    return None if found is None else dict(found)


def _take_succession(row: Cells) -> str:
    if row["kind"] not in set(SuccessionKind):
        raise Invalid("succession_kind_unknown", N_("Loại thay đổi “{kind}” không có."), kind=row["kind"])
    is_new = organisation.add_succession(
        effective_on=day(row["effective_date"]),
        kind=SuccessionKind(row["kind"]),
        from_code=row["from_code"],
        to_code=row["to_code"],
        is_primary_heir=row["is_primary_heir"] == "1",
        legal_basis=row["legal_basis"],
        note=row.get("note", ""),
    )
    return ADDED if is_new else UNCHANGED
