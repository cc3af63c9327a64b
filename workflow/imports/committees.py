"""Committee members from a table such as `committees.csv` (R1)."""

from collections.abc import Iterator
from pathlib import Path

from models.organisation import Committee, Seat
from models.people import Account
from models.vocabulary import SeatKind
from workflow import accounts, committees, organisation
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.imports.rows import ADDED, CHANGED, UNCHANGED, Cells, Outcome, day, day_or_none, each, read_csv

COLUMNS = (
    "unit", "seat", "full_name", "title", "workplace", "role_in_committee", "phone", "email", "valid_from",
)  # fmt: skip
SEATS = {
    "lanh_dao": SeatKind.LEADER,
    "chuyen_vien": SeatKind.SPECIALIST,
    "gv_cbql": SeatKind.TEACHER,
}
WORDS = ("title", "workplace", "role_in_committee", "phone")


def take(path: Path) -> Iterator[Outcome]:
    """Seat the members of a table, found the committees that are missing, correct what is said of those seated.

    A member without an account gets one, without a password: an invitation gives it.
    """
    return each(read_csv(path, needs=COLUMNS), "email", _take)


def _take(row: Cells) -> str:
    kind = SEATS.get(row["seat"])
    if kind is None:
        raise Invalid("seat_unknown", N_("Vị trí “{seat}” không có."), seat=row["seat"], field="seat")
    since, until = day(row["valid_from"]), day_or_none(row.get("valid_to", ""))
    try:
        unit = organisation.by_code(row["unit"])
    except NotFound as error:
        raise Invalid("unit_unknown", N_("Chưa có đơn vị “{unit}”."), unit=row["unit"]) from error
    account = accounts.add(row["email"], full_name=row["full_name"], title=row["title"], by=None)
    committee = committees.found(unit, since=since, by=None)
    words = {name: row[name] for name in WORDS}
    placed = _seat_of(account, committee)
    if placed is not None:
        is_changed = any(getattr(placed, name) != value for name, value in words.items())
        committees.correct(placed, by=None, **words)
        outcome = CHANGED if is_changed else UNCHANGED
    elif until is not None and any(s.account_id == account.id for s in committee.seats):
        return UNCHANGED
    else:
        placed = committees.seat(committee, account, kind, by=None, since=since, **words)
        outcome = ADDED
    if until is not None:
        committees.unseat(placed, on=until, by=None)
        return outcome if outcome == ADDED else CHANGED
    return outcome


def _seat_of(account: Account, committee: Committee) -> Seat | None:
    return next((seat for seat in committees.standing(committee) if seat.account_id == account.id), None)
