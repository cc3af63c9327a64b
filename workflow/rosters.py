"""A whole member list taken into a committee at once, after a look at what each line would do (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.base import db
from models.organisation import Committee, Seat
from models.people import Account
from models.vocabulary import SeatKind
from workflow import accounts, committees, texts
from workflow.engine.errors import N_, Invalid, Refusal, ToaSoanError
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require

ADDED, CHANGED, UNCHANGED, LEAVES, REFUSED = "added", "changed", "unchanged", "leaves", "refused"
MOST = 40
"""Lines of one list; a committee has five seats."""


@dataclass(frozen=True)
class Line:
    """One person of a list."""

    full_name: str
    email: str
    seat_kind: str
    title: str = ""
    workplace: str = ""
    phone: str = ""
    role_in_committee: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one line, or of one who is not on the list (`leaves`)."""

    line: Line
    outcome: str
    refusals: tuple[Refusal, ...] = ()


class _OnlyLooking(Exception):
    """Rolls back what a look has done."""


def receive(committee: Committee, *, by: Account) -> None:
    """Put on record that a file with a list came, before it is read: a bad one is as much work (T31).

    Raises NotAllowed.
    """
    require(accounts.roles_of(by), "committees.write")
    with change():
        committees.tell(committee, "committee:read_list", by, files=1)


@patient
def take(
    committee: Committee, lines: Sequence[Line], *, since: date, by: Account, replaces: bool
) -> list[Outcome]:
    """Seat the people of a list from a day on, correct what is said of those seated; a bad line stops no other.

    `replaces`: whoever sits and is not on the list leaves that day. A person without an account gets one, without
    a password. Raises NotAllowed, Invalid(`list_empty`, `too_many`).
    """
    require(accounts.roles_of(by), "committees.write")
    if not lines:
        raise Invalid("list_empty", N_("Danh sách chưa có người nào."))
    if len(lines) > MOST:
        raise Invalid("too_many", N_("Mỗi danh sách không quá {most} người."), most=MOST)
    with change() as session:
        session.refresh(committee, with_for_update=True)
        leaving = _leave(committee, lines, since=since, by=by) if replaces else []
        return [*(_taken(committee, line, since=since, by=by) for line in lines), *leaving]


def foresee(
    committee: Committee, lines: Sequence[Line], *, since: date, by: Account, replaces: bool
) -> list[Outcome]:
    """What `take` would do now; nothing stays of it."""
    found: list[Outcome] = []
    try:
        with change():
            found = take(committee, lines, since=since, by=by, replaces=replaces)
            raise _OnlyLooking
    except _OnlyLooking:
        db.session.expire_all()
    return found


def _leave(committee: Committee, lines: Sequence[Line], *, since: date, by: Account) -> list[Outcome]:
    staying = {line.email.strip().lower() for line in lines}
    gone = [seat for seat in committees.standing(committee) if seat.account.email.lower() not in staying]
    for seat in gone:
        committees.unseat(seat, on=since, by=by)
    return [Outcome(_line_of(seat), LEAVES) for seat in gone]


def _taken(committee: Committee, line: Line, *, since: date, by: Account) -> Outcome:
    try:
        with db.session.begin_nested():
            return Outcome(line, _seated(committee, line, since=since, by=by))
    except ToaSoanError as refused:
        return Outcome(line, REFUSED, tuple(refused.refusals))


def _seated(committee: Committee, line: Line, *, since: date, by: Account) -> str:
    if line.seat_kind not in set(SeatKind):
        raise Invalid("seat_unknown", N_("Vị trí “{seat}” không có."), seat=line.seat_kind[:40])
    if not line.email.strip():
        raise Invalid("email_required", N_("Vui lòng nhập địa chỉ thư."))
    words = {
        name: texts.tidy(getattr(line, name)) for name in ("title", "workplace", "role_in_committee", "phone")
    }
    account = accounts.find(line.email) or accounts.add(
        line.email,
        full_name=texts.tidy(line.full_name),
        title=words["title"],
        by=by,
        needs="committees.write",
    )
    # Read anew: a line before this one may have been undone.
    db.session.expire(committee, ["seats"])
    placed = next((s for s in committees.standing(committee) if s.account_id == account.id), None)
    if placed is None:
        committees.seat(committee, account, SeatKind(line.seat_kind), by=by, since=since, **words)
        return ADDED
    known = {name: value for name, value in words.items() if value}
    if all(getattr(placed, name) == value for name, value in known.items()):
        return UNCHANGED
    committees.correct(placed, by=by, **known)
    return CHANGED


def _line_of(seat: Seat) -> Line:
    return Line(
        seat.account.full_name, seat.account.email, seat.seat_kind, seat.title, seat.workplace, seat.phone
    )
