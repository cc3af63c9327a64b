"""A mail's own words, parted into what speaks to the office and what may be a piece."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.intake import legacy, pages, trimming, wording
from workflow.intake.reading import Line, Mail, Part

_IMAGE_MARK = re.compile(r"\[(?:image|cid|hình ảnh|ảnh)\s*:\s*([^\]]+)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    letter: tuple[Line, ...]
    """Greetings, what is sent, remarks; of a chain of forwards all that the passers-on said."""
    article: tuple[Line, ...]
    """From the first to the last line that is no letter, pictures in their places."""
    legacy_font: str | None
    """`tcvn3` (already converted) or `vni` (not)."""
    forwards: bool
    ornaments: frozenset[Part]
    """Pictures shown only in a signature or in an old mail quoted below."""


def body_of(mail: Mail) -> Body:
    lines, encoding, named = _lines(mail)
    forwards = trimming.is_forward(mail.subject)
    words = trimming.own_words(lines, forwards=forwards)
    # Of a chain of forwards the innermost mail is the piece; all others only passed it on.
    sections = (words.said, *words.forwarded)
    *passing, inner = sections
    told = [at for at, line in enumerate(inner) if line.picture or _is_story(line.text)]
    first, end = (told[0], told[-1] + 1) if told else (0, 0)
    letter = [line for section in passing for line in section]
    letter += [*inner[:first], *inner[end:]]
    return Body(
        letter=tuple(line for line in letter if line.text),
        article=inner[first:end],
        legacy_font=encoding,
        forwards=forwards or bool(words.forwarded),
        ornaments=frozenset(named) - {line.picture for section in sections for line in section},
    )


def _lines(mail: Mail) -> tuple[list[Line], str | None, list[Part]]:
    """The body's lines, the old encoding it was in, and the pictures its pages show."""
    by_id = {part.content_id: part for part in mail.attachments if part.content_id}
    by_name = {part.name: part for part in mail.attachments if part.kind == "picture"}
    lines: list[Line] = []
    encodings: list[str | None] = [None]
    named: list[Part] = []
    for passage in mail.passages:
        page = pages.lines_of(passage.html, by_id) if passage.html else pages.Page((), None)
        named.extend(page.named)
        if passage.picture:
            lines.append(Line(picture=passage.picture))
        elif any(line.text for line in page.lines):
            # A page knows its paragraphs; its text twin is broken at column 76 and has lost the pictures.
            read, encoding = _page_lines(page)
            lines.extend(read)
            encodings.append(encoding)
        elif passage.text:
            text, encoding = legacy.read_text(passage.text)
            lines.extend(_plain_line(line, by_name) for line in trimming.unwrapped(text))
            encodings.append(encoding)
    return lines, next(filter(None, encodings), None), named


def _page_lines(page: pages.Page) -> tuple[list[Line], str | None]:
    if page.legacy_font:
        return list(page.lines), page.legacy_font
    encoding = legacy.detect("\n".join(line.text for line in page.lines))
    if encoding != legacy.TCVN3:
        return list(page.lines), encoding
    return [Line(legacy.convert(line.text), line.picture) for line in page.lines], encoding


def _plain_line(text: str, pictures: Mapping[str, Part]) -> Line:
    """A text twin marks a picture as "[image: name.jpg]"; without its picture the mark says nothing."""
    mark = _IMAGE_MARK.fullmatch(text.strip())
    if mark:
        return Line(picture=pictures.get(mark.group(1).strip()))
    return Line(text.strip())


def _is_story(text: str) -> bool:
    return bool(text) and not wording.is_letter(text)
