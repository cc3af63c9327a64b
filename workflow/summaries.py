"""The monthly summary: each unit and the department are told the month's count, with the newest seal of the trail.

So the parties themselves hold a copy of the seal: what they have in their mail, nobody can take back (R11).
"""

from collections.abc import Mapping
from datetime import datetime

from workflow import outbox
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import duties, reports


def sum_up(now: datetime) -> Mapping[str, int]:
    """For each month that was closed: one letter to every unit that was bound or sent something, and one to the
    department; once, whatever runs."""
    letters = due(now)
    with change():
        return {"sent": outbox.put_all(letters)}


def due(now: datetime) -> list[Planned]:
    """What `sum_up` would put into the outbox. Changes nothing."""
    return [letter for year, month in duties.closed_and_not_summed_up(now) for letter in _of(year, month)]


def _of(year: int, month: int) -> list[Planned]:
    counted = reports.month(year, month)
    units = [unit.unit_id for unit in counted if unit.is_bound or unit.received]
    return [
        Planned(
            "letter:monthly_summary",
            f"summary:{year}-{month:02d}:{unit_id or 'department'}",
            {"year": year, "month": month, "unit": unit_id},
        )
        for unit_id in ([*units, None] if units else [])
    ]
