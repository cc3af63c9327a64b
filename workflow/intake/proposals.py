"""What is proposed out of a mail: pieces with all that belongs to them. The nouns of `composing`."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary import Kind
from workflow.intake import bylines, titles, trimming, wording
from workflow.intake.bylines import Byline
from workflow.intake.drafting import Draft
from workflow.intake.problems import Problem
from workflow.intake.reading import Part


@dataclass(frozen=True)
class Picture:
    """`position` is the number of paragraphs before it; None for one that came beside the text."""

    part: Part
    caption: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Item:
    """One proposed piece. Empty strings and tuples for what the mail does not say."""

    kind: Kind
    title: str
    title_as_typed: str
    """Empty when nobody typed one and `title` was found in the letter, the subject or the first sentence."""
    summary: str
    """The short opening under the headline; not repeated in `paragraphs`."""
    author_line: str
    author_title: str
    school: str
    place: str
    """A district, town or commune the piece names: a hint for "Xác nhận đơn vị", never proof."""
    paragraphs: tuple[str, ...]
    pictures: tuple[Picture, ...]
    videos: tuple[Part, ...]
    documents: tuple[Part, ...]
    """The file it was read from first, then all that came beside it."""
    links: tuple[str, ...]
    source: str
    """`attachment` or `body`."""
    category_hint: str | None
    flags: tuple[str, ...]
    """`title_recased`, `title_proposed`, `kind_guessed`, `author_unknown`, `legacy_font_converted`,
    `legacy_font`, `has_tables`, `body_not_read`, `body_missing`."""


@dataclass(frozen=True)
class Composition:
    items: tuple[Item, ...]
    committee_list: Part | None
    """`committee_lists.members_of` reads it."""
    letter: tuple[str, ...]
    """What the sender says to the office beside the pieces ("ảnh đã xin phép phụ huynh")."""
    problems: tuple[Problem, ...]
    period_code: str | None
    """`KY-2021-05` when the mail names a period or answers a reminder for it."""
    is_reply: bool
    is_forward: bool


def item_of(draft: Draft, *, letter: Sequence[str], subject: str, is_alone: bool) -> Item:
    """`is_alone`: the mail holds no other piece, so the author and place its letter names are this one's."""
    byline = (
        draft.byline or _author_in(letter, is_alone=is_alone, in_body=draft.source == "body") or Byline("")
    )
    school, place = bylines.school_in("\n".join((draft.title, draft.text, *(letter if is_alone else ()))))
    told = wording.leading_kind(trimming.bare_subject(subject)) or wording.sent_kind("\n".join(letter))
    kind = draft.kind or told
    was_capitals = titles.is_capitals(draft.title_as_typed)
    signs = {"title_recased": was_capitals, "kind_guessed": kind is None, "author_unknown": not byline.name}
    placed = [Picture(slot.part, slot.caption, slot.position) for slot in draft.slots if slot.part]
    return Item(
        kind=kind or draft.guessed_kind,
        title=draft.title,
        title_as_typed="" if "title_proposed" in draft.flags else draft.title_as_typed,
        summary=draft.summary,
        author_line=byline.name,
        author_title=byline.title,
        school=byline.school or school,
        place=byline.place or place,
        paragraphs=tuple(draft.paragraphs),
        pictures=(*placed, *(Picture(part) for part in draft.loose_pictures)),
        videos=tuple(draft.videos),
        documents=tuple(draft.documents),
        links=draft.links,
        source=draft.source,
        category_hint=None,
        flags=(*draft.flags, *(flag for flag, holds in signs.items() if holds)),
    )


def _author_in(letter: Sequence[str], *, is_alone: bool, in_body: bool) -> Byline | None:
    """Of several pieces only one typed into the mail is by who signs it ("Người gửi: …")."""
    if is_alone:
        return bylines.named_in("\n".join(letter))
    signed = [line for line in letter if line.casefold().startswith("người gửi")]
    return bylines.named_in("\n".join(signed)) if in_body else None
