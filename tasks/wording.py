"""From the facts to the letter: subject, text, HTML form, and the short form for Zalo. Pure.

The text is the letter; the HTML form shows the same words again. Rule of the templates: a variable that is
empty takes its whole line with it, so “Lý do: ” never stands there with nothing behind it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tasks.catalogue import LANGUAGES, LETTERS, TAGS, VARIABLES, Kind, Shape
from tasks.figures import FORMS, local
from tasks.html_form import page

FOLDER = Path(__file__).parent / "templates" / "letters"

EMPTY = "\0"
"""Printed for an empty variable; its line is cut out afterwards. No value can hold it: see `clean`."""

# Direction marks are dropped too: they could turn a stranger's title into another sentence on the screen.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class WordingError(ValueError):
    """A letter that cannot be written; the message says which letter and which variable."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter in one language, NFC. `zalo` is one paragraph to copy, or None; `code` ends the subject."""

    kind: str
    language: str
    subject: str
    text: str
    html: str
    zalo: str | None
    code: str | None


STOP = {
    "vi": "Không muốn nhận loại thư này nữa, vui lòng mở: {address}",
    "en": "To stop letters of this kind, please open: {address}",
}
"""The last line of a letter that its reader may do without."""


def render(kind: str, language: str, context: Mapping[str, object], *, unsubscribe: str = "") -> Wording:
    """The letter of this kind in `vi` or `en`. `LETTERS[kind].variables` says what `context` must hold.

    `unsubscribe` is the address that stops such letters; empty where that is not allowed.

    Variables it does not use are ignored. Raises WordingError for an unknown kind or language, and for a
    variable that is missing, empty where it may not be, or not of its shape.
    """
    if kind not in LETTERS:
        raise WordingError(f"no letter is called {kind!r}")
    if language not in LANGUAGES:
        raise WordingError(f"no letter is written in {language!r}")
    letter = LETTERS[kind]
    facts = facts_of(kind, letter, context)
    code = str(facts[letter.code]) if letter.code else None
    parts = source(kind, language)
    say = {part: fill(kind, language, template, facts) for part, template in parts.items()}
    text, footer = paragraphs(say["text"]), paragraphs(source("footer", language)["text"])
    if unsubscribe:
        footer = f"{footer}\n{STOP[language].format(address=unsubscribe)}"
    return Wording(
        kind=kind,
        language=language,
        subject=subject(kind, language, say["Subject"], code),
        text=f"{text}\n\n--\n{footer}\n",
        html=page(language, text, footer, links=links(letter, facts), unsubscribe=unsubscribe),
        zalo=None if EMPTY in say.get("Zalo", EMPTY) else say["Zalo"],
        code=code,
    )


def facts_of(kind: str, letter: Kind, context: Mapping[str, object]) -> dict[str, object]:
    """The letter's variables, cleaned and of the right shape."""
    missing = sorted(letter.variables - context.keys())
    if missing:
        raise WordingError(f"letter {kind!r} lacks {', '.join(missing)}")
    facts = {}
    for name in letter.variables:
        try:
            facts[name] = shaped(VARIABLES[name], context[name])
        except (TypeError, ValueError) as error:
            raise WordingError(f"letter {kind!r}, {name}: {error}") from error
        if is_empty(facts[name]) and name not in letter.may_be_empty:
            raise WordingError(f"letter {kind!r}: {name} is empty")
    return facts


def shaped(shape: Shape, value: object) -> object:
    """The value cleaned and checked against its shape. None stays None, but no rows are no rows."""
    if value is None:
        return [] if shape is Shape.ROWS else None
    match shape, value:
        case (Shape.TEXT | Shape.PROSE, str()):
            fact: object = clean(value, keep_lines=shape is Shape.PROSE)
        case Shape.WHEN, str():
            fact = date.fromisoformat(value) if len(value) == 10 else local(datetime.fromisoformat(value))
        case Shape.WHEN, date():
            fact = local(value)
        case Shape.ROWS, Sequence() if not isinstance(value, str):
            fact = [row(one) for one in value]
        case _ if is_plainly(shape, value):
            fact = value
        case _:
            raise TypeError(f"{value!r} is not of the shape {shape!r}")
    return fact


