"""Communications Committees: seats by the directive's composition, confirmed when complete (R1)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.base import db
from models.directive import Composition
from models.envelope import CommitteeProposal
from models.organisation import Committee, Seat, Unit
from models.people import Account
from models.vocabulary import CommitteeStatus, Ending, SeatKind
from workflow import accounts, clock, deadlines, outbox, privacy, sessions, trail
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound, Refusal
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require


def in_force(unit: Unit) -> Committee | None:
    return db.session.scalars(
        select(Committee).where(Committee.unit_id == unit.id, Committee.valid_to.is_(None))
    ).one_or_none()


@patient
def found(unit: Unit, *, since: date, by: Account | None) -> Committee:
    """The unit's committee in force; founded by the directive of that day when there is none."""
    _may_write(by)
    with change() as session:
        committee = in_force(unit)
        if committee is None:
            directive = deadlines.directive_on(since)
            committee = Committee(unit_id=unit.id, directive_id=directive.id, valid_from=since)
            session.add(committee)
            session.flush()
            tell(committee, "committee:found", by)
        return committee


@patient
def dissolve(committee: Committee, *, on: date, by: Account) -> None:
    """End a committee and all its seats from a day on; what it sent stays its unit's."""
    _may_write(by)
    with change() as session:
        for seat in standing(committee):
            seat.valid_to = max(on, seat.valid_from)
            sessions.end_all(seat.account, Ending.ROLE)
        committee.valid_to = max(on, committee.valid_from)
        session.flush()
        tell(committee, "committee:dissolve", by, on=on.isoformat())


@patient
def seat(
    committee: Committee,
    account: Account,
    kind: SeatKind,
    *,
    by: Account | None,
    since: date,
    title: str = "",
    workplace: str = "",
    role_in_committee: str = "",
    phone: str = "",
) -> Seat:
    """Put a person on the first free seat of a kind; the committee must be confirmed anew.

    Raises Invalid(`composition_invalid`) when every seat of the kind is taken, Invalid(`duplicate_member`) when
    the person sits there already. Two at once: the database lets one through.
    """
    _may_write(by)
    try:
        with change() as session:
            session.refresh(committee, with_for_update=True)
            # A seat that somebody leaves on a later day is not free before it.
            taken = {
                s.slot
                for s in committee.seats
                if s.seat_kind == kind and (s.valid_to is None or since < s.valid_to)
            }
            free = [slot for slot in _slots(committee, kind) if slot not in taken]
            if not free:
                raise Invalid("composition_invalid", COMPOSITION, field="seat_kind", **_numbers(committee))
            placed = Seat(
                committee_id=committee.id,
                directive_id=committee.directive_id,
                seat_kind=kind,
                slot=free[0],
                account_id=account.id,
                title=title,
                workplace=workplace,
                role_in_committee=role_in_committee,
                phone=phone,
                valid_from=since,
            )
            session.add(placed)
            _unconfirm(committee)
            session.flush()
            tell(committee, "committee:seat", by, account=account.id, seat=kind.value, slot=placed.slot)
            return placed
    except IntegrityError as error:
        if "uq_seat_person" in str(error.orig):
            raise Invalid(
                "duplicate_member",
                N_("Một người không được giữ hai vị trí trong cùng Ban Truyền thông."),
                field="email",
            ) from error
        raise


@patient
def unseat(placed: Seat, *, on: date, by: Account | None) -> None:
    """End a person's time on a seat; the committee must be confirmed anew."""
    _may_write(by)
    with change() as session:
        session.refresh(placed.committee, with_for_update=True)
        placed.valid_to = max(on, placed.valid_from)
        _unconfirm(placed.committee)
        session.flush()
        sessions.end_all(placed.account, Ending.ROLE)
        tell(placed.committee, "committee:unseat", by, account=placed.account_id, seat=placed.seat_kind.value)


@patient
def correct(placed: Seat, *, by: Account | None, **words: str) -> None:
    """Correct title, workplace, role or phone of a seated person; before and after are on record."""
    _may_write(by)
    with change() as session:
        before = {name: getattr(placed, name) for name in words if getattr(placed, name) != words[name]}
        for name in before:
            setattr(placed, name, words[name])
        session.flush()
        if not before:
            return
        told = [
            {name: privacy.seal(side[name], about=placed.account_id) for name in sorted(before)}
            for side in (before, words)
        ]
        tell(
            placed.committee, "committee:correct", by, account=placed.account_id, fields=sorted(before),
            before=told[0], after=told[1],
        )  # fmt: skip


