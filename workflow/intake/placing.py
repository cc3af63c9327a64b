"""Which piece of a mail a picture, video or document beside it belongs to."""

from collections.abc import Sequence

from workflow import pictures
from workflow.intake import wording
from workflow.intake.drafting import Draft
from workflow.intake.problems import Problem
from workflow.intake.reading import Part

LOGO_SIDE_PIXELS = 100
MIN_LIKENESS = 0.5


def is_ornament(file: Part) -> bool:
    """A picture of at most 100 x 100 pixels: a logo in somebody's signature."""
    if file.kind != "picture":
        return False
    seen = pictures.inspect(file.data)
    return seen.width is not None and max(seen.width, seen.height or 0) <= LOGO_SIDE_PIXELS


def place(file: Part, drafts: Sequence[Draft]) -> Problem | None:
    """Hands a file to the piece its name tells of, else to the one that waits for pictures, or the first.

    `drafts` is not empty. Returns a Problem when it was a guess between several pieces.
    """
    chosen = drafts[0] if len(drafts) == 1 else _told(file, drafts)
    guessed = chosen is None and file.kind == "picture"
    chosen = chosen or drafts[0]
    {"picture": chosen.loose_pictures, "video": chosen.videos}.get(file.kind, chosen.documents).append(file)
    return Problem("picture_guessed", file.name) if guessed else None


def _told(file: Part, drafts: Sequence[Draft]) -> Draft | None:
    number = wording.piece_number(file.name)
    if number:
        numbered = next((draft for draft in drafts if draft.number == number), None)
        if numbered:
            return numbered
        if number <= len(drafts) and not any(draft.number for draft in drafts):
            return drafts[number - 1]
    stem = file.name.rpartition(".")[0]
    likely = max(drafts, key=lambda draft: _likeness(stem, draft))
    if _likeness(stem, likely) >= MIN_LIKENESS:
        return likely
    waiting = [draft for draft in drafts if any(slot.part is None for slot in draft.slots)]
    return waiting[0] if file.kind == "picture" and len(waiting) == 1 else None


def _likeness(stem: str, draft: Draft) -> float:
    # Two words at least: "Anh 1" is like everything.
    if len(stem.split()) < 2:
        return 0.0
    return max(wording.likeness(stem, draft.title_as_typed), wording.likeness(stem, draft.name))
