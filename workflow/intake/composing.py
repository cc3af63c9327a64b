"""What a mail means: the pieces in it, what belongs to each, what somebody should look at. Proposals all.

A file that holds an article comes before the letter it came with; without one the body is the piece.
Nothing is dropped silently: the caller keeps the raw mail, and what finds no place here becomes a Problem.
"""

import re
from collections.abc import Sequence

from models.vocabulary import Kind
from workflow import filetypes
from workflow.intake import bylines, committee_lists, documents, placing, titles, trimming, wording
from workflow.intake.bodies import Body, body_of
from workflow.intake.documents import Document
from workflow.intake.drafting import Draft, draft_of
from workflow.intake.problems import Problem, Unreadable
from workflow.intake.proposals import Composition, Item, Picture, item_of
from workflow.intake.reading import Line, Mail, Part

__all__ = ["Composition", "Item", "Picture", "compose"]

MIN_ARTICLE_WORDS = 25
MIN_SECTION_CHARS = 80

_PERIOD = re.compile(r"\bKY-(20\d\d)-(0[1-9]|1[0-2])\b", re.IGNORECASE)
_REMINDED = re.compile(r"<nhac-\w+-(20\d\d)-(0[1-9]|1[0-2])-")


def compose(mail: Mail) -> Composition:
    """Reads the mail's words and files and proposes what they are. Raises nothing."""
    work = _Composer(mail, body_of(mail))
    work.read_files()
    work.read_body()
    work.hand_out_files()
    letter = tuple(line.text for line in work.letter)
    is_alone = len(work.drafts) == 1
    return Composition(
        items=tuple(
            item_of(draft, letter=letter, subject=mail.subject, is_alone=is_alone) for draft in work.drafts
        ),
        committee_list=work.committee_list,
        letter=letter,
        problems=tuple(dict.fromkeys(work.problems)),
        period_code=_period_code(mail),
        is_reply=trimming.is_reply(mail.subject),
        is_forward=work.body.forwards,
    )