@patient
def confirm(committee: Committee, *, by: Account) -> None:
    """Confirm a complete committee. Raises NotAllowed(`composition_invalid`), on record, when a seat is empty."""
    _may_write(by, "committees.confirm")
    with change() as session:
        # Locked before it is counted: a seat may be given up at this moment.
        session.refresh(committee, with_for_update=True)
        gaps = missing(committee)
        if gaps:
            tell(committee, "committee:refused/composition_invalid", by)
        else:
            now = clock.now()
            committee.status = CommitteeStatus.CONFIRMED
            committee.confirmed_at = now
            committee.confirmed_by = by.id
            session.flush()
            seq = tell(committee, "committee:confirm", by)
            outbox.put(
                "letter:committee_confirmed",
                f"committee:{committee.id}:{seq}:letter:committee_confirmed",
                {"committee": committee.id},
            )
    if gaps:
        raise NotAllowed(Refusal("composition_invalid", COMPOSITION, fields=_numbers(committee)))


@patient
def reopen(committee: Committee, *, reason: str, by: Account) -> None:
    """Take a confirmation back, with a reason."""
    _may_write(by, "committees.confirm")
    reason = reason_given(reason)
    with change() as session:
        _unconfirm(committee)
        session.flush()
        tell(committee, "committee:reopen", by, reason=reason)


@patient
def settle_proposal(proposal_id: int, *, by: Account) -> None:
    """Put a member list that came by mail away: taken over, or not wanted. Settling twice is harmless."""
    _may_write(by)
    with change() as session:
        proposal = session.get(CommitteeProposal, proposal_id, with_for_update=True)
        if proposal is None:
            raise NotFound
        if proposal.settled_at is not None:
            return
        proposal.settled_at, proposal.settled_by = clock.now(), by.id
        session.flush()
        trail.write(
            f"unit:{proposal.unit_id}",
            "committee:settle_proposal",
            by=by,
            unit=proposal.unit_id,
            proposal=proposal.id,
        )


COMPOSITION = N_(
    "Ban Truyền thông phải có {leader:02d} lãnh đạo, {specialist:02d} chuyên viên và"
    " {teacher:02d} giáo viên hoặc cán bộ quản lý."
)


def standing(committee: Committee) -> list[Seat]:
    """The seats taken now, in the order of the official list."""
    order = list(SeatKind)
    taken = [placed for placed in committee.seats if placed.valid_to is None]
    return sorted(taken, key=lambda placed: (order.index(SeatKind(placed.seat_kind)), placed.slot))


def missing(committee: Committee, seats: Mapping[str, int] | None = None) -> Mapping[SeatKind, int]:
    """How many seats of each kind are empty; empty mapping when complete. `seats`: `wanted`, where it is known."""
    empty = Counter({SeatKind(kind): n for kind, n in (seats or wanted(committee)).items()})
    empty.subtract(SeatKind(placed.seat_kind) for placed in standing(committee))
    return {kind: n for kind, n in empty.items() if n > 0}


def wanted(committee: Committee) -> Mapping[str, int]:
    """How many seats of each kind its directive gives a committee."""
    rows = db.session.scalars(
        select(Composition.seat_kind).where(Composition.directive_id == committee.directive_id)
    )
    return Counter(rows)


def _numbers(committee: Committee) -> dict[str, Any]:
    seats = wanted(committee)
    return {kind.value: seats.get(kind, 0) for kind in SeatKind}


def _slots(committee: Committee, kind: SeatKind) -> list[int]:
    return list(
        db.session.scalars(
            select(Composition.slot)
            .where(Composition.directive_id == committee.directive_id, Composition.seat_kind == kind)
            .order_by(Composition.slot)
        )
    )


def _unconfirm(committee: Committee) -> None:
    committee.status = CommitteeStatus.DRAFT
    committee.confirmed_at = None
    committee.confirmed_by = None


def _may_write(by: Account | None, act: str = "committees.write") -> None:
    if by is not None:
        require(accounts.roles_of(by), act)


def tell(committee: Committee, action: str, by: Account | None, **more: Any) -> int:
    """Write an event of a committee, inside the open change()."""
    return trail.write(
        f"committee:{committee.id}", action, by=by, unit=committee.unit_id, committee=committee.id, **more
    )
