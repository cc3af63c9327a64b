"""Founding the house: what the database is for, the directive, and a rehearsal's people.

Everything here may be run again; it adds what is missing and changes nothing that is there.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from models.base import db
from models.directive import Composition, Directive
from models.house import HouseFact
from models.organisation import Seat
from models.people import Account
from models.vocabulary import Role, SeatKind
from workflow import accounts, clock, definitions, schema, trail
from workflow.engine.errors import N_, Invalid, NotRehearsing
from workflow.engine.unit_of_work import change
from workflow.settings import Mode, settings


def set_mode(mode: Mode) -> None:
    """Write down what this database is for, once. Raises Invalid(`other_mode`) when it is for something else."""
    with change() as session:
        fact = session.get(HouseFact, "mode")
        if fact is None:
            session.add(HouseFact(name="mode", value=mode.value))
        elif fact.value != mode.value:
            raise Invalid(
                "other_mode",
                N_("Cơ sở dữ liệu này thuộc chế độ {there}, không phải {here}."),
                there=fact.value,
                here=mode.value,
            )


def lay_down_directive() -> Directive:
    """The directive of April 2021 as a record, when there is none yet."""
    with change() as session:
        found = session.scalars(select(Directive).limit(1)).first()
        if found is not None:
            return found
        source: dict[str, Any] = json.loads(
            (Path(__file__).parent / "definitions" / "directive_2021.json").read_text("utf-8")
        )
        seats = source.pop("composition")
        directive = Directive(**{**source, "valid_from": date.fromisoformat(source["valid_from"])})
        directive.composition = [
            Composition(seat_kind=SeatKind(kind), slot=slot)
            for kind, count in seats.items()
            for slot in range(1, count + 1)
        ]
        session.add(directive)
        session.flush()
        trail.write("settings:directive", "directive:lay_down", by=None, directive=directive.code)
        return directive


_NOTED = text("""
SELECT DISTINCT ON (stream) payload::jsonb ->> 'procedure' AS name, payload::jsonb ->> 'after' AS digest
FROM audit_event WHERE action IN ('procedure:note', 'procedure:change') ORDER BY stream, seq DESC
""")


def note_rules() -> None:
    """Put on record by which rules pieces are judged: the file of each version of each workflow, by its digest.

    A version is not to change once pieces follow it. Where its file is another one all the same, the trail says so,
    and since when.
    """
    if not _unnoted():
        return
    with change() as session:
        session.execute(_ONE_AT_A_TIME)
        for (name, version), before, after in _unnoted():
            trail.write(
                f"procedure:{name}:{version}",
                "procedure:change" if before else "procedure:note",
                by=None,
                procedure=f"{name} {version}",
                before=before,
                after=after,
            )


def _unnoted() -> list[tuple[tuple[str, int], str | None, str]]:
    """(name, version), digest on record, digest of the file: for those that differ."""
    noted = {row.name: row.digest for row in db.session.execute(_NOTED)}
    files = {version: engine.definition.sha256 for version, engine in definitions.engines().items()}
    pairs = [(version, noted.get(f"{version[0]} {version[1]}"), digest) for version, digest in files.items()]
    return [(version, before, after) for version, before, after in pairs if before != after]


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(20210421)")
"""Of the processes that start at once."""

DEMO_PASSWORD = "dien-tap-2021"  # noqa: S105  (shown on the sign-in page of a rehearsal, refused elsewhere)
DEMO_PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("editor@example.edu.vn", "Nguyễn Thị Minh Châu", "Chuyên viên Phòng GDMN", Role.EDITOR),
    ("editor2@example.edu.vn", "Lê Thị Thu Hà", "Chuyên viên Phòng GDMN", Role.EDITOR),
    ("approver@example.edu.vn", "Trần Thị Hải Lý", "Trưởng phòng GDMN", Role.APPROVER),
    ("publisher@example.edu.vn", "Phạm Quốc Huy", "Quản trị Diễn đàn", Role.PUBLISHER),
    ("auditor@example.edu.vn", "Võ Đình Khang", "Thanh tra Sở", Role.AUDITOR),
    ("admin@example.edu.vn", "Đặng Thị Mai", "Quản trị hệ thống", Role.ADMIN),
)


def seat_demo_people(password_hash: str) -> list[Account]:
    """A rehearsal's department: one account per role, all with the same known password. Refused outside it."""
    if not settings().is_demo:
        raise NotRehearsing
    with change():
        people = []
        for email, name, title, role in DEMO_PEOPLE:
            account = accounts.add(email, full_name=name, title=title, by=None, password_hash=password_hash)
            accounts.grant(account, role, by=None, since=date(2021, 4, 1))
            people.append(account)
        return people


def let_units_in(hashed: Callable[[str], str]) -> int:
    """In a rehearsal: committee members without a password get the known one, by one hash; returns how many."""
    if not settings().is_demo:
        raise NotRehearsing
    with change() as session:
        seated = select(Seat.account_id).where(Seat.valid_to.is_(None))
        newcomers = session.scalars(
            select(Account).where(Account.password.is_(None), Account.id.in_(seated))
        ).all()
        password_hash = hashed(DEMO_PASSWORD) if newcomers else None
        for account in newcomers:
            account.password = password_hash
        return len(newcomers)


def take_up(hashed: Callable[[str], str], *, begins: datetime | None = None) -> None:
    """What every process asks before it works: is this our database, in our mode, and founded?

    A rehearsal founds itself: directive and department people; `hashed` hashes their password, and on the clock of
    people it `begins` then, if nobody has set it yet: what founds it is not later than what follows. Raises Invalid
    (`schema_missing`, `schema_behind`, `schema_ahead`, `other_mode`, `not_founded`).
    """
    schema.require_current()
    if settings().is_demo:
        with change() as session:
            # Web, worker and clock that start at once: one founds, the others wait, however long it takes, and find
            # it founded.
            session.execute(text("SET LOCAL lock_timeout = 0"))
            session.execute(_ONE_AT_A_TIME)
            set_mode(Mode.DEMO)
            if begins is not None and clock.rehearsal() is None:
                clock.step(begins)
            lay_down_directive()
            if any(accounts.find(email) is None for email, *_ in DEMO_PEOPLE):
                seat_demo_people(hashed(DEMO_PASSWORD))
            note_rules()
    elif db.session.get(HouseFact, "mode") is None:
        raise Invalid("not_founded", N_("Cơ sở dữ liệu này chưa được khởi tạo. Đề nghị chạy “toasoan init”."))
    else:
        set_mode(Mode.PRODUCTION)
        note_rules()
    db.session.rollback()
