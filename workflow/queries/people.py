"""Reads about people: who may be tried in a rehearsal, whom a list of accounts shows, which roles they hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db

_CONTACTS = text("""
SELECT a.email, a.full_name AS name, u.short_name AS unit
FROM seat s
JOIN committee c ON c.id = s.committee_id AND c.valid_to IS NULL
JOIN account a ON a.id = s.account_id AND a.active AND a.password IS NOT NULL
JOIN unit u ON u.id = c.unit_id
WHERE s.valid_to IS NULL AND s.seat_kind = 'specialist'
ORDER BY u.sort_key LIMIT :limit
""")


def committee_contacts(*, limit: int) -> Sequence[Row[Any]]:
    """Committee specialists who can sign in: email, name, unit (short), by unit."""
    return db.session.execute(_CONTACTS, {"limit": limit}).all()


_GRANTS = text("""
SELECT g.id, g.account_id, g.role, g.unit_id, u.short_name AS unit, g.valid_from, g.valid_to,
  g.valid_to - 1 AS last_day
FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id
WHERE g.account_id = ANY(:accounts)
ORDER BY g.valid_to DESC, g.role, u.sort_key, g.id
""")

_SEATS = text("""
SELECT s.account_id, s.seat_kind, u.short_name AS unit, u.code AS unit_code, s.valid_from
FROM seat s JOIN committee c ON c.id = s.committee_id AND c.valid_to IS NULL JOIN unit u ON u.id = c.unit_id
WHERE s.account_id = ANY(:accounts) AND s.valid_to IS NULL ORDER BY u.sort_key
""")


def grants_of(account_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Every role grant of these accounts, those without an end first, then what ends last."""
    return _by_account(db.session.execute(_GRANTS, {"accounts": list(account_ids)}).all())


def seats_of(account_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """The committee seats these accounts sit on now."""
    return _by_account(db.session.execute(_SEATS, {"accounts": list(account_ids)}).all())


def _by_account(rows: Sequence[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).append(row)
    return found


_DELEGATIONS = text("""
SELECT d.id, d.from_account_id, d.to_account_id, d.role, d.valid_from, d.valid_to, d.valid_to - 1 AS last_day,
  d.reason, lender.full_name AS lender, delegate.full_name AS delegate
FROM delegation d
JOIN account lender ON lender.id = d.from_account_id
JOIN account delegate ON delegate.id = d.to_account_id
WHERE CAST(:account AS bigint) IS NULL OR :account IN (d.from_account_id, d.to_account_id)
ORDER BY d.valid_to DESC, d.id DESC LIMIT 200
""")


def delegations(account_id: int | None) -> Sequence[Row[Any]]:
    """The newest two hundred lent roles: one person's, given or taken; None for everybody's."""
    return db.session.execute(_DELEGATIONS, {"account": account_id}).all()


_COLLEAGUES = text("""
SELECT a.id, a.full_name, a.title FROM account a
WHERE a.active AND a.id <> :me AND EXISTS (SELECT 1 FROM role_grant g
  WHERE g.account_id = a.id AND g.unit_id IS NULL AND g.valid_from <= :today
    AND (g.valid_to IS NULL OR :today < g.valid_to))
ORDER BY a.sort_key, a.id LIMIT 200
""")


def colleagues(me: int, *, on: date) -> Sequence[Row[Any]]:
    """Who else works at the department on a day, by given name."""
    return db.session.execute(_COLLEAGUES, {"me": me, "today": on}).all()