class _Composer:
    """One mail on its way to being pieces; the three steps above are its methods, in their order."""

    def __init__(self, mail: Mail, body: Body) -> None:
        self.mail = mail
        self.body = body
        self.letter = list(body.letter)
        self.article = list(body.article)
        self.problems = list(mail.problems)
        self.drafts: list[Draft] = []
        self.unread: list[Part] = []
        self.beside: list[Part] = []
        self.committee_list: Part | None = None

    def read_files(self) -> None:
        seen: dict[bytes, str] = {}
        for part in self.mail.attachments:
            if part in self.body.ornaments:
                continue
            if part.data in seen:
                self.problems.append(Problem("twice_in_mail", part.name, seen[part.data]))
                continue
            seen[part.data] = part.name
            if part.kind == "document":
                self._read_document(part)
            elif part.kind == "other":
                self.problems.append(Problem("file_type_not_allowed", part.name))
            else:
                self.beside.append(part)

    def _read_document(self, part: Part) -> None:
        is_sheet = part.media_type == filetypes.XLSX
        is_paper = wording.names_paper(part.name) or is_sheet
        try:
            document = None if is_sheet else documents.text_of(part)
        except Unreadable as why:
            self.problems.append(Problem(why.code, part.name))
            (self.beside if is_paper else self.unread).append(part)
            return
        if (
            committee_lists.is_one(part.name, document)
            if document
            else wording.names_committee_list(part.name)
        ):
            self._take_committee_list(part)
        elif is_paper or document is None:
            self.beside.append(part)
        else:
            self._take_article(part, document)

    def _take_committee_list(self, part: Part) -> None:
        if self.committee_list:
            self.problems.append(Problem("second_committee_list", part.name))
        self.committee_list = self.committee_list or part

    def _take_article(self, part: Part, document: Document) -> None:
        draft = draft_of(document.lines, source="attachment")
        twin = next((other for other in self.drafts if _same(other, draft)), None)
        if twin:
            self.problems.append(Problem("twice_in_mail", part.name, twin.name))
            twin.documents.append(part)
            return
        draft.name, draft.number = part.name, wording.piece_number(part.name) or 0
        draft.kind = wording.leading_kind(part.name) or draft.kind
        draft.documents.append(part)
        draft.flags += ["has_tables"] * bool(document.tables) + _legacy_flags(document.legacy_font)
        self._tell_legacy(document.legacy_font, part.name)
        self.drafts.append(draft)

    def read_body(self) -> None:
        """Pieces that the body itself holds: under headings of their own, or all of it."""
        sections = self._sections()
        self.drafts += [new for new in sections if not any(_same(new, known) for known in self.drafts)]
        self._take_unread()
        if not sections and self._is_story():
            self._take_whole_body()
        else:
            # What is said beside the pieces is for the editor; what only repeats them is not.
            known = wording.fold("\n".join(f"{draft.title_as_typed}\n{draft.text}" for draft in self.drafts))
            self.letter += [
                line for line in self.article if line.text and wording.fold(line.text) not in known
            ]
        if not self.drafts and not self.committee_list:
            said = bool(self.letter or self.mail.attachments)
            self.problems.append(Problem("no_article" if said else "empty_mail"))

    def _is_story(self) -> bool:
        """Whether the body is a piece. Beside files it must be long and new: most repeat the file."""
        if not self.drafts:
            shown = any(part.kind != "document" and not placing.is_ornament(part) for part in self.beside)
            return shown or len(_text(self.article).split()) >= MIN_ARTICLE_WORDS
        long_lines = [line.text for line in self.article if len(line.text) >= MIN_SECTION_CHARS]
        known = wording.fold("\n".join(draft.text for draft in self.drafts))
        is_new = not any(wording.fold(line) in known for line in long_lines)
        return is_new and len(long_lines) >= 2 and not self.unread

    def _sections(self) -> list[Draft]:
        """Pieces under "TIN 3: …" with text below; a mere list of what is attached has none."""
        lines = self.article
        texts = [at for at, line in enumerate(lines) if line.text]
        starts = [at for at in texts if _opens_section(lines, at)]
        if not starts:
            return []
        drafts = []
        for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            number, kind, title = wording.heading(lines[at].text) or (0, Kind.NEWS, "")
            draft = draft_of(lines[at + 1 : end], source="body", title=title)
            draft.number, draft.kind, draft.flags = number, kind, _legacy_flags(self.body.legacy_font)
            drafts.append(draft)
        self.letter += [line for line in lines[: starts[0]] if line.text]
        self.article = []
        self._tell_legacy(self.body.legacy_font)
        return drafts

    def _take_unread(self) -> None:
        """A file that cannot be read yet is a piece by its name, unless it is a copy of one that was read."""
        titles_told = wording.quoted_titles(_text(self.letter))
        for part in self.unread:
            stem = wording.fold(part.name.rpartition(".")[0])
            is_copy = any(stem == wording.fold(draft.name.rpartition(".")[0]) for draft in self.drafts)
            if is_copy or (part.media_type == filetypes.PDF and self.drafts):
                self.beside.append(part)
                continue
            told = titles_told.pop(0) if titles_told else ""
            # With one such file the letter is all the text there is; with several nobody knows whose it is.
            lines = [*self.letter, *self.article] if len(self.unread) == 1 else []
            lines = [line for line in lines if line.text and not wording.is_greeting(line.text)]
            draft = draft_of(lines, source="body", title=told or titles.from_file_name(part.name))
            draft.name, draft.number = part.name, wording.piece_number(part.name) or 0
            draft.kind = wording.leading_kind(part.name)
            draft.summary, draft.paragraphs = "", [line.text for line in lines if not bylines.read(line.text)]
            draft.documents.append(part)
            draft.flags += ["body_not_read"] + ["title_proposed"] * (not told)
            self.drafts.append(draft)

    def _take_whole_body(self) -> None:
        first = next((line.text for line in self.article if line.text), "")
        rest = _text(self.article)[len(first) :]
        title, flags = "", _legacy_flags(self.body.legacy_font)
        if not titles.is_title(wording.without_label(first), rest):
            told = wording.quoted_titles(_text(self.letter))
            subject = trimming.bare_subject(self.mail.subject)
            title = next(
                filter(None, (*told, titles.from_subject(subject), titles.from_text(first), subject)), ""
            )
            flags.append("title_proposed")
        draft = draft_of(self.article, source="body", title=title)
        draft.flags = flags + ["body_missing"] * (not draft.text)
        self._tell_legacy(self.body.legacy_font)
        self.drafts.append(draft)

    def hand_out_files(self) -> None:
        """Pictures, videos and papers to the pieces they belong to."""
        placed = {slot.part.data for draft in self.drafts for slot in draft.slots if slot.part}
        for draft in self.drafts:
            draft.slots = [slot for slot in draft.slots if not (slot.part and placing.is_ornament(slot.part))]
        for file in self.beside:
            if file.data in placed or placing.is_ornament(file):
                continue
            if not self.drafts:
                self.problems.append(Problem("file_set_aside", file.name))
            elif problem := placing.place(file, self.drafts):
                self.problems.append(problem)
        for draft in self.drafts:
            draft.fill_slots()
            for slot in draft.slots:
                if slot.part is None:
                    shown = draft.name or draft.title
                    self.problems.append(Problem("picture_missing", shown, slot.caption))

    def _tell_legacy(self, encoding: str | None, file: str = "") -> None:
        self.problems += [Problem(flag, file) for flag in _legacy_flags(encoding)]


def _period_code(mail: Mail) -> str | None:
    """From the subject, the Message-ID of our reminder, or the code it prints, in this order."""
    found = (
        _PERIOD.search(mail.subject)
        or _REMINDED.search(" ".join(mail.references))
        or _PERIOD.search("\n".join((*mail.texts, *mail.html)))
    )
    return f"KY-{found.group(1)}-{found.group(2)}" if found else None


def _opens_section(lines: Sequence[Line], at: int) -> bool:
    """A heading with a text below it; an entry of a list ("1. Tin: …") has the next entry below."""
    if not wording.heading(lines[at].text):
        return False
    below = next((line.text for line in lines[at + 1 :] if line.text), "")
    return len(below) >= MIN_SECTION_CHARS and not wording.heading(below) and not wording.is_letter(below)


def _same(one: Draft, other: Draft) -> bool:
    """The same piece twice: one holds a long paragraph of the other; without text the headlines decide."""
    if one.text and other.text:
        known = wording.fold(one.text)
        long_ones = (line for line in other.paragraphs if len(line) >= MIN_SECTION_CHARS)
        return any(wording.fold(line) in known for line in long_ones)
    return wording.fold(one.title_as_typed) == wording.fold(other.title_as_typed)


def _legacy_flags(encoding: str | None) -> list[str]:
    return {"tcvn3": ["legacy_font_converted"], "vni": ["legacy_font"]}.get(encoding or "", [])


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines if line.text)
