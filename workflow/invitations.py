"""One-time links by which a new account chooses its password."""

from datetime import timedelta

from models.people import Account
from models.vocabulary import Purpose
from workflow import accounts, clock, links, outbox, passwords, sessions
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.queries import sign_ins
from workflow.rules.permissions import require

LASTS = timedelta(days=7)


def link(account: Account) -> str:
    """The address to give to the person; it holds for seven days and until a password is chosen."""
    return links.address(links.make(account, Purpose.INVITATION, lasts=LASTS))


def send(account: Account, *, role: str, by: Account) -> None:
    """Write to a person how to choose a password. `role` as people read it.

    Older links stay good until one is used. Nobody but the person ever reads the link, an administrator neither.
    """
    require(accounts.roles_of(by), "accounts.write")
    with change():
        now = clock.now()
        seq = accounts.told(account, "account:invite", by)
        outbox.put(
            "letter:invitation",
            f"account:{account.id}:{seq}:letter:invitation",
            {
                "account": account.id,
                "inviter": by.full_name,
                "role": role,
                "link": links.marked(links.make(account, Purpose.INVITATION, lasts=LASTS)),
                "activate_before": (now + LASTS).isoformat(),
            },
        )


def holder(token: str) -> Account:
    """Whose link this is. Raises Invalid(`invitation_expired`, `invitation_invalid`); spent links are invalid."""
    found = sign_ins.link(sessions.digest(token), Purpose.INVITATION)
    if found is None or found.is_spent or not found.account.active:
        raise Invalid("invitation_invalid", N_("Lời mời không hợp lệ hoặc đã được sử dụng."))
    if found.is_old:
        raise Invalid("invitation_expired", N_("Lời mời đã hết hạn. Vui lòng đề nghị quản trị gửi lại."))
    return found.account


def accept(token: str, *, password_hash: str) -> Account:
    """Set the chosen password, which spends the link and ends all sessions. Raises as `holder`."""
    with change() as session:
        account = holder(token)
        # Two that use one link at once: the second waits here and then finds it spent.
        session.refresh(account, with_for_update=True)
        holder(token)
        passwords.choose(account, password_hash=password_hash)
        return account
