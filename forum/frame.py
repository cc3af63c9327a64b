"""What stands around every public page: the name, the sections, today, the rehearsal's line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import Connection

from workflow import texts
from workflow.engine.errors import N_
from workflow.queries import forum as read
from workflow.rules.zone import local_day

NAME = N_("Diễn đàn giáo dục Mầm non Hà Tĩnh")
LINE = N_("Nơi giáo viên, nhà trường và gia đình chia sẻ việc nuôi dạy trẻ")
OWNER = N_("Sở Giáo dục và Đào tạo Hà Tĩnh")
ABOUT = N_(
    "Tin, bài do Ban Truyền thông các đơn vị gửi, được biên tập và phê duyệt trước khi đăng."
    " Ảnh có trẻ chỉ đăng khi cha mẹ đồng ý."
)


@dataclass(frozen=True)
class Frame:
    today: date
    rehearsal_at: datetime | None
    """The set clock to the minute, None when people's time is the real one."""
    sections: tuple[read.Section, ...]


@contextmanager
def opened() -> Iterator[Connection]:
    """A reader's connection, with the frame of the page drawn from it."""
    with read.reading() as connection:
        moment = read.moment(connection)
        g.forum_frame = Frame(
            today=local_day(moment.now),
            rehearsal_at=moment.now.replace(second=0, microsecond=0) if moment.is_rehearsal else None,
            sections=tuple(read.sections(connection)),
        )
        yield connection


def signboard() -> dict[str, Any]:
    """For every template of the house: whose forum this is."""
    site = {"name": gettext(NAME), "line": gettext(LINE), "owner": gettext(OWNER), "about": gettext(ABOUT)}
    return {"site": site, "language": str(get_locale() or "vi")}


def around() -> dict[str, Any]:
    """For the forum's own templates."""
    drawn: Frame | None = g.get("forum_frame")
    if drawn is None:
        return {}
    here = (request.view_args or {}).get("code") if request.endpoint == "forum.section" else None
    home = {
        "label": gettext("Trang chủ"),
        "url": url_for("forum.home"),
        "active": request.endpoint == "forum.home",
    }
    return {
        "home_url": url_for("forum.home"),
        "today": drawn.today,
        "rehearsal": {"now": drawn.rehearsal_at} if drawn.rehearsal_at else None,
        "search_url": url_for("forum.search"),
        "sections": [home, *({**label(one), "active": one.code == here} for one in drawn.sections)],
        "foot_links": [
            {"label": gettext("Đề nghị gỡ hình ảnh"), "url": url_for("forum.takedown")},
            {"label": gettext("Theo dõi bài mới (Atom)"), "url": url_for("forum.feed")},
            {"label": gettext("Lưu trữ theo tháng"), "url": url_for("forum.archive")},
            {"label": gettext("Niêm phong nhật ký"), "url": url_for("forum.seals")},
            {"label": gettext("Dành cho đơn vị"), "url": "/don-vi/"},
        ],
    }


def label(section: read.Section) -> dict[str, str]:
    return {
        "code": section.code,
        "label": section.name_en if _is_english() else section.name_vi,
        "url": url_for("forum.section", code=section.code),
    }


def story(card: read.Card) -> dict[str, Any]:
    """A piece as look/parts/reading.html wants it."""
    section = None
    if card.section_code is not None:
        name = card.section_en if _is_english() else card.section_vi
        section = {
            "code": card.section_code,
            "label": name,
            "url": url_for("forum.section", code=card.section_code),
        }
    return {
        "url": url_for("forum.piece", slug=card.slug),
        "title": card.title,
        "summary": card.summary,
        "kind": card.kind,
        "section": section,
        "author": card.author_line or card.school or card.unit_short,
        "author_url": url_for("forum.search", q=card.author_line) if card.author_line else None,
        "author_line": ", ".join(filter(None, (card.author_title, card.school, card.unit_short))),
        "place": card.unit_short,
        "published_on": card.first_published_at,
        "cover_url": url_for("forum.picture", blob=card.cover) if card.cover else None,
        "cover_alt": texts.unnumbered(card.cover_caption),
    }


def _is_english() -> bool:
    return str(get_locale()) == "en"
