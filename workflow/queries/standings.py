"""How every unit stands in its months (R6), and the figures of one month for the first page. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import MonthStatus
from workflow import definitions
from workflow.queries.desk import local_day
from workflow.rules.periods import month_status


@dataclass(frozen=True)
class Standing:
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


# A unit is bound by a month when it is alive on the last day before the deadline, of a kind the directive binds,
# and not exempt.
_STANDINGS = text("""
SELECT m.id AS period_id, u.id AS unit_id, u.code, u.name, u.short_name, m.quota,
  u.kind = ANY(d.bound_unit_kinds)
    AND u.valid_from <= m.last_day AND (u.valid_to IS NULL OR m.last_day < u.valid_to)
    AND NOT EXISTS (SELECT 1 FROM exemption x WHERE x.period_id = m.id AND (x.unit_id IS NULL OR x.unit_id = u.id))
    AS is_bound,
  count(s.id) FILTER (WHERE NOT s.sent_late) AS on_time,
  count(s.id) FILTER (WHERE s.sent_late) AS late,
  coalesce(bool_and(s.excused_reason IS NOT NULL) FILTER (WHERE s.sent_late), false) AS is_excused
FROM (
  SELECT p.*, (p.deadline_at AT TIME ZONE 'Asia/Ho_Chi_Minh' - interval '1 microsecond')::date AS last_day
  FROM period p WHERE p.id = ANY(:periods)
) m
JOIN directive d ON d.id = m.directive_id
CROSS JOIN unit u
LEFT JOIN submission s ON s.period_id = m.id AND s.unit_id = u.id AND s.first_sent_at IS NOT NULL
  AND s.uncounted IS NULL AND s.kind = ANY(d.counting_kinds)
WHERE u.valid_from <= :today AND (u.valid_to IS NULL OR :today < u.valid_to)
GROUP BY m.id, m.quota, m.last_day, d.bound_unit_kinds, u.id
ORDER BY u.sort_key, m.id
""")


def standings(period_ids: Sequence[int], *, now: datetime) -> Sequence[Standing]:
    """Every unit alive today in each of these months, units in alphabetical order. One statement."""
    rows = db.session.execute(_STANDINGS, {"periods": list(period_ids), "today": local_day(now)})
    return [
        Standing(
            period_id=row.period_id,
            unit_id=row.unit_id,
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            quota=row.quota,
            on_time=row.on_time,
            late=row.late,
            status=month_status(quota=row.quota, is_bound=row.is_bound, on_time=row.on_time, late=row.late),
            is_excused=row.is_excused,
        )
        for row in rows
    ]


_FIGURES = text("""
SELECT
  (SELECT jsonb_object_agg(day, n) FROM (
     SELECT (first_sent_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, count(*) AS n
     FROM submission WHERE period_id = :period AND first_sent_at IS NOT NULL GROUP BY 1) days) AS days,
  (SELECT jsonb_object_agg(state, n) FROM (
     SELECT state, count(*) AS n FROM submission
     WHERE period_id = :period AND discarded_at IS NULL AND set_aside_reason IS NULL GROUP BY 1) states) AS states,
  (SELECT jsonb_agg(jsonb_build_object('code', code, 'label', label, 'value', n) ORDER BY n DESC, label) FROM (
     SELECT c.code, coalesce(c.name_vi, 'Chưa chọn chuyên mục') AS label, count(*) AS n
     FROM submission s JOIN revision r ON r.id = s.revision_id LEFT JOIN category c ON c.id = r.category_id
     WHERE s.period_id = :period AND s.first_sent_at IS NOT NULL GROUP BY 1, 2) sections) AS sections,
  (SELECT jsonb_agg(jsonb_build_object('unit', coalesce(u.short_name, 'Tất cả đơn vị'), 'until', x.deadline_at))
     FROM extension x LEFT JOIN unit u ON u.id = x.unit_id WHERE x.period_id = :period) AS extensions,
  (SELECT d.reminder_days FROM directive d JOIN period p ON p.directive_id = d.id WHERE p.id = :period)
     AS reminder_days
""")


def figures(period_id: int) -> Mapping[str, Any]:
    """A month's arrivals per day, pieces per phase and per section, extensions, reminder days. One statement."""
    row = db.session.execute(_FIGURES, {"period": period_id}).one()
    phases: Counter[str] = Counter()
    for state, count in (row.states or {}).items():
        phases[definitions.phase_of(state)] += count
    return {
        "days": row.days or {},
        "phases": dict(phases),
        "sections": row.sections or [],
        "extensions": [
            {"unit": each["unit"], "until": datetime.fromisoformat(each["until"])}
            for each in row.extensions or []
        ],
        "reminder_days": row.reminder_days or [],
    }
