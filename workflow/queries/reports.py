"""The month's count: what every unit sent, owed and still owes (R6). Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from models.base import db
from models.vocabulary import MonthStatus, Phase
from workflow import definitions
from workflow.queries.months import counted
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
_MONTH = text(f"""
SELECT u.code AS unit, u.id AS unit_id, u.name AS unit_name, u.short_name,
  sent.received, sent.duplicates, sent.uncounted, sent.late, sent.excused,
  sent.news_articles_on_time, sent.videos_on_time, sent.materials_on_time,
  sent.counted - sent.counted_late AS counted_on_time, sent.counted_late,
  (SELECT count(*) FROM submission s WHERE s.period_id = p.id AND s.unit_id = u.id AND s.first_sent_at IS NOT NULL
    AND s.state = ANY(:public)) AS published,
  p.quota, due.deadline_at, due.is_extended, owed.is_bound
{counted("u.id = coalesce(CAST(:unit AS bigint), u.id)")}
WHERE p.is_active AND p.year = :year AND p.month = :month AND (owed.was_alive OR sent.received > 0)
ORDER BY u.id
""")  # noqa: S608  (constants of the house)


def month(year: int, number: int, unit_id: int | None = None) -> list[UnitMonth]:
    """Every unit bound in a month (or one), in the order of the register; empty when the month was never opened.

    One statement. Source: docs/directive.md R6.
    """
    public = definitions.states_in(Phase.PUBLIC)
    asked = {"year": year, "month": number, "unit": unit_id, "public": public}
    return [UnitMonth(**row) for row in db.session.execute(_MONTH, asked).mappings()]
