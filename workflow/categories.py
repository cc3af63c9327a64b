"""The sections of the forum (R7)."""

from typing import Any

from sqlalchemy import select, update

from models.base import db
from models.people import Account
from models.submission import Category
from workflow import accounts, clock, texts, trail
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require


def save(
    code: str,
    *,
    name_vi: str,
    name_en: str,
    description_vi: str = "",
    sort: int = 0,
    by: Account | None,
) -> tuple[Category, str]:
    """Add a section, or bring the one with this code up to date; also says `added`, `changed` or `unchanged`.

    Raises Invalid(`code_required`, `name_required`).
    """
    if by is not None:
        require(accounts.roles_of(by), "units.write")
    values = {
        "code": code.strip(),
        "name_vi": texts.tidy(name_vi),
        "name_en": texts.tidy(name_en),
        "description_vi": texts.tidy(description_vi),
        "sort": sort,
    }
    if not values["code"]:
        raise Invalid("code_required", N_("Vui lòng nhập mã chuyên mục."), field="code")
    if not values["name_vi"] or not values["name_en"]:
        raise Invalid("name_required", N_("Vui lòng nhập tên chuyên mục."), field="name_vi")
    with change() as session:
        section = session.scalars(select(Category).where(Category.code == values["code"])).one_or_none()
        before = section and {name: getattr(section, name) for name in values}
        if before == values and section is not None:
            return section, "unchanged"
        if section is None:
            section = Category(**values)
            session.add(section)
        for name, value in values.items():
            setattr(section, name, value)
        session.flush()
        trail.write(
            "settings:categories",
            "category:add" if before is None else "category:change",
            by=by,
            before=before or {},
            after=values,
        )
        return section, "added" if before is None else "changed"


def retire(code: str, *, reason: str, by: Account) -> None:
    """Offer it for new texts no more. Raises NotAllowed, NotFound, Invalid(`reason_required`, `section_ended`)."""
    require(accounts.roles_of(by), "units.write")
    reason = reason_given(reason)
    with change():
        section = _not_merged(code)
        section.retired_at = clock.now()
        _told("category:retire", section, by, reason=reason)


def reopen(code: str, *, by: Account) -> None:
    """Offer a retired one again. Raises NotAllowed, NotFound, Invalid(`not_retired`)."""
    require(accounts.roles_of(by), "units.write")
    with change():
        section = _locked(code)
        if section.retired_at is None or section.merged_into is not None:
            raise Invalid("not_retired", N_("Chuyên mục này đang dùng hoặc đã được gộp."))
        section.retired_at = None
        _told("category:reopen", section, by)


def merge(code: str, into: str, *, reason: str, by: Account) -> None:
    """Let another section show its pieces, and its address lead there. It cannot be undone.

    Raises NotAllowed, NotFound, Invalid (`reason_required`, `section_ended`, `heir_ended`).
    """
    require(accounts.roles_of(by), "units.write")
    reason = reason_given(reason)
    with change() as session:
        section, heir = _not_merged(code), _locked(into)
        if heir.id == section.id or heir.retired_at is not None or heir.merged_into is not None:
            raise Invalid("heir_ended", N_("Vui lòng chọn một chuyên mục khác đang dùng."), field="into")
        section.retired_at, section.merged_into = clock.now(), heir.id
        session.flush()
        # Whoever was merged into it before now goes the whole way in one step.
        session.execute(
            update(Category).where(Category.merged_into == section.id).values(merged_into=heir.id)
        )
        _told("category:merge", section, by, reason=reason, into=heir.code)


def _not_merged(code: str) -> Category:
    section = _locked(code)
    if section.merged_into is not None:
        raise Invalid("section_ended", N_("Chuyên mục này đã được gộp."))
    return section


def _locked(code: str) -> Category:
    found = db.session.scalars(select(Category).where(Category.code == code).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def _told(action: str, section: Category, by: Account, **more: Any) -> None:
    trail.write("settings:categories", action, by=by, category=section.code, **more)
