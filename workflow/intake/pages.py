"""An HTML body into lines, pictures in their places, quotes marked with "> ", the signature left out.

Nothing is fetched and no markup survives: the lines are text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.intake import legacy
from workflow.intake.reading import Line, Part

_BREAK = re.compile(
    "address|article|blockquote|br|center|d[dlt]|div|fig(?:caption|ure)|footer|form|h[1-6r]|header|li|[ou]l|p|pre"
    "|section|table|t[dhr]"
)
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript", "object", "iframe"})
_SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|\bsignature\b|applemailsignature|ms-outlook-mobile", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_QUOTE = re.compile(r"border-left", re.IGNORECASE)
_FAMILY = re.compile(r"font-family\s*:\s*([^;,]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    legacy_font: str | None
    """`tcvn3` (already converted) or `vni` (not)."""
    named: tuple[Part, ...] = ()
    """Every picture the page shows, those in a signature or an old mail too, which have no line."""


def lines_of(page: str, pictures: Mapping[str, Part]) -> Page:
    """`pictures` by Content-ID. Empty lines are kept: they part paragraphs."""
    # Read here, as Word's library is: most processes never see a page.
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(page.encode("utf-8"), parser)
    except etree.LxmlError:
        tree = None
    if tree is None:
        return Page((), None)
    walk = _Walk(pictures)
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            walk.enter(element)
        else:
            walk.leave(element)
    walk.end_line()
    return Page(tuple(walk.lines), next(iter(walk.encodings), None), tuple(walk.named))


class _Walk:
    """Where the reader stands: what is hidden, quoted, and in which font."""

    def __init__(self, pictures: Mapping[str, Part]) -> None:
        self.pictures = pictures
        self.lines: list[Line] = []
        self.encodings: set[str] = set()
        self.named: list[Part] = []
        self._words: list[str] = []
        self._hidden = 0
        self._quoted = 0
        self._fonts: list[str | None] = [None]

    def enter(self, element: Any) -> None:
        self._hidden += _is_hidden(element)
        if _BREAK.fullmatch(element.tag):
            self.end_line()
        self._quoted += _is_quote(element)
        self._fonts.append(_font(element) or self._fonts[-1])
        if element.tag == "li" and not self._hidden:
            self._words.append("- ")
        if element.tag == "img":
            self._picture(element.get("src") or "")
        self._say(element.text)

    def leave(self, element: Any) -> None:
        if _BREAK.fullmatch(element.tag) and element.tag != "br":
            self.end_line()
        self._fonts.pop()
        self._quoted -= _is_quote(element)
        self._hidden -= _is_hidden(element)
        self._say(element.tail)

    def end_line(self) -> None:
        text = re.sub(r"[\s\xa0]+", " ", "".join(self._words)).strip()
        self._words.clear()
        if text or (self.lines and self.lines[-1].text):
            self.lines.append(Line(f"> {text}" if self._quoted and text else text))

    def _say(self, text: str | None) -> None:
        if not text or self._hidden:
            return
        text, encoding = legacy.read_run(text, self._fonts[-1])
        if encoding:
            self.encodings.add(encoding)
        self._words.append(text)

    def _picture(self, source: str) -> None:
        picture = self.pictures.get(source.removeprefix("cid:")) if source.startswith("cid:") else None
        if picture is None:
            return
        self.named.append(picture)
        if not self._hidden and not self._quoted:
            self.end_line()
            self.lines.append(Line(picture=picture))


def _is_hidden(element: Any) -> bool:
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return (
        element.tag in _UNSEEN
        or bool(_SIGNATURE.search(marks))
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_quote(element: Any) -> bool:
    """Gmail, Apple and Outlook mark quotes so; a bare blockquote is only an indent somebody typed."""
    if element.tag != "blockquote":
        return False
    marks = f"{element.get('class') or ''} {element.get('type') or ''}".casefold()
    return "quote" in marks or "cite" in marks or bool(_QUOTE.search(element.get("style") or ""))


def _font(element: Any) -> str | None:
    if element.tag == "font" and element.get("face"):
        return str(element.get("face")).split(",")[0]
    family = _FAMILY.search(element.get("style") or "")
    return family.group(1) if family else None
