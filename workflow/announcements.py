"""Announcements: published for a while, withdrawn when they were wrong; never rewritten."""

from datetime import datetime
from typing import Any

from models.announcement import Announcement
from models.people import Account
from models.vocabulary import Readers
from workflow import accounts, clock, texts, trail
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require

LONGEST_TITLE, LONGEST_BODY = 150, 2000


def publish(
    title: str, body: str, *, readers: str, since: datetime, until: datetime, by: Account
) -> Announcement:
    """Show it on the first pages from `since` until `until`.

    Raises NotAllowed, Invalid (`title_required`, `too_long`, `readers_required`, `dates_crossed`, `already_over`).
    """
    require(accounts.roles_of(by), "announcements.write")
    title, body = texts.tidy(title), "\n\n".join(filter(None, map(texts.tidy, body.split("\n\n"))))
    if not title:
        raise Invalid("title_required", N_("Vui lòng nhập tiêu đề."), field="title")
    if len(title) > LONGEST_TITLE or len(body) > LONGEST_BODY:
        raise Invalid(
            "too_long",
            N_("Tiêu đề không quá {title} ký tự, nội dung không quá {body} ký tự."),
            title=LONGEST_TITLE,
            body=LONGEST_BODY,
        )
    if readers not in set(Readers):
        raise Invalid("readers_required", N_("Vui lòng chọn người đọc."), field="readers")
    if until <= since:
        raise Invalid("dates_crossed", N_("Ngày kết thúc phải sau ngày bắt đầu."), field="until")
    with change() as session:
        now = clock.now()
        if until <= now:
            raise Invalid("already_over", N_("Thông báo đã hết hạn trước khi đăng."), field="until")
        made = Announcement(
            title=title, body=body, readers=Readers(readers), shown_from=since, shown_until=until,
            written_by=by.id, written_at=now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        _told(
            made,
            "announcement:publish",
            by,
            title=title,
            body=body,
            readers=readers,
            since=since,
            until=until,
        )
        return made


def withdraw(announcement_id: int, *, by: Account) -> None:
    """Show it no more. Raises NotAllowed, NotFound, Invalid(`already_withdrawn`)."""
    require(accounts.roles_of(by), "announcements.write")
    with change() as session:
        found = session.get(Announcement, announcement_id, with_for_update=True)
        if found is None:
            raise NotFound
        if found.withdrawn_at is not None:
            raise Invalid("already_withdrawn", N_("Thông báo này đã được rút."))
        found.withdrawn_at, found.withdrawn_by = clock.now(), by.id
        _told(found, "announcement:withdraw", by, title=found.title)


def _told(about: Announcement, action: str, by: Account, **more: Any) -> None:
    trail.write(f"announcement:{about.id}", action, by=by, **more)
