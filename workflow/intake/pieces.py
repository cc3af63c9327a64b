"""A proposed item becomes a draft of a unit, and is sent where the sender may send (R2, R4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import select

from models.base import db
from models.envelope import Envelope, EnvelopeSubmission
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import Channel
from workflow import deadlines, definitions, texts, writing
from workflow.engine.errors import NotAllowed, Refusal
from workflow.intake.proposals import Item
from workflow.queries import duplicates
from workflow.queries.duplicates import Likeness
from workflow.submissions import perform
from workflow.writing import Manuscript, NewFile


@dataclass(frozen=True)
class Arrival:
    """What all pieces of one mail share: for whom they come, when, by whom, under which cause."""

    envelope_id: int
    at: datetime
    """The receipt time of the mail, however late it is read or taken."""
    unit: Unit
    period_code: str | None
    cause: str
    by: Account | None = None
    """Who wrote, when that is sure."""
    acting: Account | None = None
    """The editor who takes the mail in for the unit, when nobody with an account of the unit wrote it."""


def place(item: Item, arrival: Arrival) -> tuple[Submission, list[Likeness]]:
    """A draft out of an item, tied to its mail, and the pieces it may repeat. In a change(); raises Invalid."""
    manuscript = manuscript_of(item)
    period = _period(arrival)
    twins = duplicates.like(
        arrival.unit.id, period.id, manuscript.title, f"{manuscript.summary} {manuscript.body}"
    )
    piece = writing.draft(
        manuscript,
        unit=arrival.unit,
        by=arrival.by,
        acting=arrival.acting,
        channel=Channel.MAIL,
        at=arrival.at,
        period=period,
        cause=arrival.cause,
        details={
            "envelope": arrival.envelope_id,
            "flags": list(item.flags),
            "possible_duplicates": [twin.code for twin in twins],
        },
    )
    tie(arrival.envelope_id, piece)
    return piece, twins


def tie(envelope_id: int, piece: Submission) -> None:
    db.session.add(EnvelopeSubmission(envelope_id=envelope_id, submission_id=piece.id))
    db.session.flush()


def is_sendable(piece: Submission) -> bool:
    """Whether its definition sends from where it stands; in some the unit has to do something with it first."""
    steps = definitions.followed(piece.workflow, piece.workflow_version).definition.steps
    return any(step.trigger == "submit" and step.source == piece.state for step in steps)


def send(piece: Submission, arrival: Arrival) -> Refusal | None:
    """Send a draft at the mail's receipt time; the refusal, on record, when the rules say no. In a change()."""
    who: Mapping[str, Any] = (
        {"by": arrival.acting, "acting_for": arrival.unit.code} if arrival.acting else {"by": arrival.by}
    )
    told = {"statement": "by_mail", "envelope": arrival.envelope_id}
    try:
        perform(
            piece.id,
            "submit",
            at=arrival.at,
            cause=arrival.cause,
            statement=True,
            beside=lambda _: ({}, told),
            **who,
        )
    except NotAllowed as refused:
        # That the unit has ended says more than that its people may not.
        return writing.ended(arrival.unit, on=arrival.at) or refused.refusals[0]
    db.session.refresh(piece)
    return None


def unsent(envelope: Envelope) -> list[Submission]:
    """The mail's pieces that were never sent, in the order of the mail."""
    query = (
        select(Submission)
        .join(EnvelopeSubmission, EnvelopeSubmission.submission_id == Submission.id)
        .where(EnvelopeSubmission.envelope_id == envelope.id, Submission.first_sent_at.is_(None))
        .order_by(Submission.id)
    )
    return list(db.session.scalars(query))


def manuscript_of(item: Item) -> Manuscript:
    """The words and files of an item as a manuscript; pictures in their places, nobody's consent presumed."""
    title, spilt = _headline(item.title)
    pictures = list({picture.part.data: picture for picture in item.pictures}.values())
    others = {part.data: part for part in (*item.videos, *item.documents)}
    return Manuscript(
        kind=item.kind,
        title=title,
        summary=item.summary,
        body=_body(item, spilt, [picture.position for picture in pictures]),
        author_line=item.author_line,
        author_title=item.author_title,
        school=item.school,
        category=item.category_hint,
        new=[
            *(NewFile(picture.part.name, picture.part.data, picture.caption) for picture in pictures),
            *(NewFile(part.name, part.data) for part in others.values()),
        ],
    )


def _period(arrival: Arrival) -> Period:
    named = arrival.period_code and deadlines.taking(arrival.period_code, at=arrival.at)
    return named or deadlines.binding(arrival.unit, at=arrival.at)


def _headline(title: str) -> tuple[str, str]:
    """A title of a length that can be kept, and the whole of it for the text when it was longer."""
    title = texts.tidy(title)
    if len(title) <= texts.MAX_TITLE:
        return title, ""
    return title[: texts.MAX_TITLE - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…", title


def _body(item: Item, spilt: str, positions: list[int | None]) -> str:
    blocks = [_paragraph(text, item.links) for text in item.paragraphs]
    # From the last place to the first, so that the places before stay what they were.
    for number in range(len(positions), 0, -1):
        position = positions[number - 1]
        if position is not None:
            blocks.insert(position, f'<figure data-picture="{number}"></figure>')
    return "\n\n".join([*([_paragraph(spilt, ())] if spilt else []), *blocks])


def _paragraph(text: str, links: tuple[str, ...]) -> str:
    html = escape(text, quote=False)
    for link in links:
        shown = escape(link, quote=False)
        html = html.replace(shown, f'<a href="{escape(link)}">{shown}</a>')
    return f"<p>{html}</p>"
