"""Accounts and the roles they hold: who may come in, and as what."""

import secrets
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select, true

from models.base import db
from models.organisation import Committee, Seat, Unit
from models.people import Account, RoleGrant
from models.vocabulary import UNIT_ROLES, Ending, Role
from workflow import clock, links, sessions, texts, trail
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.queries import roles
from workflow.rules.permissions import require

LANGUAGES = ("vi", "en")


def by_email(email: str) -> Account:
    """Raises Invalid(`account_unknown`). Addresses are compared without case."""
    found = find(email)
    if found is None:
        raise Invalid(
            "account_unknown",
            N_("Không có tài khoản nào dùng địa chỉ “{email}”."),
            email=email,
            field="email",
        )
    return found


def find(email: str) -> Account | None:
    return db.session.scalars(
        select(Account).where(func.lower(Account.email) == email.strip().lower())
    ).one_or_none()


def roles_of(account: Account | None, *, unit: Unit | None = None, on: date | None = None) -> frozenset[str]:
    """The roles held on a day (today): at the department, and for `unit` when given. None is the system."""
    if account is None:
        return frozenset({Role.SYSTEM})
    if not account.active:
        return frozenset()
    today = on or clock.today()
    granted = db.session.scalars(roles.held(account.id, today, unit=unit.id if unit else None))
    seated = unit is not None and unit.id in set(db.session.scalars(_seats(account, today)))
    return frozenset(granted) | ({Role.COMMITTEE} if seated else frozenset())


def own_roles_of(account: Account) -> frozenset[str]:
    """The department roles somebody holds herself today: what she may lend."""
    granted = select(RoleGrant.role).where(
        RoleGrant.account_id == account.id, RoleGrant.unit_id.is_(None), roles.in_force(clock.today())
    )
    return frozenset(db.session.scalars(granted)) if account.active else frozenset()


def units_of(account: Account, *, on: date | None = None) -> list[Unit]:
    """The units whose committee the person sits on, or for which they hold a unit role, on a day (today)."""
    today = on or clock.today()
    grants = select(RoleGrant.unit_id).where(
        RoleGrant.account_id == account.id,
        RoleGrant.unit_id.is_not(None),
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), today < RoleGrant.valid_to),
    )
    return list(
        db.session.scalars(
            select(Unit)
            .where(or_(Unit.id.in_(_seats(account, today)), Unit.id.in_(grants)))
            .order_by(Unit.sort_key)
        )
    )


def sits_for(account: Account, unit: Unit, *, on: date | None = None) -> bool:
    """Is the person in the unit's committee on a day (today), by seat or by grant? Then a mail is a sending (R4)."""
    return Role.COMMITTEE in roles_of(account, unit=unit, on=on)


def _seats(account: Account, day: date) -> Select[int]:
    """Ids of the units in whose committee the person has a seat on a day."""
    return (
        select(Committee.unit_id)
        .join(Seat, Seat.committee_id == Committee.id)
        .where(
            Seat.account_id == account.id,
            Committee.valid_to.is_(None),
            Seat.valid_from <= day,
            or_(Seat.valid_to.is_(None), day < Seat.valid_to),
        )
    )


def add(
    email: str,
    *,
    full_name: str,
    by: Account | None,
    title: str = "",
    password_hash: str | None = None,
    needs: str = "accounts.write",
) -> Account:
    """A new account without any role; the same address again is the same account. In or outside a change().

    Raises Invalid(`email_invalid`). `by=None` is the house itself (founding, imports, the demo). `needs` names
    another permission where an account comes about by the way: whoever seats a person may write her down.
    """
    address = email.strip().lower()
    if by is not None:
        require(roles_of(by), needs)
    if "@" not in address or len(address) > 254 or any(c.isspace() for c in address):
        raise Invalid(
            "email_invalid", N_("Địa chỉ thư “{email}” không hợp lệ."), email=address, field="email"
        )
    with change() as session:
        account = find(address)
        if account is not None:
            return account
        account = Account(
            email=address,
            full_name=texts.tidy(full_name),
            title=title,
            sort_key=texts.sort_key(full_name, person=True),
            password=password_hash,
            fs_uniquifier=secrets.token_hex(32),
        )
        session.add(account)
        session.flush()
        told(account, "account:add", by)
        return account


