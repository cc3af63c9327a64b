"""Filters of a list that somebody named to use them again, for herself or for everybody at the desk."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models.desk import SavedFilter
from models.people import Account
from workflow import accounts, clock, privacy, texts, trail
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import FORBIDDEN, require

LONGEST_NAME = 60
MOST = 30
"""Of one person: more would be a list to search in."""


@patient
def save(name: str, asked: Mapping[str, str], *, is_shared: bool, by: Account) -> SavedFilter:
    """Keep filters under a name; one of the person's own with this name gives way.

    Raises Invalid(`name_required`, `nothing_to_keep`, `too_many`).
    """
    require(accounts.roles_of(by), "submissions.read")
    name = texts.tidy(name)[:LONGEST_NAME]
    if not name:
        raise Invalid("name_required", N_("Vui lòng đặt tên cho bộ lọc."), field="name")
    if not asked:
        raise Invalid("nothing_to_keep", N_("Chưa chọn bộ lọc nào để lưu."))
    with change() as session:
        others = session.scalars(
            select(SavedFilter.name).where(SavedFilter.owner_id == by.id, SavedFilter.name != name)
        ).all()
        if len(others) >= MOST:
            raise Invalid("too_many", N_("Mỗi người lưu tối đa {most} bộ lọc."), most=MOST)
        values = {"asked": dict(asked), "is_shared": is_shared, "saved_at": clock.now()}
        kept = session.scalars(
            insert(SavedFilter)
            .values(owner_id=by.id, name=name, **values)
            .on_conflict_do_update(index_elements=["owner_id", "name"], set_=values)
            .returning(SavedFilter)
            .execution_options(populate_existing=True)
        ).one()
        _told(kept, "filter:save", by, shared=is_shared)
        return kept


@patient
def remove(filter_id: int, *, by: Account) -> None:
    """Take a filter away; only its owner may."""
    with change() as session:
        kept = session.get(SavedFilter, filter_id, with_for_update=True)
        if kept is None:
            raise NotFound
        if kept.owner_id != by.id:
            raise NotAllowed(FORBIDDEN)
        _told(kept, "filter:remove", by)
        session.delete(kept)
        session.flush()


def _told(kept: SavedFilter, action: str, by: Account, **more: Any) -> None:
    # What somebody searches for, and calls it then, is often a name.
    asked = {
        name: privacy.seal(value, about=by.id) if name == "q" else value for name, value in kept.asked.items()
    }
    name = privacy.seal(kept.name, about=by.id)
    trail.write("settings:filters", action, by=by, name=name, asked=asked, **more)
