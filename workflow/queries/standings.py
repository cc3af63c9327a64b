"""How every unit stands in its months (R6), and the figures of one month for the first page. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import MonthStatus
from workflow import definitions
from workflow.queries.months import counted, pieces_at
from workflow.rules.periods import month_status
from workflow.rules.zone import local_day


class Standing(NamedTuple):
    """One unit in one month. `done` counts all that was sent and counts, on time or late."""

    period_id: int
    unit_id: int
    code: str
    name: str
    short_name: str
    quota: int
    on_time: int
    late: int
    status: MonthStatus
    is_excused: bool
    """Every late piece of the month was excused."""
    deadline_at: datetime
    """The unit's own: extensions are in it."""
    is_extended: bool
    last_sent_at: datetime | None
    """When the newest of the unit's pieces for the month came, counted or not."""

    @property
    def done(self) -> int:
        return self.on_time + self.late


_MONTHS = text("""
SELECT p.id, p.year, p.month, p.quota, p.opens_at, p.deadline_at, p.closes_at, p.closed_at
FROM period p
WHERE p.is_active AND p.opens_at <= :now
ORDER BY p.deadline_at DESC LIMIT :size
""")


def months(*, now: datetime, size: int) -> Sequence[Row[Any]]:
    """The newest months that have opened, oldest first."""
    return list(reversed(db.session.execute(_MONTHS, {"now": now, "size": size}).all()))


def running(opened: Sequence[Row[Any]], *, now: datetime) -> Row[Any] | None:
    """The month people work for: the first one not closed yet, else the newest."""
    still_open = [month for month in opened if month.closed_at is None and now < month.closes_at]
    return next(iter(still_open or opened[-1:]), None)


_CELL = """
SELECT p.id AS period_id, u.id AS unit_id, u.code, u.name, u.short_name, p.quota, due.deadline_at, due.is_extended,
  owed.is_bound, sent.counted - sent.counted_late AS on_time, sent.counted_late AS late, sent.is_excused,
  sent.last_sent_at,
  u.valid_from <= :today AND (u.valid_to IS NULL OR :today < u.valid_to) OR owed.is_bound OR sent.received > 0
    AS matters"""
_ORDER = "WHERE p.id = ANY(:periods) ORDER BY u.sort_key, u.id, p.deadline_at"
_STANDINGS = text(f"{_CELL} {counted()} {_ORDER}")
_STANDINGS_AT = text(
    f"WITH piece_then AS MATERIALIZED ({pieces_at(':at')})"
    f" {_CELL} {counted(pieces='piece_then', at=':at')} {_ORDER}"
)


def standings(period_ids: Sequence[int], *, now: datetime, at: datetime | None = None) -> Sequence[Standing]:
    """Every unit in each of these months, units in alphabetical order. One statement.

    A unit that is alive today, or was bound or sent something in one of the months, stands in all of them. `at` is
    a past instant: what had been sent, granted, un-counted and excused by then.
    """
    values = {"periods": list(period_ids), "today": local_day(at or now)}
    asked = (_STANDINGS, values) if at is None else (_STANDINGS_AT, {**values, "at": at})
    rows = db.session.execute(*asked).all()
    shown = {row.unit_id for row in rows if row.matters}
    # Hundreds of rows: taken apart at once, not column by column. In the order of _CELL.
    return [
        Standing(
            month, unit, code, name, short, quota, on_time, late,
            month_status(quota=quota, is_bound=is_bound, on_time=on_time, late=late),
            is_excused, deadline_at, is_extended, last_sent_at,
        )
        for month, unit, code, name, short, quota, deadline_at, is_extended, is_bound, on_time, late, is_excused,
            last_sent_at, _ in rows
        if unit in shown
    ]  # fmt: skip


_FIGURES = text("""
SELECT
  (SELECT jsonb_object_agg(day, n) FROM (
     SELECT (first_sent_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, count(*) AS n
     FROM submission WHERE period_id = :period AND first_sent_at IS NOT NULL GROUP BY 1) days) AS days,
  (SELECT jsonb_object_agg(state, n) FROM (
     SELECT state, count(*) AS n FROM submission
     WHERE period_id = :period AND discarded_at IS NULL AND set_aside_reason IS NULL GROUP BY 1) states) AS states,
  (SELECT jsonb_agg(jsonb_build_object('code', code, 'name', name_vi, 'name_en', name_en, 'value', n)
     ORDER BY n DESC, name_vi) FROM (
     SELECT c.code, c.name_vi, c.name_en, count(*) AS n
     -- A limit of one: a few milliseconds of look-ups are not worth starting parallel workers.
     FROM submission s CROSS JOIN LATERAL (SELECT category_id FROM revision WHERE id = s.revision_id LIMIT 1) r
     LEFT JOIN category own ON own.id = r.category_id
     LEFT JOIN category c ON c.id = coalesce(own.merged_into, own.id)
     WHERE s.period_id = :period AND s.first_sent_at IS NOT NULL GROUP BY 1, 2, 3) sections) AS sections,
  (SELECT jsonb_agg(jsonb_build_object('unit', u.short_name, 'until', x.deadline_at))
     FROM extension x LEFT JOIN unit u ON u.id = x.unit_id WHERE x.period_id = :period) AS extensions,
  (SELECT d.reminder_days FROM directive d JOIN period p ON p.directive_id = d.id WHERE p.id = :period)
     AS reminder_days,
  (SELECT jsonb_object_agg(period_id, jsonb_build_object('published', n, 'median', median, 'longest', longest)) FROM (
     SELECT month.id AS period_id, count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY took.days) AS median,
       max(took.days) AS longest
     FROM unnest(CAST(:paced AS bigint[])) AS month (id)
     CROSS JOIN LATERAL (
       SELECT extract(epoch FROM page.first_published_at - s.first_sent_at)::float8 / 86400 AS days
       FROM submission s JOIN publication page ON page.submission_id = s.id
       WHERE s.period_id = month.id AND s.first_sent_at IS NOT NULL LIMIT :most) took
     GROUP BY 1) paces) AS pace
""")


PACED = 200
"""More than sixty-nine units publish in a month; what a page reads stays bounded."""


def figures(period_id: int, *, paced: Sequence[int] = ()) -> Mapping[str, Any]:
    """A month's arrivals per day, pieces per phase and per section, extensions, reminder days. One statement.

    `pace`: for each month of `paced` with published pieces how many there are, and the median and the longest days
    from receipt to the public page; of PACED pieces at most.
    """
    row = db.session.execute(_FIGURES, {"period": period_id, "paced": list(paced), "most": PACED}).one()
    phases: Counter[str] = Counter()
    for state, count in (row.states or {}).items():
        if (phase := definitions.phase_of(state)) is not None:
            phases[phase] += count
    return {
        "days": row.days or {},
        "phases": dict(phases),
        "sections": row.sections or [],
        "extensions": [
            {"unit": each["unit"], "until": datetime.fromisoformat(each["until"])}
            for each in row.extensions or []
        ],
        "reminder_days": row.reminder_days or [],
        "pace": {int(month): pace for month, pace in (row.pace or {}).items()},
    }
