"""Text leaves packed: pages and sheets go out as gzip to every browser that takes it.

A secret beside words that a stranger chose could be guessed from the length of the packed page (BREACH). Each page
therefore carries a name of random length in its gzip header, which readers ignore: lengths tell nothing any more.
"""

import gzip
import io
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

KINDS = frozenset({
    "text/html", "text/css", "text/javascript", "text/plain", "text/csv", "image/svg+xml",
    "application/json", "application/atom+xml", "application/rss+xml", "application/xml",
})  # fmt: skip
LEAST_BYTES = 600
"""Smaller answers gain nothing."""
MOST_NAME = 96
QUICK, SMALL = 5, 9
"""How hard zlib tries: for what is made anew each time, and for what is packed once."""


def pack(app: Flask) -> None:
    """Called first, so that it sees each answer last, with all its headers on."""
    app.after_request(_packed)


def _packed(answer: Response) -> Response:
    if answer.mimetype not in KINDS or answer.status_code in (204, 206, 304) or request.method == "HEAD":
        return answer
    answer.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or "Content-Encoding" in answer.headers:
        return answer
    if answer.direct_passthrough:
        return _file(answer)
    if answer.is_streamed or (answer.content_length or LEAST_BYTES) < LEAST_BYTES:
        return answer
    return _with(answer, _page(answer.get_data()))


def _file(answer: Response) -> Response:
    """A file of ours, packed once; another release has another edition in its address."""
    name = getattr(getattr(answer.response, "file", None), "name", "")
    if not name or not Path(name).is_relative_to(Path(__file__).parent):
        return answer
    answer.response.close()  # type: ignore[union-attr]
    answer.direct_passthrough = False
    return _with(answer, _small(name, Path(name).stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _small(name: str, _changed: int) -> bytes:
    return gzip.compress(Path(name).read_bytes(), SMALL, mtime=0)


def _page(whole: bytes) -> bytes:
    box = io.BytesIO()
    # Letters only: the name ends at the first zero byte.
    name = secrets.token_urlsafe(MOST_NAME)[: secrets.randbelow(MOST_NAME) + 1]
    with gzip.GzipFile(name, "wb", QUICK, box, mtime=0) as pen:
        pen.write(whole)
    return box.getvalue()


def _with(answer: Response, packed: bytes) -> Response:
    answer.set_data(packed)
    answer.headers["Content-Encoding"] = "gzip"
    tag, is_weak = answer.get_etag()
    if tag and not is_weak:
        # Another form of the same thing: the mark holds for both, byte by byte it no longer does.
        answer.set_etag(tag, weak=True)
    return answer
