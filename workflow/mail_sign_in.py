"""Signing in by a link in a letter: for who has no password at hand, and would else borrow a colleague's.

Asking is the same work for every address, known or not, and the answer is the letter (T02). A link is good once and
for minutes; who opens the letter first, a mail scanner for one, spends nothing: only pressing the button does.
"""

from datetime import timedelta
from typing import Any

from models.people import Account
from models.vocabulary import Purpose
from workflow import accounts, links, outbox, sessions, trail
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.queries import sign_ins
from workflow.settings import settings


def ask(email: str) -> None:
    """Have a link written to this address, if somebody who may come in has it."""
    found = accounts.find(email)
    account = found if found is not None and found.active else None
    about: dict[str, Any] = {"account": account.id} if account else {}
    with change():
        link = links.make(account, Purpose.SIGN_IN, lasts=timedelta(minutes=settings().sign_in_link_minutes))
        trail.write(
            f"account:{account.id}" if account else "settings:sign_in", "account:ask_link", by=None, **about
        )
        outbox.put("letter:sign_in_link", f"link:{link.id}:letter:sign_in_link", {"link": link.id})


def holder(token: str) -> Account:
    """Whose link this is; spends nothing. Raises Invalid(`link_expired`, `link_invalid`)."""
    found = sign_ins.link(sessions.digest(token), Purpose.SIGN_IN)
    if found is None or found.is_spent or not found.account.active:
        raise _unusable()
    if found.is_old:
        raise Invalid("link_expired", N_("Đường dẫn đăng nhập đã hết hạn. Vui lòng xin đường dẫn mới."))
    return found.account


def accept(token: str) -> Account:
    """Spend the link; who held it may come in. Raises as `holder`."""
    with change():
        account = holder(token)
        # Two that press at once: the update below lets one of them through.
        if links.spend(token, Purpose.SIGN_IN) != account.id:
            raise _unusable()
        return account


def _unusable() -> Invalid:
    return Invalid(
        "link_invalid",
        N_("Đường dẫn đăng nhập không hợp lệ hoặc đã được sử dụng. Vui lòng xin đường dẫn mới."),
    )
