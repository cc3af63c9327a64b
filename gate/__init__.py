"""Where people come in: sign-in, language, cross-site protection, and what an error looks like.

One sign-in for all doors; each door then asks `workflow` what the person may do. Imported by `wsgi` only: the doors
know `flask_login.current_user`, and for who is signed in `g.held`, which was read together with her session.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from gate import (
    arriving,
    by_mail,
    clicking,
    devices,
    errors,
    files,
    headers,
    invited,
    language,
    means,
    password,
    quotas,
    second_step,
    signing_in,
    sitting,
    typed,
    wishes,
)
from workflow.settings import settings

blueprint = Blueprint(
    "gate", __name__, template_folder="templates", static_folder="static", static_url_path="/static/gate"
)


def cookie(public_url: str) -> dict[str, Any]:
    """How the session's cookie travels. Over https its name makes browsers refuse one set by a neighbour (T04)."""
    is_secure = public_url.startswith("https:")
    return {
        "SESSION_COOKIE_NAME": "__Host-session" if is_secure else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_PATH": "/",
    }


def believe_proxies(app: Flask) -> None:
    """As many as are known to stand in front. Else all share one address, and one who guesses shuts out all."""
    if proxies := settings().trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def keep(app: Flask, language_here: Callable[[], str]) -> None:
    """Put the gate in front of every door of the application. `language_here` tells the language of a page."""
    believe_proxies(app)
    app.register_blueprint(blueprint)
    for room in (arriving, invited, by_mail, second_step, means, password, devices, wishes, files):
        app.register_blueprint(room.blueprint)
    headers.watch(app)
    typed.refuse_nul(app)
    # A token lives as long as its session: one that ends sooner takes along what somebody wrote meanwhile.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # A mailbox that presses for its reader sends no token of ours; the signed address stands in for it (RFC 8058).
    CSRFProtect(app).exempt(wishes.stop)
    language.speak(app, language_here)
    signing_in.install(app)
    language.lend(app.security.i18n_domain)  # type: ignore[attr-defined]
    clicking.count(app)
    sitting.keep_watch(app)
    quotas.ask(app)
    errors.answer(app)
