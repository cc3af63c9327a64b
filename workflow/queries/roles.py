"""Which roles somebody holds on a day, her own and lent ones: expressions for other reads to stand on. Reads only."""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    ScalarSelect,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models.people import Account, Delegation, RoleGrant
from models.vocabulary import Role

Day = date | ScalarSelect[date]
Who = int | InstrumentedAttribute[int]
"""An account's id, or the column that has it."""


def today() -> ScalarSelect[date]:
    """The day it is for people, told by the database, once a statement rather than once a row."""
    return select(cast(func.timezone("Asia/Ho_Chi_Minh", func.people_now()), Date)).scalar_subquery()


def held(account: Who, day: Day, *, unit: int | None = None) -> CompoundSelect[Role]:
    """Roles of one's own on a day, at the department and for `unit`, and those that others lend."""
    own = (
        select(RoleGrant.role)
        .where(
            RoleGrant.account_id == account,
            in_force(day),
            or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id == unit),
        )
        .correlate(Account)
    )
    return own.union(_lent(account, day).correlate(Account))


def in_force(day: Day) -> ColumnElement[bool]:
    """Of a RoleGrant."""
    return and_(RoleGrant.valid_from <= day, or_(RoleGrant.valid_to.is_(None), day < RoleGrant.valid_to))


def _lent(account: Who, day: Day) -> Select[Role]:
    """Roles that others lend to the account on a day, and still hold themselves."""
    lender = aliased(Account)
    return (
        select(Delegation.role)
        .join(lender, and_(lender.id == Delegation.from_account_id, lender.active))
        .join(
            RoleGrant,
            and_(
                RoleGrant.account_id == Delegation.from_account_id,
                RoleGrant.role == Delegation.role,
                in_force(day),
            ),
        )
        .where(Delegation.to_account_id == account, Delegation.valid_from <= day, day < Delegation.valid_to)
    )
