"""Where a unit came from and what it became, as a tree of its hand-overs (R12). Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db

DEPTH = 6
"""Reforms followed; the province knew two since 2021."""

# Each hand-over reached from the unit, once per way that leads to it; `path` keeps a circle from going round.
_EDGES = """
WITH RECURSIVE line AS (
  SELECT x.id, x.{near} AS near, x.{far} AS far, 1 AS depth, ARRAY[x.id] AS path
  FROM succession x WHERE x.{near} = :code
  UNION ALL
  SELECT x.id, x.{near}, x.{far}, line.depth + 1, line.path || x.id
  FROM line JOIN succession x ON x.{near} = line.far
  WHERE line.depth < :depth AND x.id <> ALL(line.path) AND x.effective_on {later} (
    SELECT effective_on FROM succession WHERE id = line.id)
)
SELECT line.path, line.far AS code, x.effective_on, x.kind, x.is_primary_heir, x.legal_basis, x.note,
  coalesce(u.short_name, line.far) AS name, u.id IS NOT NULL AS is_known
FROM line JOIN succession x ON x.id = line.id LEFT JOIN unit u ON u.code = line.far
ORDER BY line.path LIMIT 300
"""
_BEFORE = text(_EDGES.format(near="to_code", far="from_code", later="<="))
_AFTER = text(_EDGES.format(near="from_code", far="to_code", later=">="))


@dataclass(frozen=True)
class Branch:
    """One hand-over and those beyond it. `code` and `name` are of the unit at its far end."""

    code: str
    name: str
    is_known: bool
    effective_on: date
    kind: str
    is_primary_heir: bool
    legal_basis: str
    note: str
    further: list["Branch"] = field(default_factory=list)


def before(code: str) -> list[Branch]:
    """The units that handed over to this one, and those that had handed over to them."""
    return _tree(db.session.execute(_BEFORE, {"code": code, "depth": DEPTH}).all())


def after(code: str) -> list[Branch]:
    """The units that took over from this one, and those that took over from them."""
    return _tree(db.session.execute(_AFTER, {"code": code, "depth": DEPTH}).all())


_NAMES = text("SELECT code, short_name FROM unit WHERE code = ANY(:codes)")


def names(codes: Collection[str]) -> dict[str, str]:
    """code -> short name, of those that are on the list of units; a heir may be named before it is there."""
    rows = db.session.execute(_NAMES, {"codes": list(codes)}) if codes else ()
    return {row.code: row.short_name for row in rows}


def _tree(rows: Sequence[Row[Any]]) -> list[Branch]:
    branches: dict[tuple[int, ...], Branch] = {}
    roots: list[Branch] = []
    for row in sorted(rows, key=lambda one: len(one.path)):
        words = {name: value for name, value in row._mapping.items() if name != "path"}
        branch = branches[tuple(row.path)] = Branch(**words)
        above = branches.get(tuple(row.path[:-1]))
        (above.further if above else roots).append(branch)
    for branch in (Branch("", "", False, date.min, "", False, "", "", roots), *branches.values()):
        branch.further.sort(key=lambda one: (one.effective_on, not one.is_primary_heir, one.name))
    return roots
