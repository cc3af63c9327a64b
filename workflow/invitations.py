"""One-time links by which a new account chooses its password. Nothing is stored and nothing can be used twice.

A link holds the account's number and a digest of its session key, signed and dated. Choosing a password gives the
account another session key, so the link is spent; so is every older one.
"""

import hashlib
import secrets
from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from models.base import db
from models.people import Account
from models.vocabulary import Ending
from workflow import accounts, clock, outbox, sessions
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require
from workflow.settings import settings

PATH = "/vao/loi-moi/"
LASTS_SECONDS = 7 * 24 * 3600


def link(account: Account) -> str:
    """The address to send to the person; it holds for seven days and until a password is chosen."""
    token = _signer().dumps([account.id, _mark(account)])
    return f"{settings().public_url.rstrip('/')}{PATH}{token}"


def send(account: Account, *, role: str, by: Account) -> None:
    """Write to a person how to choose a password. `role` as people read it.

    Older links stay good until one is used.
    """
    require(accounts.roles_of(by), "accounts.write")
    with change() as session:
        now = clock.now()
        seq = audit.write(
            session.connection(),
            f"account:{account.id}",
            "account:invite",
            actor=by.id,
            at=now,
            account=account.id,
        )
        outbox.put(
            "letter:invitation",
            f"account:{account.id}:{seq}:letter:invitation",
            {
                "account": account.id,
                "inviter": by.full_name,
                "role": role,
                "link": link(account),
                "activate_before": (now + timedelta(seconds=LASTS_SECONDS)).isoformat(),
            },
        )


def holder(token: str) -> Account:
    """Whose link this is. Raises Invalid(`invitation_expired`, `invitation_invalid`); spent links are invalid."""
    try:
        number, mark = _signer().loads(token, max_age=LASTS_SECONDS)
    except SignatureExpired as error:
        raise Invalid(
            "invitation_expired", N_("Lời mời đã hết hạn. Vui lòng đề nghị quản trị gửi lại.")
        ) from error
    except (BadSignature, ValueError, TypeError) as error:
        raise _unusable() from error
    account = db.session.get(Account, number)
    if account is None or not account.active or not secrets.compare_digest(_mark(account), mark):
        raise _unusable()
    return account


def accept(token: str, *, password_hash: str) -> Account:
    """Set the chosen password; the link is spent and every session of the account ends. Raises as `holder`."""
    with change() as session:
        account = holder(token)
        # Two that use one link at once: the second waits here and then finds another session key.
        session.refresh(account, with_for_update=True)
        holder(token)
        account.password = password_hash
        account.fs_uniquifier = secrets.token_hex(32)
        session.flush()
        sessions.end_all(account, Ending.PASSWORD)
        audit.write(
            session.connection(),
            f"account:{account.id}",
            "account:choose_password",
            actor=account.id,
            at=clock.now(),
            account=account.id,
        )
        return account


def _unusable() -> Invalid:
    return Invalid("invitation_invalid", N_("Lời mời không hợp lệ hoặc đã được sử dụng."))


def _mark(account: Account) -> str:
    return hashlib.sha256(f"loi-moi:{account.fs_uniquifier}".encode()).hexdigest()[:32]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="loi-moi")
