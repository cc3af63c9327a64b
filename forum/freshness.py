"""Pages that a browser may keep but must ask about: one ETag over all that is shown, no cookie, no nonce.

There is no Last-Modified on pages with pictures: no date tells that a picture was hidden a minute ago (R8).
"""

import hashlib
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import get_locale

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Without nonces: a nonce in a kept page would not match the one in the header of a later 304."""


def page(template: str, *, status: int = 200, **shown: Any) -> Response:
    """Render `template` with `shown`, or say 304 when the reader has just that already.

    Everything in `shown` must have a repr that changes when it does: dataclasses, lists, text, dates.
    """
    mark = _mark(template, shown)
    if status == 200 and request.if_none_match.contains_weak(mark):
        answer = current_app.response_class(status=304)
    else:
        answer = make_response(render_template(template, **shown), status)
    answer.set_etag(mark, weak=True)
    return keep(answer)


def keep(answer: Response) -> Response:
    """The headers of everything public: kept, asked about each time, and nothing but what we serve ourselves."""
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return answer


def _mark(template: str, shown: dict[str, Any]) -> str:
    clothes = [
        current_app.jinja_env.globals["look_url"](f"css/{name}.css")  # type: ignore[operator]
        for name in ("base", "forum")
    ]
    # The day is part of it, so a page drawn by an older release lives a day at most.
    whole = repr((template, clothes, str(get_locale()), g.forum_frame, sorted(shown.items())))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
