"""The lines of one piece taken apart: title, summary, paragraphs, captions in their places, author."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.vocabulary import Kind
from workflow.intake import bylines, titles, wording
from workflow.intake.bylines import Byline
from workflow.intake.reading import Line, Part

MAX_SUMMARY_CHARS = 240
SHORT_NEWS_WORDS = 180
"""A piece whose kind nobody names is news up to here and an article beyond."""

_LETTERHEAD = re.compile(
    r"cộng h[òo]a xã hội chủ nghĩa việt nam|độc lập\s*[-–]\s*tự do\s*[-–]\s*hạnh phúc|[-–_*=\s]+"
    r"|(?:tin|bài|tin,? bài)(?:\s+(?:viết|tức))?(?:\s+(?:tháng|t)\s*\d.*)?",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"(?:ủy ban|uỷ ban|ubnd|sở|phòng|trường|ban truyền thông)\b", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"”]+")


@dataclass
class Slot:
    """A picture's place: its caption, the picture once known, and how many paragraphs stand before it."""

    position: int
    caption: str = ""
    number: int = 0
    part: Part | None = None


@dataclass
class Draft:
    """One piece on its way; `composing` makes an Item of it."""

    source: str
    number: int = 0
    kind: Kind | None = None
    name: str = ""
    """Of the file it came in, for telling which pictures are its own."""
    title_as_typed: str = ""
    summary: str = ""
    paragraphs: list[str] = field(default_factory=list)
    byline: Byline | None = None
    slots: list[Slot] = field(default_factory=list)
    loose_pictures: list[Part] = field(default_factory=list)
    videos: list[Part] = field(default_factory=list)
    documents: list[Part] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(filter(None, (self.summary, *self.paragraphs)))

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.rstrip(".,;)") for link in _LINK.findall(self.text)))

    @property
    def title(self) -> str:
        """To propose: out of capitals where it was typed in capitals, its first letter a capital."""
        cased = titles.sentence_case(self.title_as_typed, self.text)
        return cased[:1].upper() + cased[1:]

    @property
    def guessed_kind(self) -> Kind:
        words = len(self.text.split())
        if self.videos and not self.loose_pictures and words < 60:
            return Kind.VIDEO
        return Kind.NEWS if words <= SHORT_NEWS_WORDS else Kind.ARTICLE

    def fill_slots(self) -> None:
        """Gives captions that wait for a picture the loose ones: by number first, then in order."""
        for picture in list(self.loose_pictures):
            number = wording.picture_number(picture.name)
            empty = [slot for slot in self.slots if slot.part is None]
            fitting = next((slot for slot in empty if number and slot.number == number), None)
            chosen = fitting or (empty[0] if empty and not number else None)
            if chosen:
                chosen.part = picture
                self.loose_pictures.remove(picture)


def draft_of(lines: Sequence[Line], *, source: str, title: str = "") -> Draft:
    """`source` is `attachment` or `body`. Without `title` the first line is it, letterheads passed over."""
    draft = Draft(source=source)
    lines = list(lines)
    if not title:
        title, lines = _take_title(lines)
    lines, draft.byline = _take_byline(lines)
    draft.title_as_typed = wording.without_label(title)
    draft.kind = wording.leading_kind(title) if title != draft.title_as_typed else None
    for line in lines:
        _place(draft, line)
    _take_summary(draft)
    return draft


def _take_title(lines: list[Line]) -> tuple[str, list[Line]]:
    words = [at for at, line in enumerate(lines) if line.text]
    for position, at in enumerate(words):
        text = lines[at].text
        after = lines[words[position + 1]].text if position + 1 < len(words) else ""
        both_capitals = titles.is_capitals(text) and titles.is_capitals(after)
        if _LETTERHEAD.fullmatch(text) or (both_capitals and _OFFICE.match(text) and len(text) <= 60):
            continue
        if both_capitals and len(text) + len(after) <= titles.MAX_TITLE_CHARS and not wording.heading(after):
            # One headline that was broken in two by hand.
            return f"{text} {after}", lines[words[position + 1] + 1 :]
        return text, lines[at + 1 :]
    return "", lines


def _take_byline(lines: list[Line]) -> tuple[list[Line], Byline | None]:
    """Looks at the last three lines with words, and at the first: some put the author under the headline."""
    words = [at for at, line in enumerate(lines) if line.text]
    for at in (*reversed(words[-3:]), *words[:1]):
        byline = bylines.read(lines[at].text)
        if byline:
            return lines[:at] + lines[at + 1 :], byline
    return lines, None


def _place(draft: Draft, line: Line) -> None:
    here = len(draft.paragraphs)
    last = draft.slots[-1] if draft.slots and draft.slots[-1].position == here else None
    number = wording.caption_number(line.text) if line.text else None
    if line.picture:
        if last and last.part is None:
            last.part = line.picture
        else:
            draft.slots.append(Slot(here, part=line.picture))
    elif number is not None:
        caption = line.text[:1].upper() + line.text[1:]
        if last and last.part and not last.caption:
            last.caption, last.number = caption, number
        else:
            draft.slots.append(Slot(here, caption, number))
    elif line.text:
        draft.paragraphs.append(line.text)


def _take_summary(draft: Draft) -> None:
    """The short paragraph under the headline (the "sa-pô"), when longer text follows it."""
    if len(draft.paragraphs) < 3 and not (len(draft.paragraphs) == 2 and draft.source == "attachment"):
        return
    first, rest = draft.paragraphs[0], " ".join(draft.paragraphs[1:])
    has_picture_before = any(slot.position == 0 for slot in draft.slots)
    if len(first) <= MAX_SUMMARY_CHARS and len(rest) > 1.5 * len(first) and not has_picture_before:
        draft.summary = draft.paragraphs.pop(0)
        for slot in draft.slots:
            slot.position -= 1
