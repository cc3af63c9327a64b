"""Who still owes what: the reads behind reminders, late notices and the clock's other errands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, RowMapping, text

from models.base import db
from models.vocabulary import UNDER_WAY, Phase
from workflow import definitions
from workflow.queries import months
from workflow.queries.consents import shows_unclear


@dataclass(frozen=True)
class Duty:
    """One unit that has sent fewer counting pieces for a month than it owes."""

    unit_id: int
    period_id: int
    deadline_at: datetime
    """The unit's own: extensions are in it."""
    is_extended: bool
    closes_at: datetime
    closed_at: datetime | None
    zone: str
    reminder_days: Sequence[int]
    sent_count: int
    quota: int
    recorded: frozenset[str]
    """Occasions already sent or skipped: `t7`, `t3`, `t0`, `late`, `short`; of a moved deadline `t3/2021-06-09`."""

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


_OWING = text(f"""
SELECT u.id AS unit_id, p.id AS period_id, due.deadline_at, due.is_extended, p.closes_at, p.closed_at,
  d.zone, d.reminder_days, sent.counted AS sent_count, p.quota,
  ARRAY(SELECT occasion FROM reminder r WHERE r.unit_id = u.id AND r.period_id = p.id) AS recorded
{months.counted("u.kind = ANY (d.bound_unit_kinds)")}
WHERE p.is_active AND p.opens_at <= :now AND p.id = coalesce(CAST(:period AS bigint), p.id)
  AND u.id = coalesce(CAST(:unit AS bigint), u.id)
  AND p.closes_at > CAST(:now AS timestamptz) - interval '40 days' AND {months.OWES}
ORDER BY p.deadline_at, u.sort_key, u.id
""")  # noqa: S608  (constants of the house)


def owing(*, now: datetime, period_id: int | None = None, unit_id: int | None = None) -> list[Duty]:
    """Every unit that owes (or one), for one month or for all that run or closed less than 40 days ago.

    One statement.
    """
    rows = db.session.execute(_OWING, {"now": now, "period": period_id, "unit": unit_id}).mappings()
    return [Duty(**{**row, "recorded": frozenset(row["recorded"])}) for row in rows]


def units() -> Sequence[int]:
    """Every unit there ever was: for going through them one by one."""
    return db.session.scalars(text("SELECT id FROM unit ORDER BY sort_key, id")).all()


_INCOMPLETE = text("""
SELECT u.id
FROM unit u JOIN directive d ON u.kind = ANY (d.bound_unit_kinds)
LEFT JOIN committee c ON c.unit_id = u.id AND c.valid_to IS NULL
WHERE d.valid_from <= :day AND (d.valid_to IS NULL OR :day < d.valid_to)
  AND u.valid_from <= :day AND (u.valid_to IS NULL OR :day < u.valid_to)
  AND u.id = coalesce(CAST(:unit AS bigint), u.id)
  AND (SELECT count(*) FROM composition o WHERE o.directive_id = coalesce(c.directive_id, d.id))
    > (SELECT count(*) FROM seat s WHERE s.committee_id = c.id AND s.valid_to IS NULL)
ORDER BY u.sort_key, u.id
""")


def incomplete_committees(day: date, unit_id: int | None = None) -> list[int]:
    """Units alive on a day (or one) whose committee lacks a seat, or that have none (R1)."""
    return list(db.session.scalars(_INCOMPLETE, {"day": day, "unit": unit_id}))


_CLAIMED = text(
    "SELECT id, claimed_at, version FROM submission WHERE state = ANY(:states) AND claimed_at < :before ORDER BY id"
)


def claimed_before(moment: datetime) -> Sequence[Row[Any]]:
    """Pieces whose editor claimed them before a moment and has not finished: id, claimed_at, version."""
    values = {"states": definitions.sources("lapse_claim"), "before": moment}
    return db.session.execute(_CLAIMED, values).all()


_SCHEDULED = text(
    "SELECT id, digest, version FROM submission WHERE scheduled_at <= :now ORDER BY scheduled_at, id LIMIT 500"
)


def scheduled_until(now: datetime) -> Sequence[Row[Any]]:
    """Pieces whose hour to be published has come: id, digest, version."""
    return db.session.execute(_SCHEDULED, {"now": now}).all()


_UNANSWERED = f"""
FROM submission s
WHERE s.state = ANY(:under_way) AND s.set_aside_reason IS NULL AND s.first_sent_at < :now
  AND {shows_unclear("s.revision_id")} AND s.id = coalesce(CAST(:piece AS bigint), s.id)
ORDER BY s.id
"""
_UNANSWERED_SINCE = text(f"SELECT s.id, s.first_sent_at {_UNANSWERED}")
_UNANSWERED_IDS = text(f"SELECT s.id {_UNANSWERED}")


def without_consent(now: datetime, piece: int | None = None) -> list[tuple[int, datetime]]:
    """Pieces under way (or one) with a picture or video that nobody may publish yet: (id, first sent at)."""
    return [
        (row.id, row.first_sent_at) for row in db.session.execute(_UNANSWERED_SINCE, _unanswered(now, piece))
    ]


def ids_without_consent(now: datetime) -> Sequence[int]:
    """The same pieces, for going through them one by one."""
    return db.session.scalars(_UNANSWERED_IDS, _unanswered(now, None)).all()


def _unanswered(now: datetime, piece: int | None) -> dict[str, object]:
    return {"under_way": definitions.states_in(*UNDER_WAY), "now": now, "piece": piece}


_WAITING = """
FROM submission s JOIN revision r ON r.id = s.revision_id JOIN unit u ON u.id = s.unit_id
WHERE s.state = ANY(:states) AND s.set_aside_reason IS NULL AND s.state_since < :before
  AND (s.claimed_by IS NULL OR NOT :untaken) AND s.id = coalesce(CAST(:piece AS bigint), s.id)
ORDER BY s.state_since, s.id LIMIT 200
"""
_WAITING_SINCE = text(f"SELECT s.id, s.code, s.state_since, r.title, u.admin_unit {_WAITING}")
_WAITING_IDS = text(f"SELECT s.id {_WAITING}")


def waiting_since(phase: Phase, before: datetime, piece: int | None = None) -> Sequence[RowMapping]:
    """Pieces (or one) that wait in a phase since before a moment, the oldest first; of the sent ones, the untaken."""
    return db.session.execute(_WAITING_SINCE, _waiting(phase, before, piece)).mappings().all()


def ids_waiting_since(phase: Phase, before: datetime) -> Sequence[int]:
    """The same pieces, for going through them one by one."""
    return db.session.scalars(_WAITING_IDS, _waiting(phase, before, None)).all()


def _waiting(phase: Phase, before: datetime, piece: int | None) -> dict[str, object]:
    untaken = phase is Phase.SENT
    return {"states": definitions.states_in(phase), "before": before, "untaken": untaken, "piece": piece}


_CLOSED = text(r"""
SELECT p.year, p.month FROM period p
WHERE p.is_active AND p.closed_at <= :now AND p.closed_at > CAST(:now AS timestamptz) - interval '40 days'
  AND NOT EXISTS (SELECT 1 FROM outbox o
    WHERE o.key = 'summary\:' || p.year || '-' || lpad(p.month::text, 2, '0') || '\:department')
ORDER BY p.year, p.month
""")


def closed_and_not_summed_up(now: datetime) -> list[tuple[int, int]]:
    """(year, month) of the months closed less than 40 days ago about which nobody was written to."""
    return [(row.year, row.month) for row in db.session.execute(_CLOSED, {"now": now})]
