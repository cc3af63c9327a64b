"""Vietnamese first, English second: chosen per person, until then per visitor (R14).

The Vietnamese sentences of the house are the message ids. `workflow/translations/en` says them in English and
`workflow/translations/vi` says in Vietnamese what WTForms brings along in English.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

import flask_admin.babel
from babel.support import NullTranslations
from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    g,
    has_app_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_admin.form import BaseForm
from flask_babel import Babel, Domain, force_locale, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms.meta import DefaultMeta

from workflow import accounts, clock
from workflow.catalogues import catalogue
from workflow.wording import LANGUAGES

COOKIE_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


class Catalogues(Domain):
    """The house's words. `here` tells the language of the page; asked for with every word."""

    def __init__(self, here: Callable[[], str]) -> None:
        super().__init__()
        self.here = here

    def get_translations(self) -> NullTranslations:
        """Outside a request, and where there is no catalogue: the message ids themselves, Vietnamese."""
        return catalogue(self.here() if has_app_context() else "")

    @lru_cache(maxsize=4096)  # noqa: B019  (one for each application; asked hundreds of times a page)
    def safe(self, language: str, words: str) -> Markup:
        """Words as a page shows them: what we have written is safe, what will be put into it is not."""
        return Markup(catalogue(language).gettext(words))  # noqa: S704

    @pass_eval_context
    def said(self, page: EvalContext, words: str, /, **named: Any) -> str:
        """`_` of the templates, which mean by it what Jinja does: a page asks a hundred times, so it asks shortly."""
        said = self.safe(self.here(), str(words))
        shown = said if page.autoescape else str(said)
        return shown % named if named or "%" in shown else shown


class HouseBabel(Babel):
    """Flask-Babel with our catalogues."""

    here: Callable[[], str]

    @cached_property
    def domain_instance(self) -> Catalogues:
        return Catalogues(self.here)


def speak(app: Flask, here: Callable[[], str]) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE=str(clock.ZONE),
        # Flask-WTF would ask WTForms' own catalogues, which know no Vietnamese.
        WTF_I18N_ENABLED=False,
    )
    babel = HouseBabel(app, locale_selector=chosen)
    babel.here = here
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = babel.domain_instance.said
    # Forms of all kinds, plain, Flask-WTF's and Flask-Admin's, have no nearer place in common for their words.
    for meta in (DefaultMeta, BaseForm.Meta):
        meta.get_translations = _form_words
    lend(flask_admin.babel.domain)
    app.register_blueprint(blueprint)
    app.context_processor(around)


def lend(library: Domain) -> None:
    """Let a library take its words from our catalogues: its own Vietnamese is a machine's, or there is none."""
    library.get_translations = _ours


def _form_words(_meta: DefaultMeta, _form: object) -> NullTranslations:
    return _ours()


def _ours() -> NullTranslations:
    if "babel" not in current_app.extensions:
        return NullTranslations()  # an application that is not the house, in the same process
    words: NullTranslations = get_translations()
    return words


def chosen() -> str:
    """The language a person has chosen herself, else the cookie the switch sets, also from before she signed in."""
    own = current_user.language if getattr(current_user, "language_chosen", False) else ""
    wanted = own or request.cookies.get("language", "")
    return wanted if wanted in LANGUAGES else getattr(current_user, "language", "vi")


def around() -> dict[str, Any]:
    """For every layout: the language of the page, and the switch to the other one."""
    here = str(get_locale())
    others = [
        {"code": code, "label": name, "url": url_for("language.switch", code=code, ve=place())}
        for code, name in LANGUAGES.items()
        if code != here
    ]
    return {"language": here, "languages": others}


def place() -> str:
    """Where the reader is, as far as one can come back to it; else the first page inside, or of the forum."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return url_for("arriving.onward") if current_user.is_authenticated else "/"
    return request.full_path.removesuffix("?")


@blueprint.get("/ngon-ngu/<code>")
def switch(code: str) -> Response | str:
    """A visitor's choice is kept in her browser; a person's is her account's, which no link may change: it asks."""
    if code not in LANGUAGES:
        abort(404)
    if not current_user.is_authenticated:
        return remembered(code)
    # In the language that is asked for: who wants it may read no other. `g` is asked before Babel is, by `here`.
    g.look_language = code
    with force_locale(code):
        return render_template("gate/language.html", code=code, name=LANGUAGES[code], back=back())


@blueprint.post("/ngon-ngu/<code>")
def choose(code: str) -> Response:
    """For this browser, and for the person's account when she is signed in."""
    if code not in LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        accounts.set_language(current_user, code)
    return remembered(code)


def remembered(code: str) -> Response:
    answer = redirect(back(), 303)
    answer.set_cookie(
        "language", code, max_age=COOKIE_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return answer


def back() -> str:
    """The page the switch was pressed on: a path of this house, never another's address."""
    path = request.args.get("ve", "/")
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours else "/"
