"""What people read is Vietnamese in the source and English in the catalogue, and both say the same (R14)."""

import re
import string
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from gate.language import LANGUAGES
from look import signs
from workflow import accounts, definitions
from workflow.catalogues import catalogue

HOUSE = Path(__file__).parents[2]
FOLDER = HOUSE / "workflow" / "translations"
ROOMS = ("workflow", "gate", "admin", "portal", "forum", "look", "tasks")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
PERCENT = re.compile(r"%(?:\((\w+)\))?[ds%]")

Sentence = str | tuple[str, ...]


@cache
def sources() -> dict[Sentence, str]:
    """Each sentence of the source, and the first file that says it."""
    with (FOLDER / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found: dict[Sentence, str] = {}
    for room in ROOMS:
        for file, _line, sentence, _comments, _context in extract_from_dir(
            HOUSE / room, methods, options, keywords=KEYWORDS
        ):
            found.setdefault(sentence, f"{room}/{file}")
    return found


def written(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


def entries() -> list[Message]:
    return [message for message in written("en") if message.id]


def parts(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence)


def fields(text: str) -> set[str]:
    """The names in {braces} and in %(brackets)s."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} | set(
        PERCENT.findall(text)
    )


def test_every_sentence_has_its_english():
    known = {message.id for message in entries() if all(parts(message.string)) and not message.fuzzy}
    # A word that is said of one and of many has one entry, which answers both questions.
    known |= {parts(sentence)[0] for sentence in known}

    assert {says: where for says, where in sources().items() if says not in known} == {}, "make words"


NEVER_ONE = {
    "So sánh %(n)s phiên bản", "So sánh thay đổi giữa %(n)s phiên bản", "Tất cả %(n)s bài theo bộ lọc", "%(n)s ngày",
    "Đã tính lại %(n)s mục, mỗi mục khớp mã băm và nối đúng mục trước; kiểm tra lúc %(at)s.",
}  # fmt: skip
"""Said only where there are more than one."""
COUNTED = re.compile(r"(?<!At most )(?<!for )(?:%\(n(?:um)?\)[sd]) (?:\w+ )?\w+s\b")


def test_one_of_a_thing_is_said_as_one_in_english_and_nothing_is_said_twice():
    said = {message.id: message.string for message in entries() if isinstance(message.id, str)}
    halves = {key: says[: len(says) // 2] for key, says in said.items()}

    assert {key for key, says in said.items() if COUNTED.search(says)} - NEVER_ONE == set()
    assert [key for key, half in halves.items() if half and half * 2 == said[key]] == []


def test_the_catalogue_keeps_no_sentence_that_nobody_says():
    assert [message.id for message in entries() if message.id not in sources()] == [], "make words"


def test_both_languages_name_the_same_things():
    differing = [
        message.id
        for message in entries()
        for said in parts(message.string)
        if fields(said) != fields(parts(message.id)[0])
    ]

    assert differing == []


def test_both_begin_and_end_alike_where_a_sentence_is_joined_to_another():
    edges = [
        message.id
        for message in entries()
        for said in parts(message.string)
        if (said[:1].isspace(), said[-1:].isspace())
        != (parts(message.id)[0][:1].isspace(), parts(message.id)[0][-1:].isspace())
    ]

    assert edges == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_composed_and_nobody_is_shouted_at(language):
    said = [text for message in written(language) if message.id for text in parts(message.string)]
    said += [text for sentence in sources() for text in parts(sentence)] if language == "en" else []

    assert [text for text in said if unicodedata.normalize("NFC", text) != text] == []
    assert [text for text in said if "!" in text] == []


def test_a_state_is_called_alike_wherever_it_is_named():
    english = catalogue("en")
    states = definitions.newest("monthly-submission").definition.states.values()

    assert {code: sign.says for code, sign in signs.PHASES.items()} == {
        state.phase: state.label.vi for state in states
    }
    assert {state.label.vi: english.gettext(state.label.vi) for state in states} == {
        state.label.vi: state.label.en for state in states
    }


def test_the_languages_people_choose_are_those_an_account_may_have():
    assert tuple(LANGUAGES) == accounts.LANGUAGES


def test_without_a_catalogue_the_house_speaks_vietnamese():
    assert catalogue("xx").gettext("Gửi bài") == "Gửi bài"
