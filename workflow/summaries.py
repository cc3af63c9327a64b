"""The monthly summary: each unit and the department are told the month's count, with the newest seal of the trail.

So the parties themselves hold a copy of the seal: what they have in their mail, nobody can take back (R11).
"""

from collections.abc import Mapping
from datetime import datetime

from workflow import mishaps, outbox
from workflow.mishaps import Bad
from workflow.outbox import Planned
from workflow.queries import duties, reports
from workflow.queries.reports import UnitMonth


def sum_up(now: datetime) -> Mapping[str, int]:
    """For each month that was closed: one letter to every unit that was bound or sent something, and one to the
    department; once, whatever runs.

    Where a unit cannot be counted the others are told, and the department, whose letter adds up all of them, once it
    can: the month is looked at each day until then.
    """
    return mishaps.put_sound("summaries", "unit", lambda bad: due(now, bad))


def due(now: datetime, bad: Bad) -> list[Planned]:
    """What `sum_up` would put into the outbox. Changes nothing."""
    months = duties.closed_and_not_summed_up(now)
    return outbox.not_put([letter for year, month in months for letter in _of(year, month, bad)])


def counted(year: int, month: int, bad: Bad) -> list[UnitMonth]:
    """The month's count without the units that cannot be counted."""
    return mishaps.sound(lambda unit_id: reports.month(year, month, unit_id), duties.units, bad)


def _of(year: int, month: int, bad: Bad) -> list[Planned]:
    uncounted = Bad()
    units = [unit.unit_id for unit in counted(year, month, uncounted) if unit.is_bound or unit.received]
    bad |= uncounted
    return [
        Planned(
            "letter:monthly_summary",
            f"summary:{year}-{month:02d}:{unit_id or 'department'}",
            {"year": year, "month": month, "unit": unit_id},
        )
        for unit_id in ([*units, *([] if uncounted else [None])] if units else [])
    ]
