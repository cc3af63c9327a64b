"""Sessions live here, not in the browser: it holds a random token, the database the token's digest.

Ending a row signs that browser out with its next click, whoever copied its cookie. What people may do with sessions
stands in `workflow/devices.py`.
"""

import hashlib
import secrets

from sqlalchemy import ColumnElement, delete, func, text, update

from models.people import Account
from models.sign_in import DeviceSession
from models.vocabulary import Ending
from workflow.engine.unit_of_work import apart, bookkeeping
from workflow.queries import sign_ins

TOKEN_BYTES = 32
LONGEST_NAME = 80


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def begin(account: Account, *, device: str, address: str, is_half: bool = False) -> str:
    """Open a session on a device, `address` sealed; returns the token, which is kept nowhere but in the browser.

    Half of one while the second step is to be done.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with bookkeeping() as session:
        session.add(
            DeviceSession(
                token_hash=digest(token),
                account_id=account.id,
                device=device[:LONGEST_NAME],
                address=address,
                is_half=is_half,
            )
        )
        session.flush()
    return token


def seen(session_id: int, *, address: str) -> None:
    """Note that it is in use, and from where now; at most once a minute (`sign_ins.STALE`)."""
    # On a connection of its own: a commit on the request's would make it read everything again.
    with apart() as connection:
        connection.execute(
            update(DeviceSession)
            .where(DeviceSession.id == session_id, text(sign_ins.STALE))
            .values(seen_at=func.now(), address=address)
        )


def complete(session_id: int) -> str:
    """The second step is done: the session is whole from now on, and opened by another token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with bookkeeping() as session:
        session.execute(
            update(DeviceSession)
            .where(DeviceSession.id == session_id)
            .values(token_hash=digest(token), is_half=False, factor_at=func.now(), challenge=None)
        )
    return token


def challenge(session_id: int) -> bytes:
    """Something new for a passkey to sign, kept with the session until it is answered."""
    made = secrets.token_bytes(TOKEN_BYTES)
    with bookkeeping() as session:
        session.execute(update(DeviceSession).where(DeviceSession.id == session_id).values(challenge=made))
    return made


def take_challenge(session_id: int) -> bytes | None:
    """What was to be signed: once. None when nothing was asked."""
    with bookkeeping() as session:
        row = session.get_one(DeviceSession, session_id, with_for_update=True, populate_existing=True)
        asked, row.challenge = row.challenge, None
        session.flush()
        return asked


def end(token: str, ending: Ending) -> None:
    """End the session a token opens, if it still does."""
    _end(DeviceSession.token_hash == digest(token), ending=ending)


def end_one(session_id: int, *, of: Account, ending: Ending) -> bool:
    """False when it is not theirs, or over."""
    return _end(DeviceSession.id == session_id, DeviceSession.account_id == of.id, ending=ending) == 1


def end_all(account: Account, ending: Ending, *, but: int | None = None) -> int:
    """End every session of somebody, `but` one; returns how many there were. In or outside a change()."""
    return _end(DeviceSession.account_id == account.id, DeviceSession.id != (but or 0), ending=ending)


def end_everybodys() -> int:
    """After a restore: who had signed out since the backup was made would be signed in again."""
    return _end(DeviceSession.id > 0, ending=Ending.ADMIN)


def _end(*which: ColumnElement[bool], ending: Ending) -> int:
    with bookkeeping() as session:
        ended = session.scalars(
            update(DeviceSession)
            .where(*which, text(sign_ins.ALIVE).bindparams(**sign_ins.limits()))
            .values(ended_at=func.now(), ending=ending)
            .returning(DeviceSession.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(ended)


def purge() -> int:
    """Remove the rows of sessions that are over; returns how many."""
    with bookkeeping() as session:
        gone = session.scalars(
            delete(DeviceSession)
            .where(text(f"NOT {sign_ins.ALIVE}").bindparams(**sign_ins.limits()))
            .returning(DeviceSession.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(gone)
