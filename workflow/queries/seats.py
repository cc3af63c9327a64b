"""Who sat where and when: a committee on a day, everybody who ever sat in it, the appendix, seats elsewhere."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db

_COLUMNS = """
SELECT s.id, u.id AS unit_id, u.code AS unit_code, u.name AS unit, u.short_name, c.status, c.confirmed_at,
  s.seat_kind, s.slot, s.title, s.workplace, s.role_in_committee, s.phone, s.valid_from, s.valid_to,
  a.id AS account_id, a.full_name, a.email
FROM committee c JOIN unit u ON u.id = c.unit_id
JOIN seat s ON s.committee_id = c.id JOIN account a ON a.id = s.account_id
"""
_ORDER = "array_position(ARRAY['leader', 'specialist', 'teacher'], s.seat_kind::text), s.slot, s.valid_from"
_THEN = """
c.valid_from <= :day AND (c.valid_to IS NULL OR :day < c.valid_to)
AND s.valid_from <= :day AND (s.valid_to IS NULL OR :day < s.valid_to)
"""

_ON = text(f"{_COLUMNS} WHERE c.unit_id = :unit AND {_THEN} ORDER BY {_ORDER} LIMIT 50")
_EVER = text(f"{_COLUMNS} WHERE c.unit_id = :unit ORDER BY s.valid_from DESC, {_ORDER} LIMIT 200")
_APPENDIX = text(f"""
{_COLUMNS} WHERE {_THEN} AND (:code = '' OR u.code = :code) ORDER BY u.sort_key, {_ORDER} LIMIT 2000
""")
_ELSEWHERE = text(f"""
{_COLUMNS} JOIN seat here ON here.account_id = s.account_id AND here.committee_id = :committee
WHERE here.valid_to IS NULL AND s.valid_to IS NULL AND c.valid_to IS NULL AND c.id <> :committee
ORDER BY a.sort_key, u.sort_key LIMIT 50
""")


def on(unit_id: int, day: date) -> Sequence[Row[Any]]:
    """The seats of a unit's committee as they were taken on a day, in the order of the official list."""
    return db.session.execute(_ON, {"unit": unit_id, "day": day}).all()


def ever(unit_id: int) -> Sequence[Row[Any]]:
    """Everybody who ever sat for a unit, the newest first."""
    return db.session.execute(_EVER, {"unit": unit_id}).all()


def appendix(day: date, *, code: str = "") -> Sequence[Row[Any]]:
    """All committees of a day, seat by seat, by unit; or the one of the unit with this code."""
    return db.session.execute(_APPENDIX, {"day": day, "code": code}).all()


def elsewhere(committee_id: int) -> Sequence[Row[Any]]:
    """The seats that people of this committee hold in other committees now."""
    return db.session.execute(_ELSEWHERE, {"committee": committee_id}).all()
