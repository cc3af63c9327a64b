"""The monthly summary: counts, and the newest seal of the audit trail for the reader to keep."""

from collections.abc import Iterator
from datetime import date, datetime

from tasks.occasions.errand import Errand, Payload, link
from workflow.queries import letters as read
from workflow.queries import reports, seals
from workflow.queries.reports import UnitMonth


def monthly_summary(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """To the unit's committee its own line, to the approvers the whole table. The seal is the newest when written."""
    year, month, unit_id = payload["year"], payload["month"], payload["unit"]
    counted = [unit for unit in reports.month(year, month) if unit_id in (None, unit.unit_id)]
    sealed = seals.newest()
    period = f"KY-{year}-{month:02d}"
    yield Errand(
        kind="monthly_summary",
        to=read.approvers() if unit_id is None else read.members(unit_id),
        occasion=f"{period}:{unit_id or 'department'}:summary",
        unit_id=unit_id,
        facts=lambda _: {
            "period": period,
            "month": date(year, month, 1),
            "counts": [_line(unit) for unit in counted],
            "seal": sealed.note if sealed else None,
            "key": sealed.key if sealed else None,
            "link": link("seals"),
        },
    )


def _line(unit: UnitMonth) -> dict[str, object]:
    return {
        "unit": unit.short_name,
        "on_time": unit.counted_on_time,
        "late": unit.counted_late,
        "quota": unit.quota if unit.is_bound else 0,
    }
