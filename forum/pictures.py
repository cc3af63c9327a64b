"""The public copies of pictures and videos, and no other file: `/anh/<blob>` answers what stands on a page now."""

from collections.abc import Callable, Mapping

from flask import Response, abort

from look import files
from workflow import storage
from workflow.queries import forum as read


def picture(blob: str) -> Response:
    with read.reading() as connection:
        media_type = read.media_type(connection, blob)
    if media_type is None:
        abort(404)
    answer = files.handed_over(storage.opened(blob), media_type, mark=blob)
    # The bytes under a digest never change. Private: no cache between us and the reader may go on showing a
    # picture after it was taken down; the reader's own browser asks by the page, which no longer names it.
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


ADDRESSES: Mapping[str, Callable[..., Response]] = {"/anh/<blob>": picture}
