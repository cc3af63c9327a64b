"""Text of a piece: from whatever was typed or mailed to the few elements we keep, and to what is hashed.

The body is HTML of ALLOWED elements only. Everything is NFC.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import nh3

from models.vocabulary import AttachmentKind
from workflow.engine.audit import canonical

ALLOWED = {"p", "h2", "h3", "strong", "em", "ul", "ol", "li", "blockquote", "a", "br", "figure"}
MAX_TITLE = 200
MAX_BODY = 200_000

_OWN_NUMBER = re.compile(r"^(?:Ảnh|Hình|Video)\s+\d{1,3}\s*(?:[.:)-](?:\s+|$)|$)", re.I)
_BLOCK = re.compile(r"<(p|h2|h3|ul|ol|blockquote|figure)\b")
_PICTURE = re.compile(r'<figure data-picture="(\d{1,3})">.*?</figure>', re.S)
_MARKER = re.compile(r"<p>\s*\[Ảnh (\d{1,3})\]\s*</p>")

# What somebody typed is read by these, so each is linear: none begins with a run of blanks that is tried again from
# each of its letters, and none looks past the next "<figure". A zero byte holds a picture's place.
_HELD = "\0"
_FIGURE = re.compile(r"<figure\b((?:(?!</?figure\b).)*+)</figure>", re.S)
_TOLD = re.compile(r'\bdata-trix-attachment="([^"]*)"')
_NUMBER = re.compile(r'"picture":\s*(\d{1,3})\b')
_LINE = re.compile(r"(?<=[>\0])\s*\[Ảnh (\d{1,3})\]\s*(?=[<\0])")
_BREAKS_BEFORE = re.compile(r"(?:<br\s*/?>\s*)+(\0?)")
_PLACE = re.compile(r"\0(\d*)\0(?:\s*<br\s*/?>)*")


def tidy(text: str) -> str:
    """One line of text: NFC, spaces folded."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def body_from_html(html: str) -> str:
    """Clean HTML from an editor or a mail: unknown elements dropped, loose lines turned into paragraphs.

    A picture in its place is `<figure data-picture="N"></figure>`, N its position in the revision; a line that says
    `[Ảnh N]` and nothing else is such a place.
    """
    html = unicodedata.normalize("NFC", html)
    html = re.sub(r"</?(div|section|article)\b[^<>]*>", "\n\n", html)
    html = re.sub(r"<(/?)h1\b[^<>]*>", r"<\1h2>", html)
    html = re.sub(r"<(/?)b\b[^<>]*>", r"<\1strong>", html)
    html = re.sub(r"<(/?)i\b[^<>]*>", r"<\1em>", html)
    html = re.sub(r"(<br\s*/?>\s*){2,}", "\n\n", html)
    blocks = (block.strip() for block in re.split(r"\n\s*\n", _clean(html)))
    kept = (block if _BLOCK.match(block) else f"<p>{block}</p>" for block in blocks if block)
    # Cleaned again: a blank line inside an element has torn it in two, and the page must not.
    body = re.sub(r"<p>\s*(<br>\s*)*+</p>", "", _clean("\n".join(kept))).strip()
    body = _MARKER.sub(r'<figure data-picture="\1"></figure>', body)
    return body if to_plain(body) or "<figure" in body else ""


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=ALLOWED,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "figure": {"data-picture"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )


def body_from_paragraphs(paragraphs: Sequence[str]) -> str:
    """Plain paragraphs to the body's HTML."""
    return "\n".join(f"<p>{escape(tidy(text), quote=False)}</p>" for text in paragraphs if tidy(text))


def unnumbered(caption: str) -> str:
    """A caption without the number its writer gave: pages put the picture's own in front. “Ảnh 2. Bé tưới rau.”"""
    return _OWN_NUMBER.sub("", caption)


