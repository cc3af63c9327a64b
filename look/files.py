"""A file that somebody sent, as an answer: never a page of ours, and of a film no more than is asked for."""

import os
from typing import BinaryIO

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

PART_BYTES = 64 * 1024


def handed_over(file: BinaryIO, media_type: str, *, mark: str) -> Response:
    """An open file under its ETag; how long it may be kept is the door's business.

    Flask's `send_file` would read it by the web server's wrapper, and gunicorn's cannot begin in the middle: each
    small part would cost the whole file.
    """
    size = os.fstat(file.fileno()).st_size
    answer = Response(FileWrapper(file, PART_BYTES), mimetype=media_type)
    answer.content_length = size
    answer.set_etag(mark)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    try:
        return answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
