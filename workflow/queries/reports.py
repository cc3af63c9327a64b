"""The month's count: what every unit sent, owed and still owes (R6). Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from models.base import db
from models.vocabulary import MonthStatus, Phase
from workflow import definitions
from workflow.rules.periods import month_status


@dataclass(frozen=True)
class UnitMonth:
    """One unit in one month. Numbers are pieces; what is un-counted stands in `received` only."""

    unit: str
    unit_id: int
    unit_name: str
    short_name: str
    received: int
    """All that was sent for the month, whatever became of it."""
    duplicates: int
    """Un-counted as a duplicate of another piece."""
    uncounted: int
    """Un-counted for any reason; the duplicates are among them."""
    late: int
    """Sent at or after the unit's own deadline."""
    excused: int
    news_articles_on_time: int
    videos_on_time: int
    materials_on_time: int
    counted_on_time: int
    """Of the kinds that the directive counts."""
    counted_late: int
    published: int
    quota: int
    deadline_at: datetime
    """The unit's own: extensions are in it."""
    is_extended: bool
    is_bound: bool
    """False: no quota this month, exempted, or not alive on the last day."""

    @property
    def status(self) -> MonthStatus:
        return month_status(
            quota=self.quota, is_bound=self.is_bound, on_time=self.counted_on_time, late=self.counted_late
        )

    @property
    def met_if_videos_do_not_count(self) -> bool:
        return self.news_articles_on_time >= self.quota

    @property
    def met_if_videos_count(self) -> bool:
        return self.news_articles_on_time + self.videos_on_time >= self.quota

    @property
    def shortfall_strict(self) -> int:
        """What is missing of the quota when only news and articles that came on time count."""
        return max(0, self.quota - self.news_articles_on_time)

    def as_row(self) -> dict[str, Any]:
        """The columns of the official count; yes and no are 1 and 0."""
        return {column: _plain(getattr(self, column)) for column in COLUMNS}


COLUMNS = (
    "unit", "received", "duplicates", "late", "news_articles_on_time", "videos_on_time", "materials_on_time",
    "quota", "met_if_videos_do_not_count", "met_if_videos_count", "shortfall_strict",
)  # fmt: skip


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


# A unit stands in the list when it was bound that month, or when anything was sent for it (R12).
_MONTH = text("""
SELECT u.code AS unit, u.id AS unit_id, u.name AS unit_name, u.short_name,
  coalesce(sent.received, 0) AS received, coalesce(sent.duplicates, 0) AS duplicates,
  coalesce(sent.uncounted, 0) AS uncounted, coalesce(sent.late, 0) AS late,
  coalesce(sent.excused, 0) AS excused, coalesce(sent.news_articles_on_time, 0) AS news_articles_on_time,
  coalesce(sent.videos_on_time, 0) AS videos_on_time,
  coalesce(sent.materials_on_time, 0) AS materials_on_time,
  coalesce(sent.counted_on_time, 0) AS counted_on_time, coalesce(sent.counted_late, 0) AS counted_late,
  coalesce(sent.published, 0) AS published,
  p.quota, due.deadline_at, due.deadline_at > p.deadline_at AS is_extended,
  alive.on_last_day AND p.quota > 0 AND NOT EXISTS (
    SELECT 1 FROM exemption e WHERE e.period_id = p.id AND (e.unit_id IS NULL OR e.unit_id = u.id)
  ) AS is_bound
FROM period p
JOIN directive d ON d.id = p.directive_id
CROSS JOIN unit u
CROSS JOIN LATERAL (
  SELECT greatest(p.deadline_at, max(x.deadline_at)) AS deadline_at
  FROM extension x WHERE x.period_id = p.id AND (x.unit_id IS NULL OR x.unit_id = u.id)
) AS due
CROSS JOIN LATERAL (SELECT ((due.deadline_at - interval '1 us') AT TIME ZONE d.zone)::date AS day) AS last
CROSS JOIN LATERAL (
  SELECT u.kind = ANY (d.bound_unit_kinds) AND u.valid_from <= last.day
     AND (u.valid_to IS NULL OR last.day < u.valid_to) AS on_last_day
) AS alive
LEFT JOIN LATERAL (
  SELECT count(*) AS received,
    count(*) FILTER (WHERE s.uncounted = 'duplicate') AS duplicates,
    count(*) FILTER (WHERE s.uncounted IS NOT NULL) AS uncounted,
    count(*) FILTER (WHERE s.sent_late) AS late,
    count(*) FILTER (WHERE s.sent_late AND s.excused_reason IS NOT NULL) AS excused,
    count(*) FILTER (WHERE counts AND NOT s.sent_late AND s.kind IN ('news', 'article')
      ) AS news_articles_on_time,
    count(*) FILTER (WHERE counts AND NOT s.sent_late AND s.kind = 'video') AS videos_on_time,
    count(*) FILTER (WHERE counts AND NOT s.sent_late AND s.kind = 'material') AS materials_on_time,
    count(*) FILTER (WHERE counts AND NOT s.sent_late AND s.kind = ANY (d.counting_kinds)
      ) AS counted_on_time,
    count(*) FILTER (WHERE counts AND s.sent_late AND s.kind = ANY (d.counting_kinds)) AS counted_late,
    count(*) FILTER (WHERE s.state = ANY(:public)) AS published
  FROM submission s CROSS JOIN LATERAL (SELECT s.uncounted IS NULL AS counts) AS counted
  WHERE s.period_id = p.id AND s.unit_id = u.id AND s.first_sent_at IS NOT NULL
) AS sent ON true
WHERE p.is_active AND p.year = :year AND p.month = :month AND (alive.on_last_day OR sent.received > 0)
ORDER BY u.id
""")


def month(year: int, number: int) -> list[UnitMonth]:
    """Every unit bound in a month, in the order of the register; empty when the month was never opened.

    One statement. Source: docs/directive.md R6.
    """
    rows = db.session.execute(
        _MONTH, {"year": year, "month": number, "public": definitions.states_in(Phase.PUBLIC)}
    ).mappings()
    return [UnitMonth(**row) for row in rows]
