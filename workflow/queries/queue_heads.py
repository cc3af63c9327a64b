"""The pieces that have waited longest in each queue of the desk. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import Phase
from workflow import definitions
from workflow.queries.planned import written_in

# Name of a queue: the phase its pieces stand in, and what else must hold.
QUEUES: Mapping[str, tuple[Phase, str]] = {
    "unclaimed": (Phase.SENT, "s.claimed_by IS NULL"),
    "mine": (Phase.SENT, "s.claimed_by = :me"),
    "ready": (Phase.READY, "true"),
    "to_publish": (Phase.APPROVED, "s.scheduled_at IS NULL"),
}

_HEADS = " UNION ALL ".join(
    f"""(
  SELECT '{queue}' AS queue, s.id, s.state_since, s.claimed_at, s.revision_id, s.unit_id, s.period_id
  FROM submission s
  WHERE '{queue}' = ANY(:queues) AND s.state IN :{phase.value} AND s.set_aside_reason IS NULL
    AND s.discarded_at IS NULL AND {condition}
  ORDER BY s.state_since, s.id LIMIT :size
)"""  # noqa: S608  (constants of this file)
    for queue, (phase, condition) in QUEUES.items()
)
_OLDEST = text(f"""
SELECT h.queue, h.id, h.state_since AS since, h.claimed_at, r.title, u.short_name AS unit, p.closes_at, d.zone
FROM ({_HEADS}) AS h
JOIN revision r ON r.id = h.revision_id
JOIN unit u ON u.id = h.unit_id
JOIN period p ON p.id = h.period_id
JOIN directive d ON d.id = p.directive_id
ORDER BY h.state_since, h.id LIMIT :size
""").bindparams(*written_in(*{phase.value for phase, _ in QUEUES.values()}))  # noqa: S608  (constants of this file)


def oldest(me: int, *, queues: Collection[str], size: int) -> Sequence[Row[Any]]:
    """The first `size` pieces of these queues (keys of QUEUES), the longest wait first. One statement."""
    states = {phase.value: definitions.states_in(phase) for phase, _ in QUEUES.values()}
    return db.session.execute(_OLDEST, {"me": me, "queues": list(queues), "size": size, **states}).all()


_SCHEDULED = text("""
SELECT s.id, r.title, u.short_name AS unit, s.scheduled_at
FROM submission s JOIN revision r ON r.id = s.revision_id JOIN unit u ON u.id = s.unit_id
WHERE s.scheduled_at IS NOT NULL AND s.state IN :approved AND s.set_aside_reason IS NULL
ORDER BY s.scheduled_at, s.id LIMIT :size
""").bindparams(*written_in("approved"))


def scheduled(*, size: int) -> Sequence[Row[Any]]:
    """What goes to the readers at a set time, the next first."""
    values = {"approved": definitions.states_in(Phase.APPROVED), "size": size}
    return db.session.execute(_SCHEDULED, values).all()