def to_plain(body: str) -> str:
    """The body as plain text, a blank line between blocks; for letters, search and differences."""
    text = re.sub(r"</(p|h2|h3|li|blockquote|ul|ol)>", "\n\n", body)
    text = re.sub(r"<br>", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", unescape(re.sub(r"<[^>]+>", "", text))).strip()


def in_editor(file: Any, address: str) -> dict[str, Any]:
    """A picture of the piece as the text editor is told of it; `address` is where it can be seen."""
    return {
        "contentType": file.media_type, "url": address, "width": file.width, "height": file.height,
        "file": file.id, "picture": file.position,
    }  # fmt: skip


def placed(
    files: Iterable[Any], address: Callable[[int], str]
) -> Mapping[int, tuple[Mapping[str, Any], str]]:
    """The pictures of a piece that readers can be shown: position -> (`in_editor` of it, its caption).

    `address`: id of a file -> where it can be seen.
    """
    return {
        file.position: (in_editor(file, address(file.id)), file.caption)
        for file in files
        if file.kind == AttachmentKind.PICTURE and not file.public_refused
    }


def for_editor(body: str, placed: Mapping[int, tuple[Mapping[str, Any], str]]) -> str:
    """The body as the text editor may hold it: it shows pictures as things of its own.

    Another file's place than one of `placed` is a line `[Ảnh N]`.
    """

    def shown(found: re.Match[str]) -> str:
        place = int(found[1])
        if place not in placed:
            return f"<p>[Ảnh {place}]</p>"
        told, caption = placed[place]
        parts = {"attachment": told, "attributes": {"caption": caption} if caption else {}}
        said = " ".join(f'data-trix-{name}="{escape(json.dumps(each))}"' for name, each in parts.items())
        return f"<figure {said}></figure>"

    return _PICTURE.sub(shown, body)


def from_editor(html: str, places: Mapping[int, int | None]) -> str:
    """What the editor sends, its pictures as places again. `places`: number of a picture -> its new one, or none.

    More than a body may hold stays as it is, for the verb to refuse.
    """
    if len(html) > MAX_BODY:
        return html

    def held(found: re.Match[str]) -> str:
        told = _TOLD.search(found[1])
        if told is None:
            return found[0]
        number = _NUMBER.search(unescape(told[1]))
        is_ours = number is not None and int(number[1]) in places
        return f"{_HELD}{number[1] if number and is_ours else ''}{_HELD}"

    def place(found: re.Match[str]) -> str:
        number = int(found[1] or 0)
        new = places.get(number, number)
        return f'\n\n<figure data-picture="{new}"></figure>\n\n' if new else "\n\n"

    html = _FIGURE.sub(held, html.replace(_HELD, ""))
    html = _LINE.sub(rf"{_HELD}\1{_HELD}", html)
    html = _BREAKS_BEFORE.sub(lambda found: found[1] or found[0], html)
    return _PLACE.sub(place, html)


def around_pictures(body: str) -> list[str | int]:
    """The body cut at its pictures: HTML and the positions N of `<figure data-picture="N">`, in reading order."""
    parts: list[str | int] = []
    for number, part in enumerate(_PICTURE.split(body)):
        if number % 2:
            parts.append(int(part))
        elif part.strip():
            parts.append(part.strip())
    return parts


@dataclass(frozen=True)
class PictureWords:
    """A file as a revision shows it; all three are part of the digest."""

    blob: str
    caption: str
    credit: str


def seal(
    *,
    kind: str,
    unit: str,
    author_line: str,
    title: str,
    summary: str,
    section: str | None,
    body: str,
    pictures: Sequence[PictureWords],
) -> tuple[str, str]:
    """The canonical text of a revision and its digest, `sha256:` and 64 hex digits.

    Consent answers are outside it: they are guards of approve and publish, not text.
    """
    text = canonical(
        {
            "kind": kind,
            "unit": unit,
            "author_line": author_line,
            "title": title,
            "summary": summary,
            "section": section,
            "body": body,
            "attachments": [
                {"blob": picture.blob, "caption": picture.caption, "credit": picture.credit}
                for picture in pictures
            ],
        }
    )
    return text, f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


_BASES = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def sort_key(text: str, *, person: bool = False) -> str:
    """A key that sorts as a Vietnamese dictionary does: syllable by syllable, in each letters first, then tones.

    So "hoa mai" stands before "hòa", and every Anh before the first Ánh; people by given name. Stored, because the
    embedded database has no ICU.
    """
    words = tidy(text).lower().split()
    if person and words:
        words = [words[-1], *words[:-1]]
    return " ".join(map(_syllable_key, words))


def _syllable_key(syllable: str) -> str:
    letters, tones = [], []
    for char in syllable:
        base, tone = _split_tone(char)
        letters.append(chr(0x41 + _BASES.index(base)) if base in _BASES else char)
        tones.append(str(tone))
    return "".join(letters) + "\x01" + "".join(tones)


def _split_tone(char: str) -> tuple[str, int]:
    decomposed = unicodedata.normalize("NFD", char)
    tone = next((mark for mark in decomposed if mark in _TONES), "")
    return unicodedata.normalize("NFC", decomposed.replace(tone, "") if tone else decomposed), _TONES[tone]