def grant(
    account: Account,
    role: Role,
    *,
    unit: Unit | None = None,
    by: Account | None,
    since: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Give a role from the day `since` (today) up to, not on, the day `until` (for good).

    Open sessions of the person end: with more rights comes a new sign-in. Unit roles need a unit, department roles
    must not have one. Given already for all of these days, it is the same; for some of them, it is refused.
    """
    today = clock.today()
    since = since or today
    if by is not None:
        require(roles_of(by), "accounts.write")
        if since < today:
            raise Invalid("date_past", N_("Ngày bắt đầu không được ở quá khứ."), field="since")
    if until is not None and until <= since:
        raise Invalid("dates_invalid", N_("Ngày kết thúc phải sau ngày bắt đầu."), field="until")
    if (role in UNIT_ROLES) != (unit is not None):
        raise Invalid("role_scope", N_("Vai trò này cần đúng phạm vi đơn vị."), field="unit")
    with change() as session:
        held = session.scalars(_overlapping(account, role, unit, since, until)).first()
        if held is not None:
            return _the_same(held, since, until)
        given = RoleGrant(
            account_id=account.id,
            role=role,
            unit_id=unit.id if unit else None,
            valid_from=since,
            valid_to=until,
            granted_by=by.id if by else None,
        )
        session.add(given)
        session.flush()
        sessions.end_all(account, Ending.ROLE)
        told(
            account, "account:grant", by, role=role.value, unit_code=unit.code if unit else "",
            since=since, until=until,
        )  # fmt: skip
        return given


def _overlapping(
    account: Account, role: Role, unit: Unit | None, since: date, until: date | None
) -> Select[RoleGrant]:
    """Grants of this role that hold on one of these days, the earliest first."""
    return (
        select(RoleGrant)
        .where(
            RoleGrant.account_id == account.id,
            RoleGrant.role == role,
            RoleGrant.unit_id.is_not_distinct_from(unit.id if unit else None),
            or_(RoleGrant.valid_to.is_(None), since < RoleGrant.valid_to),
            true() if until is None else RoleGrant.valid_from < until,
        )
        .order_by(RoleGrant.valid_from)
    )


def _the_same(held: RoleGrant, since: date, until: date | None) -> RoleGrant:
    """What holds on all of these days is given already. Raises Invalid(`role_held`)."""
    if held.valid_from <= since and held.valid_to == until:
        return held
    raise Invalid(
        "role_held",
        N_("Vai trò này đã giao từ {held_since}; thu hồi trước khi giao với ngày khác."),
        held_since=f"{held.valid_from:%d/%m/%Y}",
        field="since",
    )


def revoke(given: RoleGrant, *, by: Account) -> None:
    """Take a role away, from today on; one that has not begun never holds. Open sessions of the person end."""
    require(roles_of(by), "accounts.write")
    with change() as session:
        given.valid_to = max(clock.today(), given.valid_from)
        given.account.fs_uniquifier = secrets.token_hex(32)
        session.flush()
        sessions.end_all(given.account, Ending.ROLE)
        told(given.account, "account:revoke", by, role=given.role.value)


def set_active(account: Account, active: bool, *, by: Account) -> None:
    """Shut an account or open it again; shutting ends its sessions."""
    require(roles_of(by), "accounts.write")
    with change() as session:
        account.active = active
        account.fs_uniquifier = secrets.token_hex(32)
        session.flush()
        sessions.end_all(account, Ending.SHUT)
        links.spend_all(account)
        told(account, "account:open" if active else "account:shut", by)


def set_language(account: Account, language: str) -> None:
    """A person chooses the language of her screens and letters, `vi` or `en`. Raises Invalid(`language_unknown`)."""
    if language not in LANGUAGES:
        raise Invalid("language_unknown", N_("Ngôn ngữ “{language}” không có."), language=language)
    with change() as session:
        if account.language_chosen and account.language == language:
            return
        before, account.language, account.language_chosen = account.language, language, True
        session.flush()
        told(account, "account:language", account, before=before, after=language)


def told(account: Account, action: str, by: Account | None, **more: Any) -> int:
    """One event on a person's stream, inside the caller's change(); its number there. `by=None` runs the machine."""
    return trail.write(f"account:{account.id}", action, by=by, account=account.id, **more)
