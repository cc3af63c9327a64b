"""One-time links: good once, for a while, for one purpose. The house keeps a digest, never the link itself.

A letter is kept as it was written, and people read it in the console; so it is kept with a mark in the place of the
token. `opened` puts the token in when the letter leaves the house, the same at every attempt (docs/decisions/0015).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, func, text, true, update

from models.base import db
from models.people import Account
from models.second_step import OneTimeLink
from models.vocabulary import Purpose
from workflow import sessions
from workflow.engine.unit_of_work import bookkeeping
from workflow.settings import settings

PATHS: Mapping[Purpose, str] = {Purpose.SIGN_IN: "/vao/thu/", Purpose.INVITATION: "/vao/loi-moi/"}
MARK = "~"
_MARKED = re.compile(rf"({'|'.join(PATHS.values())}){MARK}([0-9]{{1,18}})\b")
_PURGE = text(
    "DELETE FROM one_time_link WHERE greatest(spent_at, expires_at) < now() - interval '7 days' RETURNING id"
)


def make(account: Account | None, purpose: Purpose, *, lasts: timedelta) -> OneTimeLink:
    """A new link for somebody; for nobody (None) it costs the same and opens nothing. In or outside a change()."""
    nonce = secrets.token_bytes(32)
    with bookkeeping() as session:
        link = OneTimeLink(
            purpose=purpose,
            account_id=account.id if account else None,
            nonce=nonce,
            token_hash=sessions.digest(_token(nonce)),
            expires_at=func.now() + lasts,
        )
        session.add(link)
        session.flush()
    return link


def marked(link: OneTimeLink) -> str:
    """The address as letters are kept with it; it opens nothing."""
    return _address(link.purpose, f"{MARK}{link.id}")


def address(link: OneTimeLink) -> str:
    """The address itself: for the person, and for who runs the machine."""
    return _address(link.purpose, _token(link.nonce))


def opened(words: str, *, account_id: int | None) -> str:
    """A letter to this account with its marks made into addresses.

    Marks of another's link stay marks: somebody may write one into a title that we then quote to her.
    """

    def token(found: re.Match[str]) -> str:
        link = db.session.get(OneTimeLink, int(found[2]))
        is_theirs = link is not None and link.account_id == account_id and PATHS[link.purpose] == found[1]
        return f"{found[1]}{_token(link.nonce)}" if link is not None and is_theirs else found[0]

    return _MARKED.sub(token, words) if account_id is not None else words


def spend(token: str, purpose: Purpose) -> int | None:
    """Take a link out of the world; whose it was, None when it is spent, too old or was never made."""
    with bookkeeping() as session:
        return session.scalars(
            update(OneTimeLink)
            .where(
                OneTimeLink.token_hash == sessions.digest(token),
                OneTimeLink.purpose == purpose,
                OneTimeLink.spent_at.is_(None),
                OneTimeLink.expires_at > func.now(),
            )
            .values(spent_at=func.now())
            .returning(OneTimeLink.account_id)
            .execution_options(synchronize_session=False)
        ).one_or_none()


def spend_all(account: Account) -> None:
    """No link that was written to somebody opens anything any more. In or outside a change()."""
    _spend_where(OneTimeLink.account_id == account.id)


def spend_everybodys() -> None:
    """After a restore: what was used since the backup was made would open again."""
    _spend_where(true())


def _spend_where(which: ColumnElement[bool]) -> None:
    with bookkeeping() as session:
        session.execute(
            update(OneTimeLink)
            .where(which, OneTimeLink.spent_at.is_(None))
            .values(spent_at=func.now())
            .execution_options(synchronize_session=False)
        )


def purge() -> int:
    """Remove the rows of links that open nothing any more; returns how many.

    A week later only: until then a page can say that a link is spent or too old, not just that it is unknown.
    """
    with bookkeeping() as session:
        return len(session.execute(_PURGE).all())


def _address(purpose: Purpose, end: str) -> str:
    return f"{settings().public_url.rstrip('/')}{PATHS[purpose]}{end}"


def _token(nonce: bytes) -> str:
    made = hmac.new(settings().secret_key.encode(), b"one-time link:" + nonce, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
