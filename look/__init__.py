"""The clothes the three doors share: layouts, macros, sheets, Vietnamese dates. Knows none of our nouns or verbs.

`wear(app)` once; after that every template may extend look/console.html, look/portal.html or look/forum.html and
import macros from look/parts/. The macros take plain objects or dicts; each file names the attributes it reads.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request, url_for
from flask.templating import Environment
from flask_babel import get_locale
from markupsafe import Markup

from look import english, signs, words
from look.packing import pack as pack

STATIC = Path(__file__).parent / "static"
THEMES = ("light", "dark")

YEAR_SECONDS = 365 * 24 * 3600


class Wardrobe(Blueprint):
    """Our static files: kept for a year when asked for by their edition, else checked each time."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return YEAR_SECONDS if "v" in request.args else super().get_send_file_max_age(filename)


blueprint = Wardrobe(
    "look", __name__, static_folder="static", static_url_path="/static/look", template_folder="templates"
)


class Sewing(Environment):
    """Flask's, but that all templates share one table of globals: none of ours has any of its own.

    Jinja's chain of tables is walked name by name with every import and every include of a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)


FILTERS = (
    "day", "day_month", "month", "weekday", "long_day", "clock_time", "moment", "last_day", "until", "day_input",
    "ago", "span", "waited", "number", "size", "initials", "sentence_start", "digest_groups",
)  # fmt: skip
GLOBALS = ("days_left", "time_left", "along", "of")
"""Names of look/words.py; those that English says otherwise are in look/english.py too."""


def wear(app: Flask, states: Mapping[str, signs.Named] | None = None) -> None:
    """Register the blueprint, the filters and globals of the templates, and the content policy with its nonce.

    `states` are those of the workflow definitions, by name; without them only phases have a sign.
    A policy that a view has set on its own answer is left alone.
    """
    app.jinja_environment = Sewing
    app.register_blueprint(blueprint)
    environment = app.jinja_env
    environment.filters.update({name: spoken(name) for name in FILTERS})
    environment.globals.update(
        icon=icon,
        csp_nonce=csp_nonce,
        look_url=look_url,
        options=options,
        theme=theme,
        signs=signs,
        state_sign=lambda code: state_sign(str(code), states or {}),
        named=named,
        **{name: spoken(name) for name in GLOBALS},
    )
    if "gettext" not in environment.globals:
        # Without Flask-Babel (or before it) the words are shown as they are written: Vietnamese.
        environment.add_extension("jinja2.ext.i18n")
        environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.after_request(set_content_policy)


def spoken(name: str) -> Callable[..., Any]:
    """The form of this name in the language of the page."""
    vietnamese = getattr(words, name)
    says = {"vi": vietnamese, "en": getattr(english, name, vietnamese)}

    @wraps(vietnamese)
    def say(*given: Any, **named: Any) -> Any:
        return says.get(language(), vietnamese)(*given, **named)

    return say


def language() -> str:
    """The reader's, where Flask-Babel knows it; else Vietnamese. A page asks with every word and every date."""
    known: str | None = g.get("look_language")
    if known is None:
        here = get_locale() if "babel" in current_app.extensions else None
        known = g.look_language = here.language if here else "vi"
    return known


def named(vietnamese: str, english: str) -> str:
    """A name that is kept in both languages, as the sections' are, in the reader's."""
    return english if english and language() == "en" else vietnamese


def state_sign(code: str, states: Mapping[str, signs.Named]) -> signs.Sign:
    """The sign of a state, in the words of its definition, or of a phase, in our own."""
    known = states.get(code)
    if known is None:
        return signs.PHASES.get(code, signs.UNKNOWN)
    return signs.PHASES[known.phase]._replace(says=known.says[language()])


def icon(name: str, css: str = "") -> Markup:
    """An icon of the sprite, for eyes only: the words stand beside it. `css`: "icon-16", "icon-24", a tone ..."""
    return _drawn(look_url("vendor/sprite.svg"), name, css)


@cache
def _drawn(sheet: str, name: str, css: str) -> Markup:
    """Kept: a list shows a hundred icons, and there are few of them."""
    return Markup(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(css, sheet, name)


def options(choices: Iterable[tuple[Any, Any]], chosen: Any, label: str) -> Markup:
    """The choices of a filter as `<option>`s, each beginning with the filter's name."""
    return _options(tuple((str(value), str(says)) for value, says in choices), str(chosen), label)


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...], chosen: str, label: str) -> Markup:
    """Kept: every page of a list offers the same hundreds."""
    return Markup("").join(
        Markup('<option value="{}"{}>{}: {}</option>').format(
            value, Markup(" selected") if value == chosen else "", label, says
        )
        for value, says in choices
    )


@cache
def edition(filename: str) -> str:
    """A mark that changes with the file, so that browsers may keep it for a year. Empty when it is not there."""
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


@cache
def stand_alone() -> str:
    """The sheet of a workflow's picture with its colours put in, for a file that is shown without our others."""
    day = (STATIC / "css" / "tokens.css").read_text("utf-8")
    colours = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9A-Fa-f]{6}|[^;]*sans-serif);", day))
    sheet = (STATIC / "css" / "diagram.css").read_text("utf-8")
    drawn = "\n".join(line for line in sheet.splitlines() if line.startswith(".workflow"))
    return re.sub(r"var\((--[a-z0-9-]+)\)", lambda name: colours.get(name[1], name[0]), drawn)


def look_url(filename: str) -> str:
    return _address(request.script_root, filename)


@cache
def _address(_root: str, filename: str) -> str:
    """Kept: a page names a dozen of our files, its icons' sheet a hundred times, and each has one address."""
    return url_for("look.static", filename=filename, v=edition(filename) or None)


def csp_nonce() -> str:
    """One per request; script and style elements carry it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def theme() -> str:
    """The person's choice from the cookie `theme`: "light", "dark", or "" to follow the system."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def set_content_policy(answer: Response) -> Response:
    """What a page may load and run. A page that shows one of ours in a frame has said so: `g.frames = "'self'"`."""
    nonce, frames = csp_nonce(), g.get("frames", "'none'")
    answer.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
        f"manifest-src 'self'; frame-src {frames}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    return answer
