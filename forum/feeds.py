"""Atom feeds of all sections and of each (R7)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import feedgenerator
from flask import Response, abort, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection

from forum import frame
from forum.freshness import keep
from workflow import texts
from workflow.queries import forum as read
from workflow.settings import settings

ENTRIES = 30


def feed() -> Response:
    """Everything, newest first."""
    with read.reading() as connection:
        return _atom(connection, gettext(frame.NAME), gettext(frame.LINE), url_for("forum.home"))


def section_feed(code: str) -> Response:
    with read.reading() as connection:
        section = next((one for one in read.sections(connection) if one.code == code), None)
        if section is None:
            abort(404)
        title = f"{section.name_vi} - {gettext(frame.NAME)}"
        return _atom(
            connection, title, section.description_vi, url_for("forum.section", code=code), section=code
        )


ADDRESSES: Mapping[str, Callable[..., Response]] = {
    "/feed.atom": feed,
    "/chuyen-muc/<code>/feed.atom": section_feed,
}


def _atom(connection: Connection, title: str, line: str, path: str, **narrowed: Any) -> Response:
    root = settings().public_url.rstrip("/")
    atom = feedgenerator.Atom1Feed(
        title=title,
        link=root + path,
        description=line,
        language="vi",
        author_name=gettext(frame.OWNER),
        feed_url=root + request.path,
        feed_guid=_tag(path),
    )
    for card in read.newest(connection, limit=ENTRIES, **narrowed):
        address = url_for("forum.piece", slug=card.slug)
        atom.add_item(
            title=card.title,
            link=root + address,
            description=texts.to_plain(card.summary),
            author_name=", ".join(filter(None, (card.author_line, card.school))) or card.unit_name,
            pubdate=card.first_published_at,
            updateddate=card.published_at,
            unique_id=_tag(address),
            categories=[card.section_vi] if card.section_vi else [],
        )
    answer = Response(atom.writeString("utf-8"), content_type=atom.content_type)
    answer.last_modified = _changed(connection, [item["updateddate"] for item in atom.items])
    answer.add_etag()
    return keep(answer.make_conditional(request))


def _changed(connection: Connection, updated: list[datetime]) -> datetime | None:
    """When the list last gained, changed or lost a piece."""
    return max(filter(None, (*updated, read.last_retraction(connection))), default=None)


def _tag(path: str) -> str:
    """An identity that stays when the site's scheme changes (RFC 4151)."""
    return f"tag:{urlsplit(settings().public_url).hostname},2021-04-20:{path}"
