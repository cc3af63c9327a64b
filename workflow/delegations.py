"""Delegations: a role of one's own, lent to a named colleague from a day to a day, in writing (R10).

Who acts by a lent role acts in the lender's place, and her events say so. It never makes another pair of eyes:
`rules/guards.py` holds a delegate to be her lender as well, and the lender to have done what was done in her place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select

from models.people import Account, Delegation
from models.vocabulary import Role
from workflow import accounts, clock, outbox, trail
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound, Refusal
from workflow.engine.unit_of_work import apart, change
from workflow.rules.asks import reason_given
from workflow.rules.permissions import may, require

LENDABLE = (Role.EDITOR, Role.APPROVER, Role.PUBLISHER)
"""An administrator's or an inspector's right is nobody's to lend; a committee has five members already."""


def give(to: Account, *, role: Role, since: date, until: date, reason: str, by: Account) -> Delegation:
    """Lend a role of one's own from the day `since` up to, not on, the day `until`.

    Raises NotAllowed (recorded) when the role is not one's own: a lent role is lent no further; Invalid for
    oneself, somebody outside the department, days that are past or turned round, no reason, the same twice.
    """
    with _refusals_on_record(to, role, by):
        _check(to, role, by)
    reason = reason_given(reason)
    today = clock.today()
    if since < today:
        raise Invalid("date_past", N_("Ngày bắt đầu không được ở quá khứ."), field="since")
    if until <= since:
        raise Invalid("dates_invalid", N_("Ngày kết thúc phải sau ngày bắt đầu."), field="until")
    with change() as session:
        # Two windows of one person: the second waits here and then finds the first one's row.
        session.get_one(Account, by.id, with_for_update=True, populate_existing=True)
        if session.scalars(_overlapping(by, to, role, since, until)).first() is not None:
            raise Invalid(
                "delegation_doubled", N_("Đã có ủy quyền này trong thời gian đã chọn."), field="since"
            )
        given = Delegation(
            from_account_id=by.id,
            to_account_id=to.id,
            role=role,
            valid_from=since,
            valid_to=until,
            reason=reason,
        )
        session.add(given)
        session.flush()
        _told(given, "delegation:give", by, since=since, until=until, reason=given.reason)
        return given


def end(delegation_id: int, *, reason: str, by: Account) -> None:
    """End a delegation today: by who lent the role, or by an administrator. Ending twice is harmless.

    It is shortened, not removed: four eyes still asks who stood in for whom. Raises NotAllowed, NotFound, Invalid.
    """
    reason = reason_given(reason)
    with change() as session:
        given = session.get(Delegation, delegation_id, with_for_update=True, populate_existing=True)
        if given is None:
            raise NotFound
        if given.from_account_id != by.id:
            require(accounts.roles_of(by), "accounts.write")
        today = clock.today()
        if given.valid_to <= today:
            return
        before = given.valid_to
        given.valid_to = today
        session.flush()
        _told(given, "delegation:end", by, before=before, after=given.valid_to, reason=reason)


def _check(to: Account, role: Role, by: Account) -> None:
    if role not in LENDABLE or role not in accounts.own_roles_of(by):
        raise NotAllowed(
            Refusal("not_yours_to_lend", N_("Chỉ được ủy quyền vai trò của chính mình; không ủy quyền lại."))
        )
    if to.id == by.id:
        raise Invalid("own_delegate", N_("Không thể ủy quyền cho chính mình."), field="to")
    if not to.active or not may(accounts.own_roles_of(to), "console.enter"):
        raise Invalid("delegate_outside", N_("Chỉ ủy quyền cho người đang có vai trò tại Sở."), field="to")


@contextmanager
def _refusals_on_record(to: Account, role: Role, by: Account) -> Iterator[None]:
    try:
        yield
    except NotAllowed as refused:
        with apart() as connection:
            audit.write(
                connection, f"refusal:{by.id}", f"delegation:refused/{refused.code}", actor=by.id,
                at=clock.now(), trigger="give", account=to.id, role=str(role),
            )  # fmt: skip
        raise


def _overlapping(by: Account, to: Account, role: Role, since: date, until: date) -> Any:
    return select(Delegation.id).where(
        Delegation.from_account_id == by.id,
        Delegation.to_account_id == to.id,
        Delegation.role == role,
        Delegation.valid_from < until,
        since < Delegation.valid_to,
    )


def _told(given: Delegation, action: str, by: Account, **more: Any) -> None:
    seq = trail.write(
        f"delegation:{given.id}",
        action,
        by=by,
        account=given.to_account_id,
        lender=given.from_account_id,
        delegation=given.id,
        role=given.role.value,
        **more,
    )
    outbox.put(
        "letter:delegation", f"delegation:{given.id}:{seq}:letter:delegation",
        {"delegation": given.id, "event": seq},
    )  # fmt: skip
