"""Every screen is walked in both languages: what is asked of a catalogue is in it, the libraries' words included."""

import re
import sys
import tomllib
from pathlib import Path

import flask_admin
import pytest
from babel.messages.pofile import read_po
from flask_security.core import _default_messages
from sqlalchemy import select

from models.base import db
from models.submission import Category
from tests.endpoints import rules
from tests.house.test_words import HOUSE, parts, sources, written
from workflow import accounts, definitions
from workflow.catalogues import catalogue

DOORS = ("admin", "portal", "gate", "forum", "look")
HIDDEN = {"Action", "Id", "Next", "Seen", "Url", "Csrf Token"}
"""Labels that WTForms makes for hidden fields; no page shows them."""
DATA = re.compile(r"\d{1,2}/\d{4}|(H\.|TX|TP\.) .*")
"""Months and names of units, which the charts hand through the catalogue beside their words; so are the sections'."""


class Heard:
    """Puts itself between the catalogues and who asks them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: dict[str, set[str]] = {"vi": set(), "en": set()}
        for language in self.asked:
            words = catalogue(language)
            for name in ("gettext", "ugettext", "ngettext", "ungettext"):
                monkeypatch.setattr(words, name, self._noting(language, getattr(words, name)), raising=False)

    def _noting(self, language, say):
        def said(sentence, *others):
            self.asked[language].add(sentence)
            return say(sentence, *others)

        return said


def forget() -> None:
    """Make the doors' caches cold: words kept since another test are not asked of the catalogue once more."""
    rooms = [room for name, room in sys.modules.items() if name.partition(".")[0] in DOORS]
    classes = [each for room in rooms for each in vars(room).values() if isinstance(each, type)]
    for holder in (*rooms, *classes):
        for kept in vars(holder).values():
            if isinstance(kept, type(catalogue)):
                kept.cache_clear()


@pytest.fixture
def walked(app, scene, cast, client, monkeypatch) -> Heard:
    """Vietnamese and English persons of every kind have seen every page they may see."""
    forget()
    heard = Heard(monkeypatch)
    walks = (
        (cast.mai, ("desk_", "admin", "means", "devices", "wishes")),
        (cast.son, ("desk_",)),
        (cast.lan, ("portal",)),
    )
    for language in heard.asked:
        for person, doors in walks:
            accounts.set_language(person, language)
            visitor = client.as_(person)
            for rule in rules(app, "GET"):
                if rule.endpoint.startswith(doors) and not rule.endpoint.endswith(".static"):
                    assert visitor.get(scene(rule)).status_code < 500, rule
        for wrong in ({"email": "", "password": ""}, {"email": "x", "password": "y"}):
            stranger = app.test_client()
            stranger.set_cookie("language", language)
            stranger.read_token("/vao/dang-nhap")
            assert stranger.send("/vao/dang-nhap", **wrong).status_code == 200
    return heard


@pytest.mark.database
@pytest.mark.long
def test_no_page_asks_for_words_that_its_language_does_not_have(walked):
    ours = {part for sentence in sources() for part in parts(sentence)}
    english = {part for m in written("en") if m.id and all(parts(m.string)) for part in parts(m.id)}
    libraries = {part for m in written("vi") if m.id for part in parts(m.id)}
    states = [
        state.label for one in definitions.engines().values() for state in one.definition.states.values()
    ]
    sections = [
        name for row in db.session.execute(select(Category.name_vi, Category.name_en)) for name in row
    ]
    said_by_data = HIDDEN | {label.vi for label in states} | {label.en for label in states} | {*sections}
    asked = {
        language: {words for words in heard - said_by_data if not DATA.fullmatch(words)}
        for language, heard in walked.asked.items()
    }

    # What is neither a sentence of ours nor one of a library that we have put into Vietnamese is English on a
    # Vietnamese page; what is not in the English catalogue and not a library's own is Vietnamese on an English one.
    assert sorted(asked["vi"] - ours - libraries) == []
    assert sorted(asked["en"] - english - libraries) == []
    assert len(asked["vi"]) > 500


def test_all_that_the_libraries_can_say_has_our_vietnamese():
    known = {part for m in written("vi") if m.id and all(parts(m.string)) for part in parts(m.id)}
    own = Path(flask_admin.__file__).parent / "translations" / "vi" / "LC_MESSAGES" / "admin.po"
    with own.open("rb") as file:
        flask_admins = {part for m in read_po(file) if m.id for part in parts(m.id)}
    flask_securitys = {str(message) for message, _category in _default_messages.values()}

    assert sorted(flask_admins - known) == []
    assert sorted(flask_securitys - known) == []


TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>|<style.*?</style>|<!--.*?-->", re.S)
SHOWN = re.compile(
    r'(?:aria-label|title|placeholder|alt|label|data-confirm|data-busy|data-missing)="([^"]*)"'
)
CODE = re.compile(r'<p class="code.*?</p>')
LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = {
    "Tòa",
    "Soạn",
    "Zalo",
    "CSV",
    "Excel",
    "JSON",
    "CC",
    "BY",
    "px",
    "KY",
    "GDMN",
    "nbsp",
    "ndash",
    "doctype",
    "html",
}


ICONS = {
    word
    for name in tomllib.loads((HOUSE / "look" / "vendor.toml").read_text("utf-8"))["icons"]["names"]
    for word in name.split("-")
}
"""A macro of look/ answers with the name of an icon."""


@pytest.mark.parametrize("door", DOORS)
def test_no_template_says_a_word_past_the_catalogue(door):
    bare = {}
    for file in sorted((HOUSE / door).rglob("*.html")):
        text = CODE.sub(" ", TAGS.sub(" ", file.read_text("utf-8")))
        said = [*re.split(r"<[^>]*>", text), *SHOWN.findall(text)]
        words = (
            {word for part in said for word in LETTERS.findall(re.sub(r"&\w+;", "", part))}
            - NAMES
            - (ICONS if door == "look" else set())
        )
        if words:
            bare[file.relative_to(HOUSE).as_posix()] = sorted(words)

    assert bare == {}
