"""What people do with the sessions of an account: end one, end the others, end all. Each on record."""

from typing import Any

from models.base import db
from models.people import Account
from models.vocabulary import Ending
from workflow import accounts, clock, sessions
from workflow.engine import audit
from workflow.engine.errors import NotFound
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require


def sign_out(session_id: int, *, by: Account) -> None:
    """End one of one's own sessions. Raises NotFound for one that is over or another's."""
    with change():
        if not sessions.end_one(session_id, of=by, ending=Ending.DEVICES):
            raise NotFound
        _told(by, by, sessions=1)


def sign_out_others(*, by: Account, here: int) -> int:
    """End all of one's own sessions but `here`; returns how many there were."""
    with change():
        ended = sessions.end_all(by, Ending.DEVICES, but=here)
        if ended:
            _told(by, by, sessions=ended)
        return ended


def sign_out_everywhere(account: Account, *, by: Account | None) -> int:
    """An administrator ends every session of an account; returns how many there were. Raises NotAllowed.

    `by=None` is who runs the machine.
    """
    if by is not None:
        require(accounts.roles_of(by), "accounts.write")
    with change():
        ended = sessions.end_all(account, Ending.ADMIN)
        _told(account, by, sessions=ended)
        return ended


def _told(account: Account, by: Account | None, **more: Any) -> None:
    audit.write(
        db.session.connection(),
        f"account:{account.id}",
        "account:end_sessions",
        actor=by.id if by else None,
        at=clock.now(),
        account=account.id,
        **more,
    )
