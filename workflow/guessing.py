"""Guessing passwords and codes: each wrong one in a row costs more time, then the door is shut for a while.

Counted in the database, for an e-mail address and for a network address alike, so that it holds without Redis, over
restarts and for any number of web servers. A try counts before the password is looked at: a hundred at once are no
cheaper than a hundred in a row. Addresses without an account are counted like others, or the wait would tell them
apart (T01, T02).
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text

from models.people import Account
from workflow import accounts
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.queries import sign_ins
from workflow.rules.permissions import require
from workflow.settings import settings


@dataclass(frozen=True)
class Patience:
    """How many wrong passwords are free, and after how many the door is shut."""

    free: int
    most: int
    lock_seconds: int

    def wait_seconds(self, failures: int) -> int:
        """After the nth wrong password in a row: 0, then 1, 2, 4 … seconds, then the lock."""
        if failures >= self.most:
            return self.lock_seconds
        return min(2 ** (failures - self.free), self.lock_seconds) if failures >= self.free else 0


@dataclass(frozen=True)
class Try:
    """One attempt to sign in. It may go on when there is nothing to wait for; then it counts as wrong already."""

    wait_seconds: int = 0
    locks_account: bool = False
    """When it turns out wrong, the account is shut for a while."""
    locks_address: bool = False


class Way(StrEnum):
    """What is tried. Each is counted for itself: who guesses a password keeps nobody from signing in by mail."""

    PASSWORD = ""
    MAIL = "mail "
    """Links by mail: asking for one, and pressing one."""
    STEP = "step "
    """The second step: codes and keys."""


def of_account(email: str, way: Way = Way.PASSWORD) -> str:
    """The key under which wrong tries for an e-mail address are counted."""
    return f"account:{_digest(way + email.strip().lower())}"


def of_address(address: str) -> str:
    """The same for a network address; an IPv6 customer has a whole /64 to try from, so that is one."""
    try:
        known = ipaddress.ip_address(address)
        if known.version == 6:
            address = str(ipaddress.ip_network((known, 64), strict=False))
    except ValueError:
        pass  # what is no address is counted as it is written
    return f"address:{_digest(address)}"


def _digest(word: str) -> str:
    return hmac.new(settings().secret_key.encode(), f"guess:{word}".encode(), hashlib.sha256).hexdigest()


def patiences() -> tuple[Patience, Patience]:
    """With an account, with a network address: behind one of those sits a whole office."""
    house = settings()
    lock_seconds = house.sign_in_lock_minutes * 60
    own = Patience(house.sign_in_free_tries, house.sign_in_most_tries, lock_seconds)
    times = house.sign_in_address_times
    return own, Patience(own.free * times, own.most * times, lock_seconds)


# Both rows are held until it is decided, always in the order of their keys: two tries cannot both be the last.
_HOLD = text("""
INSERT INTO sign_in_tries (key) SELECT unnest(CAST(:keys AS text[])) ORDER BY 1
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING key, CASE WHEN last_at > now() - make_interval(hours => :memory) THEN failures ELSE 0 END AS failures,
  ceil(extract(epoch FROM wait_until - now())) AS wait_seconds
""")
_COUNT = text("""
UPDATE sign_in_tries SET failures = :failures, last_at = now(),
  wait_until = CASE WHEN :wait > 0 THEN now() + make_interval(secs => :wait) END
WHERE key = :key
""")
_CLEAR = text("DELETE FROM sign_in_tries WHERE key = :key")
_TAKE_BACK = text(
    "UPDATE sign_in_tries SET failures = greatest(failures - 1, 0), wait_until = NULL WHERE key = :key"
)
_PURGE = text(
    "DELETE FROM sign_in_tries WHERE last_at < now() - make_interval(hours => :memory)"
    " AND (wait_until IS NULL OR wait_until < now()) RETURNING key"
)


def attempt(email: str, *, address: str, way: Way = Way.PASSWORD) -> Try:
    """Before what was typed is looked at: count the try as a wrong one, or say how long nobody is let try."""
    patience: Mapping[str, Patience] = dict(
        zip((of_account(email, way), of_address(address)), patiences(), strict=True)
    )
    with bookkeeping() as session:
        rows = session.execute(_HOLD, {"keys": sorted(patience), **_memory()}).all()
        wait = max(int(row.wait_seconds or 0) for row in rows)
        if wait > 0:
            return Try(wait)
        failures = {row.key: row.failures + 1 for row in rows}
        for key, count in failures.items():
            values = {"key": key, "failures": count, "wait": patience[key].wait_seconds(count)}
            session.execute(_COUNT, values)
    shuts = {key.partition(":")[0]: count >= patience[key].most for key, count in failures.items()}
    return Try(locks_account=shuts["account"], locks_address=shuts["address"])


def was_right(email: str, *, address: str, way: Way = Way.PASSWORD) -> None:
    """It was right: the account's count starts anew, the network address gets this one try back."""
    with bookkeeping() as session:
        session.execute(_CLEAR, {"key": of_account(email, way)})
        session.execute(_TAKE_BACK, {"key": of_address(address)})


def standing(account: Account) -> Row[Any] | None:
    """Wrong passwords in a row for an account, and until when it is shut; None without any."""
    return sign_ins.tries(of_account(account.email))


def unlock(account: Account, *, by: Account | None) -> None:
    """Let somebody try again at once, after she has called. `by=None` is who runs the machine. Raises NotAllowed."""
    if by is not None:
        require(accounts.roles_of(by), "accounts.write")
    with change() as session:
        for way in Way:
            session.execute(_CLEAR, {"key": of_account(account.email, way)})
        accounts.told(account, "account:unlock", by)


def purge() -> int:
    """Forget what is too old to count; returns how many addresses that were."""
    with bookkeeping() as session:
        return len(session.execute(_PURGE, _memory()).all())


def _memory() -> dict[str, int]:
    return {"memory": settings().sign_in_memory_hours}
