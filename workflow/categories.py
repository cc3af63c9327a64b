"""The sections of the forum (R7)."""

from sqlalchemy import select

from models.base import db
from models.people import Account
from models.submission import Category
from workflow import accounts, clock, texts
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
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
        audit.write(
            db.session.connection(),
            "settings:categories",
            "category:add" if before is None else "category:change",
            actor=by.id if by else None,
            at=clock.now(),
            before=before or {},
            after=values,
        )
        return section, "added" if before is None else "changed"
