"""What people do with the sessions of an account: end one, end the others, end all. Each on record."""

from models.people import Account
from models.vocabulary import Ending
from workflow import accounts, sessions
from workflow.engine.errors import NotFound
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require

ENDED = "account:end_sessions"


def sign_out(session_id: int, *, by: Account) -> None:
    """End one of one's own sessions. Raises NotFound for one that is over or another's."""
    with change():
        if not sessions.end_one(session_id, of=by, ending=Ending.DEVICES):
            raise NotFound
        accounts.told(by, ENDED, by, sessions=1)


def sign_out_others(*, by: Account, here: int) -> int:
    """End all of one's own sessions but `here`; returns how many there were."""
    with change():
        ended = sessions.end_all(by, Ending.DEVICES, but=here)
        if ended:
            accounts.told(by, ENDED, by, sessions=ended)
        return ended


def sign_out_everywhere(account: Account, *, by: Account | None) -> int:
    """An administrator ends every session of an account; returns how many there were. Raises NotAllowed.

    `by=None` is who runs the machine.
    """
    if by is not None:
        require(accounts.roles_of(by), "accounts.write")
    with change():
        ended = sessions.end_all(account, Ending.ADMIN)
        accounts.told(account, ENDED, by, sessions=ended)
        return ended
