"""Vietnamese first, English second: chosen per person, else per visitor (R14)."""

from flask import Flask, request
from flask_babel import Babel
from flask_login import current_user

from workflow import clock

LANGUAGES = ("vi", "en")


def speak(app: Flask) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE=str(clock.ZONE),
        BABEL_TRANSLATION_DIRECTORIES=f"{app.root_path}/workflow/translations",
    )
    Babel(app, locale_selector=chosen)
    app.jinja_env.add_extension("jinja2.ext.i18n")


def chosen() -> str:
    """The person's own language, else the cookie the switch sets, else Vietnamese."""
    own = getattr(current_user, "language", None)
    wanted = own or request.cookies.get("language", "")
    return wanted if wanted in LANGUAGES else "vi"
