"""The pages: home, a section, a unit, a piece, the archive, search, and how to have a picture taken down (R7, R8)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, request, url_for
from markupsafe import Markup

from forum import frame
from forum.freshness import page
from models.vocabulary import Kind
from workflow import texts
from workflow.queries import forum as read
from workflow.settings import settings

READING_SPEED = 220
"""Syllables a minute; Vietnamese is written syllable by syllable."""
MAX_PAGES = 500
MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
STORIES = [Kind.NEWS.value, Kind.ARTICLE.value]
MATERIALS = [Kind.MATERIAL.value, Kind.VIDEO.value]


def home() -> Response:
    with frame.opened() as connection:
        return page(
            "forum/home.html",
            stories=_stories(read.newest(connection, limit=10, kinds=STORIES)),
            materials=_stories(read.newest(connection, limit=4, kinds=MATERIALS)),
        )


def section(code: str) -> Response:
    with frame.opened() as connection:
        found = next((one for one in read.sections(connection) if one.code == code), None)
        if found is None:
            heir = read.merged_into(connection, code) or abort(404)
            return Response(status=301, headers={"Location": url_for("forum.section", code=heir)})
        stories, pager = _listed(read.newest, connection, "forum.section", {"code": code}, section=code)
        return page(
            "forum/section.html",
            section=frame.label(found),
            description=found.description_vi,
            stories=stories,
            pager=pager,
        )


def unit(code: str) -> Response:
    with frame.opened() as connection:
        cards = read.newest(connection, limit=1, unit=code)
        if not cards:
            abort(404)
        stories, pager = _listed(read.newest, connection, "forum.unit", {"code": code}, unit=code)
        return page(
            "forum/unit.html",
            name=cards[0].unit_name,
            pieces=read.published_by(connection, code),
            stories=stories,
            pager=pager,
        )


def piece(slug: str) -> Response:
    with frame.opened() as connection:
        found = read.page(connection, slug)
        if found is None:
            taken_down = read.retraction(connection, slug)
            if taken_down is None:
                abort(404)
            return page("forum/gone.html", status=410, retraction=taken_down)
        beside = read.newest(connection, limit=4, section=found.section_code, except_slug=slug)
        lead, parts, rest = _body(found, read.pictures(connection, found.revision_id))
        return page(
            "forum/piece.html",
            piece=found,
            story=frame.story(found),
            minutes=max(1, round(len(texts.to_plain(found.body).split()) / READING_SPEED)),
            lead=lead,
            parts=parts,
            rest=rest,
            beside=_stories(beside),
            pieces_of_unit=read.published_by(connection, found.unit_code),
            address=_absolute(url_for("forum.piece", slug=slug)),
        )


def archive() -> Response:
    with frame.opened() as connection:
        return page("forum/archive.html", months=read.months(connection))


def archive_month(month: str) -> Response:
    if not MONTH.fullmatch(month):
        abort(404)
    with frame.opened() as connection:
        stories, pager = _listed(
            read.newest, connection, "forum.archive_month", {"month": month}, month=month
        )
        year, number = month.split("-")
        return page("forum/archive_month.html", month=f"{int(number)}/{year}", stories=stories, pager=pager)


def search() -> Response:
    words = unicodedata.normalize("NFC", request.args.get("q", "").replace("\0", " ")).strip()[:200]
    with frame.opened() as connection:
        stories: list[dict[str, Any]] = []
        pager: dict[str, Any] = {}
        if words:

            def matching(found_on: Any, **bounds: int) -> list[read.Card]:
                return read.search(found_on, words, **bounds)

            stories, pager = _listed(matching, connection, "forum.search", {"q": words})
        return page("forum/search.html", search_words=words, stories=stories, pager=pager)


def takedown() -> Response:
    """How to have a picture or a video taken down; a letter for now, so that nobody needs an account for it."""
    with frame.opened() as connection:
        slug = request.args.get("bai", "")[:200]
        is_video = "video" in request.args
        number = request.args.get("video" if is_video else "anh", "")
        found = read.page(connection, slug) if slug else None
        return page(
            "forum/takedown.html",
            piece=found,
            address=_absolute(url_for("forum.piece", slug=found.slug)) if found else "",
            is_video=is_video,
            number=number if number.isascii() and number.isdigit() and len(number) < 4 else "",
            mailbox=settings().intake_address,
        )


ADDRESSES: Mapping[str, Callable[..., Response]] = {
    "/": home,
    "/chuyen-muc/<code>": section,
    "/tu-don-vi/<code>": unit,
    "/bai/<slug>": piece,
    "/luu-tru": archive,
    "/luu-tru/<month>": archive_month,
    "/tim": search,
    "/go-anh": takedown,
}


def _stories(cards: list[read.Card]) -> list[dict[str, Any]]:
    return [frame.story(card) for card in cards]


def _listed(
    find: Callable[..., list[read.Card]],
    connection: Any,
    endpoint: str,
    view_args: dict[str, str],
    **narrowed: Any,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One page of a list and the ways to its neighbours. One row more than shown tells whether there are older."""
    asked = request.args.get("trang", "1")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    number = min(int(asked), MAX_PAGES) or 1 if is_number else 1
    cards = find(connection, limit=read.PER_PAGE + 1, offset=(number - 1) * read.PER_PAGE, **narrowed)
    pager = {
        "number": number,
        "older": url_for(endpoint, **view_args, trang=number + 1) if len(cards) > read.PER_PAGE else None,
        "newer": url_for(endpoint, **view_args, **({"trang": number - 1} if number > 2 else {}))
        if number > 1
        else None,
    }
    return _stories(cards[: read.PER_PAGE]), pager


Photo = dict[str, Any]


def _body(
    found: read.Page, seen: list[read.Picture]
) -> tuple[Photo | None, list[Markup | Photo], list[Photo]]:
    """The text with each picture in its place; the first that has none leads, the others follow the text.

    A place whose picture may not be seen stays empty.
    """
    waiting = {picture.position: _photo(found, picture) for picture in seen}
    parts: list[Markup | Photo] = []
    for part in texts.around_pictures(found.body):
        if isinstance(part, str):
            parts.append(Markup(part))  # noqa: S704  (cleaned by texts.body_from_html when it was written)
        elif part in waiting:
            parts.append(waiting.pop(part))
    rest = list(waiting.values())
    lead = rest.pop(0) if rest else None
    return lead, parts, rest


def _photo(found: read.Page, picture: read.Picture) -> Photo:
    is_video = picture.media_type.startswith("video/")
    which = {"video" if is_video else "anh": picture.position}
    caption = texts.unnumbered(picture.caption)
    return {
        "url": url_for("forum.picture", blob=picture.blob),
        "is_video": is_video,
        "alt": caption or found.title,
        "caption": caption,
        "credit": picture.credit,
        "width": picture.width,
        "height": picture.height,
        "takedown_url": url_for("forum.takedown", bai=found.slug, **which),
    }


def _absolute(path: str) -> str:
    return settings().public_url.rstrip("/") + path
