"""Where people come in: sign-in, language, cross-site protection, and what an error looks like.

One sign-in for all doors; each door then asks `workflow` what the person may do. Imported by `wsgi` only: the doors
know `flask_login.current_user` and no more.
"""

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

from gate import arriving, clicking, errors, files, invited, language, signing_in, typed

blueprint = Blueprint("gate", __name__, template_folder="templates")


def keep(app: Flask) -> None:
    """Put the gate in front of every door of the application."""
    app.register_blueprint(blueprint)
    app.register_blueprint(arriving.blueprint)
    app.register_blueprint(invited.blueprint)
    app.register_blueprint(files.blueprint)
    typed.refuse_nul(app)
    # A token lives as long as its session: one that ends sooner takes along what somebody wrote meanwhile.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
    language.speak(app)
    signing_in.install(app)
    clicking.count(app)
    errors.answer(app)
