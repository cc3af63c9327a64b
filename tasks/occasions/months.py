"""Letters that count: the month's summary with the newest seal, a unit's shortfall, the specialist's week."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from models.vocabulary import MonthStatus
from tasks.occasions.errand import Errand, Facts, Payload, link, month_words
from workflow import clock, mishaps, summaries
from workflow.queries import bulletins, calendar_days, recipients, reports, seals, standings
from workflow.queries import letters as read
from workflow.queries.reports import UnitMonth
from workflow.rules import periods, workdays

LEADING = 3
"""Units named for having most published."""


def monthly_summary(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To the units' committees with their own line, to the approvers with every unit's. The seal is the newest.

    Raises what keeps a unit from being counted whose line the letter needs: it is written once it can be.
    """
    year, month, unit_id = payload["year"], payload["month"], payload["unit"]
    counted = _counted_but_for_others(year, month, unit_id)
    shown = [unit for unit in counted if unit_id in (None, unit.unit_id)]
    sealed = seals.newest()
    period = f"KY-{year}-{month:02d}"
    yield Errand(
        kind="monthly_summary",
        to=recipients.approvers() if unit_id is None else recipients.members(unit_id),
        occasion=f"{period}:{unit_id or 'department'}:summary",
        unit_id=unit_id,
        facts=lambda _: {
            "period": period,
            "month": date(year, month, 1),
            "counted_at": now,
            **_totals(year, month, counted, now),
            "counts": [_line(unit) for unit in shown],
            "seal": sealed.note if sealed else None,
            "key": sealed.key if sealed else None,
            "report_link": link("report") if unit_id is None else None,
            "link": link("seals"),
        },
    )


def _counted_but_for_others(year: int, month: int, unit_id: int | None) -> list[UnitMonth]:
    """The count for a unit's letter, whoever else cannot be counted; for the department's (None), of everybody."""
    bad = mishaps.Bad()
    counted = summaries.counted(year, month, bad)
    for uncounted, error in bad.items():
        if unit_id in (None, uncounted):
            raise error
    return counted


def _totals(year: int, month: int, counted: Sequence[UnitMonth], now: datetime) -> Facts:
    bound = [unit for unit in counted if unit.is_bound]
    leading = sorted(
        (unit for unit in counted if unit.published), key=lambda unit: (-unit.published, unit.short_name)
    )
    return {
        **bulletins.month(year, month),
        "unit_count": len(bound),
        "on_time_units": sum(unit.status == MonthStatus.ON_TIME for unit in bound),
        "late_units": sum(unit.status == MonthStatus.LATE for unit in bound),
        "short_units": [unit.short_name for unit in bound if _fell_short(unit, now)],
        "extended_units": [
            unit.short_name for unit in bound if _is_short(unit) and not _fell_short(unit, now)
        ],
        "received_count": sum(unit.received for unit in counted),
        "published_count": sum(unit.published for unit in counted),
        "leading_units": ", ".join(f"{unit.short_name} ({unit.published})" for unit in leading[:LEADING]),
    }


def _is_short(unit: UnitMonth) -> bool:
    return unit.status in (MonthStatus.SHORT, MonthStatus.SILENT)


def _fell_short(unit: UnitMonth, now: datetime) -> bool:
    """Short, and its own deadline is over: whom an extension gives time still owes and has missed nothing (R6)."""
    return _is_short(unit) and unit.deadline_at <= now


def _line(unit: UnitMonth) -> dict[str, object]:
    return {
        "unit": unit.short_name,
        "on_time": unit.counted_on_time,
        "late": unit.counted_late,
        "quota": unit.quota if unit.is_bound else 0,
    }


def quota_shortfall(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To the unit's leader and the approvers, when the time to send late is over; nothing when the quota is met."""
    about = read.month(payload["unit"], payload["period"])
    months = _months_short(payload["unit"], about["year"], about["month"], now)
    if not months:
        return
    counted = months[0]
    yield Errand(
        kind="quota_shortfall",
        to=recipients.once([*recipients.leaders(payload["unit"]), *recipients.approvers()]),
        occasion=f"{about['period']}:{payload['unit']}:shortfall",
        unit_id=payload["unit"],
        facts=lambda _: {
            **month_words(about),
            "quota": counted.quota,
            "on_time_count": counted.counted_on_time,
            "late_count": counted.counted_late,
            "uncounted_count": counted.received - counted.counted_on_time - counted.counted_late,
            "months_in_a_row": len(months),
        },
    )


def _months_short(unit_id: int, year: int, month: int, now: datetime) -> list[UnitMonth]:
    """The month and those before it in which the unit was short without a break, newest first; a year at most."""
    found: list[UnitMonth] = []
    while len(found) < 12:
        counted = next(iter(reports.month(year, month, unit_id)), None)
        if counted is None or not counted.is_bound or not _fell_short(counted, now):
            break
        found.append(counted)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def weekly_digest(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To the department's editors and approvers: the days before the day `on` that no earlier letter told."""
    monday = date.fromisoformat(payload["on"])
    sunday, first = monday - timedelta(days=1), workdays.untold_since(monday, calendar_days.exceptions())
    since, until = (datetime.combine(day, time(), clock.ZONE) for day in (first, monday))
    week, last_week = (day.isocalendar().week for day in (first, sunday))
    yield Errand(
        kind="weekly_digest",
        to=recipients.once([*recipients.editors(), *recipients.approvers()]),
        occasion=f"week:{monday.isoformat()}",
        facts=lambda _: {
            **bulletins.week(since=since, until=until),
            **_running_month(now),
            "week": week,
            "last_week": last_week if last_week != week else None,
            "from_day": first,
            "to_day": sunday,
            "link": link("desk"),
        },
    )


def _running_month(now: datetime) -> Facts:
    running = standings.running(standings.months(now=now, size=3), now=now)
    if running is None:
        return {"month": now, "met_count": 0, "unit_count": 0, "days_left": None, "silent_units": None}
    bound = [unit for unit in summaries.counted(running.year, running.month, {}) if unit.is_bound]
    left = periods.days_left(now, running.deadline_at, str(clock.ZONE))
    return {
        "month": date(running.year, running.month, 1),
        "met_count": sum(not _is_short(unit) for unit in bound),
        "unit_count": len(bound),
        "days_left": left if left >= 0 else None,
        "silent_units": ", ".join(unit.short_name for unit in bound if not unit.received),
    }
