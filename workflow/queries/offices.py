"""Committees and their seats, months and their exceptions. Reads only."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db

_COMMITTEES = text("""
SELECT u.id AS unit_id, u.code, u.name, u.short_name, c.id, c.status, c.confirmed_at,
  (SELECT count(*) FROM composition x
   WHERE x.directive_id = coalesce(c.directive_id, (SELECT d.id FROM directive d WHERE d.valid_from <= :day
     AND (d.valid_to IS NULL OR :day < d.valid_to) LIMIT 1))) AS needed,
  coalesce(seats.filled, 0) AS filled, seats.names,
  EXISTS (SELECT 1 FROM committee_proposal p WHERE p.unit_id = u.id AND p.settled_at IS NULL) AS is_proposed
FROM unit u
LEFT JOIN committee c ON c.unit_id = u.id AND c.valid_to IS NULL
LEFT JOIN LATERAL (
  SELECT count(*) AS filled, string_agg(a.full_name, ', ' ORDER BY s.seat_kind, s.slot) AS names
  FROM seat s JOIN account a ON a.id = s.account_id WHERE s.committee_id = c.id AND s.valid_to IS NULL
) seats ON true
WHERE u.valid_from <= :day AND (u.valid_to IS NULL OR :day < u.valid_to)
ORDER BY u.sort_key LIMIT 300
""")


def committees(day: date) -> Sequence[Row[Any]]:
    """Every unit alive on a day with its committee, or without one."""
    return db.session.execute(_COMMITTEES, {"day": day}).all()


_PROPOSALS = text("""
SELECT p.id, p.file_name, p.members, p.created_at, p.envelope_id FROM committee_proposal p
WHERE p.unit_id = :unit AND p.settled_at IS NULL ORDER BY p.id DESC LIMIT 5
""")


def proposals(unit_id: int) -> Sequence[Row[Any]]:
    """Member lists that came by mail and wait to be taken over."""
    return db.session.execute(_PROPOSALS, {"unit": unit_id}).all()


_CHANGES = text("""
SELECT e.id, e.action, e.payload::jsonb AS payload, actor.full_name AS who, about.full_name AS about
FROM audit_event e
LEFT JOIN account actor ON actor.id = e.actor_id
LEFT JOIN account about ON about.id = (e.payload::jsonb ->> 'account')::bigint
WHERE e.stream = :stream ORDER BY e.seq DESC LIMIT 12
""")


def changes(stream: str) -> Sequence[Row[Any]]:
    """The newest events of one stream, such as `committee:3`."""
    return db.session.execute(_CHANGES, {"stream": stream}).all()


_PERIODS = text("""
SELECT p.id, p.year, p.month, p.quota, p.opens_at, p.deadline_at, p.closes_at, p.closed_at,
  coalesce(p.workflow, d.workflow) AS follows, p.workflow IS NOT NULL AS is_chosen,
  closer.full_name AS closed_by,
  (SELECT count(*) FROM submission s WHERE s.period_id = p.id AND s.first_sent_at IS NOT NULL) AS received,
  (SELECT count(*) FROM submission s WHERE s.period_id = p.id AND s.sent_late) AS late,
  (SELECT count(*) FROM extension x WHERE x.period_id = p.id) AS extensions,
  (SELECT count(*) FROM exemption x WHERE x.period_id = p.id) AS exemptions
FROM period p JOIN directive d ON d.id = p.directive_id LEFT JOIN account closer ON closer.id = p.closed_by
WHERE p.is_active AND (CAST(:id AS bigint) IS NULL OR p.id = :id)
ORDER BY p.year DESC, p.month DESC LIMIT 60
""")


def periods(period_id: int | None = None) -> Sequence[Row[Any]]:
    """The months, newest first; or the one with this id."""
    return db.session.execute(_PERIODS, {"id": period_id}).all()


_EXCEPTIONS = text("""
SELECT 'extension' AS kind, x.id, x.deadline_at, x.reason, u.short_name AS unit, a.full_name AS granted_by
FROM extension x LEFT JOIN unit u ON u.id = x.unit_id JOIN account a ON a.id = x.granted_by WHERE x.period_id = :id
UNION ALL
SELECT 'exemption', x.id, NULL, x.reason, u.short_name, a.full_name
FROM exemption x LEFT JOIN unit u ON u.id = x.unit_id JOIN account a ON a.id = x.granted_by WHERE x.period_id = :id
ORDER BY 1 DESC, 2 LIMIT 200
""")


def exceptions(period_id: int) -> Sequence[Row[Any]]:
    """Extensions and exemptions of a month; an empty unit is all of them."""
    return db.session.execute(_EXCEPTIONS, {"id": period_id}).all()


_DIRECTIVES = text("""
SELECT d.*, (SELECT jsonb_object_agg(seat_kind, n) FROM (
  SELECT seat_kind, count(*) AS n FROM composition c WHERE c.directive_id = d.id GROUP BY 1) seats) AS seats
FROM directive d ORDER BY d.valid_from DESC LIMIT 20
""")


def directives() -> Sequence[Row[Any]]:
    """The directives, the newest first, each with its composition."""
    return db.session.execute(_DIRECTIVES).all()
