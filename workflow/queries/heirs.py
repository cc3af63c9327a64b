"""Who works on a unit's pieces when it has ended (R12): one expression, read wherever someone may see or act."""

from datetime import date

from sqlalchemy import text

from models.base import db
from models.organisation import Unit


def at_work(unit: str, day: str) -> str:
    """SQL for the id of the unit whose committee works on the pieces of `unit` (an alias) on `day` (an expression).

    Itself while it lives; after its end its main heir, and the heir's heir when that has ended too. NULL when the
    line breaks off: an heir that is not loaded.
    """
    return f"""(CASE WHEN {unit}.valid_to IS NULL OR {day} < {unit}.valid_to THEN {unit}.id
  ELSE heir_at_work({unit}.id, {day}) END)"""


_WORKING_ON = text(f"SELECT {at_work('u', 'CAST(:day AS date)')} FROM unit u WHERE u.id = :unit")  # noqa: S608


def working_on(unit_id: int, day: date) -> Unit | None:
    """The unit whose committee works on the pieces of this one on `day`; None when the line of heirs breaks off."""
    found = db.session.scalar(_WORKING_ON, {"unit": unit_id, "day": day})
    return None if found is None else db.session.get(Unit, found)
