"""How long pieces stand in each state, from the audit trail: one piece, and the median of many. Reads only.

A stay begins with the event that led into the state, at the moment it became true, and ends with the next one that
led out. An act beside the state changes nothing; a migration that renames a state begins a new stay under that name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries.timeline import Entry, timeline

NEWEST = 2000
"""Medians are of so many pieces, however many there are."""

# Every event that led a piece into another state, and the first one.
_TURN = """
  e.stream = 'submission:' || e.submission_id
  AND (e.action = 'submission:create' OR e.payload::jsonb ->> 'from' <> e.payload::jsonb ->> 'to')
"""
_SINCE = "coalesce(e.payload::jsonb ->> 'became_at', e.payload::jsonb ->> 'at')::timestamptz"


@dataclass(frozen=True)
class Stay:
    """One stay of a piece in one state."""

    state: str
    since: datetime
    until: datetime | None
    """None: it stands there now."""


def of_piece(submission_id: int) -> Sequence[Stay]:
    """Every stay of a piece, the oldest first."""
    return of_entries(timeline(submission_id))


def of_entries(entries: Sequence[Entry]) -> Sequence[Stay]:
    """The same from a timeline that was read already, newest entry first."""
    turns = [(entry.payload["to"], _true_since(entry)) for entry in reversed(entries) if _turns(entry)]
    ends = [since for _, since in turns[1:]] + [None]
    return [Stay(state, since, until) for (state, since), until in zip(turns, ends, strict=True)]


def _turns(entry: Entry) -> bool:
    """_TURN, of one entry."""
    if entry.refused or not entry.payload["stream"].startswith("submission:"):
        return False
    return entry.trigger == "create" or entry.payload.get("from") != entry.payload.get("to")


def _true_since(entry: Entry) -> datetime:
    became_at = entry.payload.get("became_at")
    return datetime.fromisoformat(became_at) if became_at else entry.at


_MEDIANS = text(f"""
WITH stays AS (
  SELECT e.payload::jsonb ->> 'to' AS state,
    lead({_SINCE}) OVER (PARTITION BY e.submission_id ORDER BY e.id) - {_SINCE} AS length
  FROM (SELECT id FROM submission WHERE workflow = :name ORDER BY id DESC LIMIT :newest) s
  JOIN audit_event e ON e.submission_id = s.id
  WHERE {_TURN}
)
SELECT state, count(*) AS stays, count(*) FILTER (WHERE length IS NULL) AS here,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(length, interval '0'))
    FILTER (WHERE length IS NOT NULL) AS median,
  max(length) AS longest
FROM stays GROUP BY state
""")  # noqa: S608


def medians(workflow: str) -> dict[str, Row[Any]]:
    """For each state: the stays of the newest pieces, how many last, median and longest of those that ended."""
    rows = db.session.execute(_MEDIANS, {"name": workflow, "newest": NEWEST})
    return {row.state: row for row in rows}
