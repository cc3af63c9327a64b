"""The public copies of pictures and videos, and no other file: `/anh/<blob>` answers what stands on a page now."""

from collections.abc import Callable, Mapping

from flask import Response, abort, request

from workflow import storage
from workflow.queries import forum as read


def picture(blob: str) -> Response:
    with read.reading() as connection:
        media_type = read.media_type(connection, blob)
    if media_type is None:
        abort(404)
    file = storage.Reading(blob)
    answer = Response(file, mimetype=media_type)
    answer.content_length = file.size
    answer.set_etag(blob)
    # The bytes under a digest never change. Private: no cache between us and the reader may go on showing a
    # picture after it was taken down; the reader's own browser asks by the page, which no longer names it.
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # A telephone asks for a film in parts, and one may go on from its middle: no more is read than is asked for.
    return answer.make_conditional(request, accept_ranges=True, complete_length=file.size)


ADDRESSES: Mapping[str, Callable[..., Response]] = {"/anh/<blob>": picture}
