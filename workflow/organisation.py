"""Units and their successions: they begin, end, merge and split (R12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from models.base import db
from models.organisation import Succession, Unit
from models.people import Account
from models.vocabulary import SuccessionKind
from workflow import accounts, outbox, texts, trail
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require


@dataclass(frozen=True)
class UnitDescription:
    """A unit as a form or a file describes it."""

    code: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None = None
    short_name: str = ""
    admin_unit: str = ""
    admin_kind: str = ""
    gso_code: str = ""
    successor_codes: Sequence[str] = ()
    aliases: Sequence[str] = ()
    note: str = ""


def by_code(code: str) -> Unit:
    """Raises NotFound. Units are never looked up by a short name: they repeat."""
    found = db.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


@patient
def save_unit(description: UnitDescription, *, by: Account | None) -> tuple[Unit, bool]:
    """Add a unit, or bring the one with this code up to date. Returns it and whether it is new.

    Raises Invalid(`code_required`, `name_required`, `dates_invalid`).
    """
    if by is not None:
        require(accounts.roles_of(by), "units.write")
    _check(description)
    values = _values(description)
    with change() as session:
        unit = session.scalars(
            select(Unit).where(Unit.code == description.code).with_for_update()
        ).one_or_none()
        is_new = unit is None
        before: dict[str, Any] = {}
        if unit is None:
            unit = Unit(**values)
            session.add(unit)
        else:
            before = {name: getattr(unit, name) for name in values if getattr(unit, name) != values[name]}
            for name, value in values.items():
                setattr(unit, name, value)
        session.flush()
        if is_new or before:
            after = {name: values[name] for name in before} if before else {"code": unit.code}
            _told(unit, "unit:add" if is_new else "unit:change", by, before=before, after=after)
        if by is not None and "valid_to" in before and unit.valid_to and unit.successor_codes:
            # Written to by hand only: a register that is read in tells what everybody knows.
            ended_on = unit.valid_to.isoformat()
            outbox.put(
                "letter:unit_succession",
                f"unit:{unit.id}:{ended_on}:letter:unit_succession",
                {"unit": unit.id, "on": ended_on},
            )
        return unit, is_new


@patient
def remove_unit(unit: Unit, *, by: Account) -> None:
    """Remove a unit that nothing was ever booked on. Raises Invalid(`unit_in_use`): give it an end date instead."""
    require(accounts.roles_of(by), "units.write")
    try:
        with change() as session:
            _told(unit, "unit:remove", by, before={"code": unit.code, "name": unit.name})
            session.delete(unit)
            session.flush()
    except IntegrityError as error:
        raise Invalid(
            "unit_in_use", N_("Đơn vị đã có dữ liệu; vui lòng ghi ngày kết thúc thay vì xóa.")
        ) from error


@patient
def add_succession(
    *,
    effective_on: date,
    kind: SuccessionKind,
    from_code: str,
    to_code: str,
    is_primary_heir: bool,
    legal_basis: str,
    note: str = "",
) -> bool:
    """One hand-over between units; False when it is known already. Inside a change()."""
    row = (
        insert(Succession)
        .values(
            effective_on=effective_on,
            kind=kind,
            from_code=from_code,
            to_code=to_code,
            is_primary_heir=is_primary_heir,
            legal_basis=legal_basis,
            note=note,
        )
        .on_conflict_do_nothing()
        .returning(Succession.id)
    )
    if db.session.execute(row).scalar() is None:
        return False
    trail.write(
        "settings:successions",
        "unit:hand_over",
        by=None,
        before={"unit": from_code},
        after={"unit": to_code},
        kind=kind.value,
        on=effective_on,
        legal_basis=legal_basis,
    )
    return True


SHORT_KINDS = {"Thành phố": "TP", "Thị xã": "TX", "Huyện": "H.", "Phường": "P.", "Xã": "Xã"}


def short_name(description: UnitDescription) -> str:
    """`TX Kỳ Anh`, `H. Kỳ Anh`: never without its kind."""
    kind = description.admin_kind or description.admin_unit.split(" ", 1)[0]
    for long, short in SHORT_KINDS.items():
        if kind.lower() == long.lower():
            return f"{short} {description.admin_unit[len(kind) :].strip()}"
    return description.admin_unit or description.name


def _values(description: UnitDescription) -> dict[str, Any]:
    return {
        "code": description.code.strip(),
        "name": texts.tidy(description.name),
        "short_name": texts.tidy(description.short_name) or short_name(description),
        "kind": description.kind,
        "admin_unit": texts.tidy(description.admin_unit),
        "admin_kind": description.admin_kind or description.admin_unit.split(" ", 1)[0],
        "gso_code": description.gso_code,
        "valid_from": description.valid_from,
        "valid_to": description.valid_to,
        "successor_codes": list(description.successor_codes),
        "aliases": list(description.aliases),
        "note": description.note,
        "sort_key": texts.sort_key(description.admin_unit or description.name),
    }


def _check(description: UnitDescription) -> None:
    if not description.code.strip():
        raise Invalid("code_required", N_("Vui lòng nhập mã đơn vị."), field="code")
    if not description.name.strip():
        raise Invalid("name_required", N_("Vui lòng nhập tên đơn vị."), field="name")
    if description.valid_to is not None and description.valid_to <= description.valid_from:
        raise Invalid("dates_invalid", N_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")


def _told(unit: Unit, action: str, by: Account | None, **more: Any) -> None:
    trail.write(f"unit:{unit.id}", action, by=by, unit=unit.id, **more)