def is_plainly(shape: Shape, value: object) -> bool:
    """Whether the value is a link, a number or a flag, as it stands."""
    match shape, value:
        case Shape.LINK, str():
            return re.fullmatch(r"https?://[^\s\"<>]+", value) is not None
        case Shape.NUMBER, int():
            return not isinstance(value, bool)
        case _:
            return shape is Shape.FLAG and isinstance(value, bool)


def row(one: object) -> object:
    if isinstance(one, Mapping):
        if "link" in one and not is_plainly(Shape.LINK, one["link"]):
            raise TypeError(f"{one['link']!r} is not a link")
        return {field: clean(value) if isinstance(value, str) else value for field, value in one.items()}
    if isinstance(one, str):
        return clean(one)
    raise TypeError(f"{one!r} is neither a mapping nor a line")


def clean(value: str, *, keep_lines: bool = False) -> str:
    """NFC, nothing unprintable, spaces folded; on one line unless the lines are to be kept."""
    plain = _UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", value.replace("\r\n", "\n")))
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    return paragraphs("\n".join(lines)) if keep_lines else " ".join(" ".join(lines).split())


def is_empty(value: object) -> bool:
    """None, no text or no rows; 0 and False are something."""
    return value is None or value in ("", [])


@cache
def source(name: str, language: str) -> dict[str, str]:
    """A letter's file in parts: its head lines by name, and `text` below the first blank line."""
    content = unicodedata.normalize("NFC", (FOLDER / f"{name}.{language}.txt").read_text(encoding="utf-8"))
    if name == "footer":
        return {"text": content}
    head, _, text = content.partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()) | {"text": text}


@cache
def environment(language: str) -> ImmutableSandboxedEnvironment:
    # No autoescaping: what comes out is plain text. The HTML form is escaped as a whole, in `page`.
    env = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    env.filters |= {name: skip_nothing(form) for name, form in FORMS[language].items()}
    return env


def finalize(value: object) -> object:
    """What a `{{ … }}` prints. A date, a list or a flag must have passed through one of the FORMS first."""
    if isinstance(value, Undefined):
        return str(value)  # raises, and names what is missing
    if is_empty(value):
        return EMPTY
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"{value!r} cannot be printed as it is")
    return value


def skip_nothing(form: Callable[..., object]) -> Callable[..., object]:
    """The form, giving nothing for nothing, so that the line is cut out instead of the letter failing."""
    return lambda value, *more: "" if is_empty(value) else form(value, *more)


def fill(kind: str, language: str, template: str, facts: Mapping[str, object]) -> str:
    try:
        return environment(language).from_string(template).render(facts)
    except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise WordingError(f"letter {kind!r} in {language!r}: {error}") from error


def paragraphs(text: str) -> str:
    """Without the lines that held an empty variable, and with one blank line at most between paragraphs."""
    kept = "\n".join(line.rstrip() for line in text.split("\n") if EMPTY not in line)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def subject(kind: str, language: str, words: str, code: str | None) -> str:
    """`[Trả lại] Đề nghị chỉnh sửa: … (GDMN-2021-05-0012)`."""
    if EMPTY in words:
        raise WordingError(f"letter {kind!r} in {language!r}: a variable of its subject is empty")
    tag = TAGS[LETTERS[kind].tag][language]
    return f"[{tag}] {words} ({code})" if code else f"[{tag}] {words}"


def links(letter: Kind, facts: Mapping[str, Any]) -> list[str]:
    """Our own addresses in the letter, the longest first: one may be the beginning of another."""
    plain = [str(facts[name]) for name in letter.variables if VARIABLES[name] is Shape.LINK]
    lists = [facts[name] for name in letter.variables if VARIABLES[name] is Shape.ROWS]
    listed = [one["link"] for rows in lists for one in rows if isinstance(one, Mapping) and "link" in one]
    return sorted({*plain, *listed}, key=len, reverse=True)
