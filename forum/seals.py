"""The seals of the audit trail, for everybody to keep: every signed note, newest first, and the public keys (R11)."""

from collections.abc import Callable, Mapping

from flask import Response, abort, request, url_for

from forum import frame
from forum.freshness import keep, page
from workflow.queries import forum as read

PER_PAGE = 20
MOST_DIGITS = 18


def seals() -> Response:
    """Paged by key, so that the oldest are as quick as the newest: `truoc` is a size, those below it are shown."""
    before = _number(request.args.get("truoc", ""))
    with frame.opened() as connection:
        found = read.seals(connection, before=before, limit=PER_PAGE + 1)
        shown = found[:PER_PAGE]
        has_older = len(found) > PER_PAGE
        return page(
            "forum/seals.html",
            seals=shown,
            keys=read.seal_keys(connection),
            older=url_for("forum.seals", truoc=shown[-1].size) if has_older else None,
            newer=url_for("forum.seals") if before else None,
        )


def seal(size: str) -> Response:
    """One note as plain text, to the byte as it was signed."""
    with read.reading() as connection:
        found = read.seals(connection, size=_number(size), limit=1)
    if not found:
        abort(404)
    answer = Response(found[0].note, mimetype="text/plain")
    answer.add_etag()
    return keep(answer.make_conditional(request))


ADDRESSES: Mapping[str, Callable[..., Response]] = {
    "/niem-phong": seals,
    "/niem-phong/<size>.txt": seal,
}


def _number(typed: str) -> int:
    """0 for what is no number: no note is that small."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0
