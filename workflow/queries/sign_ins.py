"""Reads about sign-ins: who holds a session, on which devices somebody is signed in, how often it went wrong.

All of it in the database's own time: a rehearsal's clock neither ends a session nor opens a lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, text

from models.base import db
from models.people import Account
from models.second_step import OneTimeLink
from models.sign_in import DeviceSession
from models.vocabulary import Purpose
from workflow.queries import private_words, roles
from workflow.settings import settings

ALIVE = (
    "(ended_at IS NULL AND device_session.seen_at > now() - make_interval(mins => :idle)"
    " AND device_session.created_at > now() - make_interval(hours => :oldest)"
    # Whoever does not take the second step soon begins again.
    " AND (NOT is_half OR device_session.created_at > now() - interval '10 minutes'))"
)
STALE = "(seen_at < now() - interval '1 minute')"
"""Only then is a click written down: a page a second must not be a write a second."""


@dataclass(frozen=True)
class Held:
    account: Account
    session_id: int
    is_half: bool
    """Nobody is signed in by it yet: the second step is to be done."""
    has_second_step: bool
    is_stale: bool
    now: datetime
    """People's time as the request came."""
    roles: frozenset[str]
    """Those held at the department today, lent ones as well."""


def limits() -> dict[str, int]:
    """What ALIVE asks for."""
    return {"idle": settings().session_idle_minutes, "oldest": settings().session_hours}


@cache
def _whose() -> Select[Any]:
    """Put together once: building it costs more than asking it."""
    return (
        select(
            Account,
            DeviceSession.id,
            DeviceSession.is_half,
            DeviceSession.factor_at.is_not(None),
            text(f"{STALE} AS is_stale"),
            func.people_now(),
            func.array(roles.held(Account.id, roles.today()).scalar_subquery()),
        )
        .join(DeviceSession, DeviceSession.account_id == Account.id)
        .where(DeviceSession.token_hash == bindparam("token"), Account.active, text(ALIVE))
    )


def holder(token_hash: bytes) -> Held | None:
    """Whose session this is; None when it is over or never was. One statement, the only one a click costs."""
    found = db.session.execute(_whose(), {"token": token_hash, **limits()}).one_or_none()
    if found is None:
        return None
    account, session_id, is_half, has_second_step, is_stale, now, held = found
    return Held(account, session_id, is_half, has_second_step, is_stale, now, frozenset(held))


_OPEN = text(f"""
SELECT id, device, address, created_at, seen_at, now() AS asked_at FROM device_session
WHERE account_id = :account AND NOT is_half AND {ALIVE} ORDER BY seen_at DESC, id DESC LIMIT 50
""")  # noqa: S608  (ALIVE is a constant)


@dataclass(frozen=True)
class Device:
    row: Row[Any]
    address: str
    """As it was seen last; empty when it was forgotten."""


def devices(account_id: int) -> Sequence[Device]:
    """The sessions somebody has open, the one used last first; at most fifty."""
    rows = db.session.execute(_OPEN, {"account": account_id, **limits()}).all()
    words = private_words.opened(row.address for row in rows)
    return [Device(row, words.get(row.address) or "") for row in rows]


_TRIES = text("""
SELECT failures, wait_until, coalesce(wait_until > now(), false) AS is_waiting, now() AS asked_at
FROM sign_in_tries WHERE key = :key AND failures > 0 AND last_at > now() - make_interval(hours => :memory)
""")


def tries(key: str) -> Row[Any] | None:
    """Wrong passwords in a row under a key of `workflow/guessing.py`, and until when nobody is let try."""
    return db.session.execute(_TRIES, {"key": key, "memory": settings().sign_in_memory_hours}).one_or_none()


@dataclass(frozen=True)
class Link:
    account: Account
    is_spent: bool
    is_old: bool


def link(token_hash: bytes, purpose: Purpose) -> Link | None:
    """The link that a token opens, spent and too old ones as well; None for one that was never made."""
    found = db.session.execute(
        select(
            Account,
            OneTimeLink.spent_at.is_not(None),
            OneTimeLink.expires_at <= func.now(),
        )
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(OneTimeLink.token_hash == token_hash, OneTimeLink.purpose == purpose)
    ).one_or_none()
    return Link(*found) if found else None


@dataclass(frozen=True)
class Asked:
    link: OneTimeLink
    seconds_left: float


def asked_for(link_id: int) -> Asked | None:
    """The link that a letter is to be written about; None when it opens nothing any more, or was nobody's."""
    found = db.session.execute(
        select(OneTimeLink, func.extract("epoch", OneTimeLink.expires_at - func.now())).where(
            OneTimeLink.id == link_id,
            OneTimeLink.account_id.is_not(None),
            OneTimeLink.spent_at.is_(None),
            OneTimeLink.expires_at > func.now(),
        )
    ).one_or_none()
    return Asked(found[0], float(found[1])) if found else None
