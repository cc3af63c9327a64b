"""The second step at sign-in, whatever it is done with: who owes it, codes on paper, and starting over.

The app's codes stand in `workflow/code_apps.py`, passkeys in `workflow/passkeys.py`.
"""

import hashlib
import secrets

from sqlalchemy import delete, func, update

from models.people import Account
from models.second_step import CodeApp, Passkey, RecoveryCode
from models.vocabulary import Ending, Role
from workflow import accounts, clock, outbox, sessions
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.queries import second_step as read
from workflow.rules.permissions import require
from workflow.settings import settings

OWING = frozenset({Role.APPROVER, Role.ADMIN})
"""Who holds one of these, or is lent it, takes the second step where the setting asks for it."""
ACTS = {
    "account:add_second_step": "add",
    "account:remove_second_step": "remove",
    "account:reset_second_step": "reset",
}
"""What is told by letter too, and the letter's word for it."""
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody mistakes for another when it is read from paper."""
CODE_LETTERS, GROUP = 16, 4


def is_owed(held: frozenset[str]) -> bool:
    """Must who holds these roles take the second step before anything else? Lent ones are among them."""
    return settings().second_step_required and bool(OWING & held)


def new_codes(account: Account) -> list[str]:
    """Ten codes for paper, shown now and never again; those given before are void."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS)) for _ in range(CODES)]
    with change() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
        session.add_all(RecoveryCode(account_id=account.id, code_hash=_digest(code)) for code in codes)
        session.flush()
        accounts.told(account, "account:new_codes", account)
    return ["-".join(code[at : at + GROUP] for at in range(0, CODE_LETTERS, GROUP)) for code in codes]


def use_code(account: Account, typed: str) -> bool:
    """Is this one of the codes on paper? Then it is used up."""
    code = "".join(letter for letter in typed.lower() if letter in LETTERS)
    with change() as session:
        used = session.scalars(
            update(RecoveryCode)
            .where(
                RecoveryCode.account_id == account.id,
                RecoveryCode.code_hash == _digest(code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=func.now())
            .returning(RecoveryCode.id)
        ).all()
        if used:
            accounts.told(account, "account:use_code", account)
        return bool(used)


def refuse_last(account: Account) -> None:
    """Raises Invalid(`last_second_step`) when who owes a second step would be left without any."""
    if is_owed(accounts.roles_of(account)) and read.means(account.id).count <= 1:
        raise Invalid(
            "last_second_step",
            N_("Vai trò này cần xác thực hai bước. Vui lòng thêm cách khác trước khi bỏ cách này."),
        )


def start_over(account: Account, *, by: Account | None) -> None:
    """Take away all that somebody has set up, when phone, key and paper are lost; her sessions end.

    By an administrator, never for herself, on record; `by=None` is who runs the machine. Raises NotAllowed,
    Invalid(`own_account`).
    """
    if by is not None:
        require(accounts.roles_of(by), "accounts.write")
        if by.id == account.id:
            raise Invalid(
                "own_account", N_("Không thể tự đặt lại xác thực hai bước của mình ở đây."), field="account"
            )
    with change() as session:
        for table in (CodeApp, Passkey, RecoveryCode):
            session.execute(delete(table).where(table.account_id == account.id))
        sessions.end_all(account, Ending.ADMIN)
        told(account, "account:reset_second_step", by)


def told(account: Account, action: str, by: Account | None, *, means: str = "") -> None:
    """On record and by letter, inside the caller's change(): who did not do it herself must hear of it.

    `means` is `app` or `passkey`, empty for all of them.
    """
    seq = accounts.told(account, action, by, **({"means": means} if means else {}))
    payload = {
        "account": account.id,
        "event": seq,
        "act": ACTS[action],
        "means": means,
        "at": clock.now().isoformat(),
    }
    outbox.put("letter:second_step", f"account:{account.id}:{seq}:letter:second_step", payload)


def _digest(code: str) -> bytes:
    return hashlib.sha256(f"recovery code:{code}".encode()).digest()
