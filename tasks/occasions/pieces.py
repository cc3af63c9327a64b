"""Letters about a piece: received, returned, waiting for approval, approved, published, taken down, set aside."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from tasks.occasions.errand import Errand, Facts, Payload, link, month_words, unit_words
from tasks.occasions.mails import writer
from workflow import accounts, clock, submissions, texts
from workflow.queries import bulletins, calendar_days, recipients
from workflow.queries import letters as read
from workflow.queries.deciding import SHORTEST
from workflow.queries.letters import Row
from workflow.queries.recipients import Person
from workflow.rules import workdays
from workflow.rules.zone import local_day

CREATED = 1
"""The first event of every piece's stream."""

ANSWER_WITHIN = 2
"""Working days in which a question about a picture is to be answered (R8)."""


def receipt(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """To the sender and the unit's contact. Pieces of one mail share one receipt."""
    if "submission" not in payload:
        yield from _receipt_of_mail(payload["envelope"])
        return
    piece = read.piece(payload["submission"], payload["event"])
    if piece["envelope_id"] is not None:
        yield from _receipt_of_mail(piece["envelope_id"])
        return
    occasion = f"submission:{piece['id']}:{payload['event']}"
    to = recipients.once([*recipients.senders(piece["id"]), *recipients.members(piece["unit_id"])[:1]])
    yield _receipt_for(piece, [piece], received_at=piece["became_at"], to=to, occasion=occasion)


def _receipt_of_mail(envelope_id: int) -> Iterator[Errand]:
    mail = read.envelope(envelope_id)
    pieces = read.pieces_of(envelope_id)
    if not pieces:
        return
    piece = read.piece(pieces[0]["id"], CREATED)
    wrote = [writer(mail)] if mail["from_address"] else []
    to = recipients.once([*wrote, *recipients.members(piece["unit_id"])[:1]])
    occasion = f"envelope:{envelope_id}"
    yield _receipt_for(piece, pieces, received_at=mail["received_at"], to=to, occasion=occasion, mail=mail)


def _receipt_for(
    piece: Row,
    pieces: Sequence[Row],
    *,
    received_at: datetime,
    to: Sequence[Person],
    occasion: str,
    mail: Row | None = None,
) -> Errand:
    standing = read.standing(piece["unit_id"], piece["period_id"])
    late = piece["first_sent_at"] - piece["deadline_at"] if piece["sent_late"] else None
    return Errand(
        kind="receipt",
        to=to,
        occasion=occasion,
        submission_id=piece["id"],
        unit_id=piece["unit_id"],
        answers=mail,
        facts=lambda _: {
            **month_words(piece),
            "received_at": received_at,
            "pieces": [{"code": one["code"], "kind": one["kind"], "title": one["title"]} for one in pieces],
            "in_pool": piece["first_sent_at"] is None,
            "sent_count": standing["sent_count"],
            "quota": standing["quota"] or None,
            "late_seconds": int(late.total_seconds()) if late else None,
            "link": link("month"),
        },
    )


def _about_a_piece(
    kind: str,
    to: Callable[[int, int], Sequence[Person]],
    facts: Callable[[Row, str], Facts],
) -> Callable[[Payload, datetime], Iterator[Errand]]:
    """A letter about one event of one piece; `to` is asked with its id and its unit's."""

    def errands(payload: Payload, _now: datetime) -> Iterator[Errand]:
        piece = read.piece(payload["submission"], payload["event"])
        yield Errand(
            kind=kind,
            to=to(piece["id"], piece["unit_id"]),
            occasion=f"submission:{piece['id']}:{payload['event']}",
            submission_id=piece["id"],
            unit_id=piece["unit_id"],
            thread=piece["code"],
            facts=lambda language: {
                "title": piece["title"],
                "piece": piece["code"],
                "link": link("piece", code=piece["code"]),
                **facts(piece, language),
            },
        )

    return errands


def _approvers(piece_id: int, _unit_id: int) -> list[Person]:
    """Those to whom the page will offer it: the same guards are asked, so nobody is called to a greyed button."""
    return [person for person in recipients.approvers() if not _is_barred(piece_id, person)]


def _is_barred(piece_id: int, person: Person) -> bool:
    offers = submissions.available(piece_id, by=accounts.by_email(person.address))
    refusals = (refusal for offer in offers if offer.step.trigger == "approve" for refusal in offer.refusals)
    return any(refusal.code == "four_eyes_violation" for refusal in refusals)


def _returned(piece: Row, _: str) -> Facts:
    return {
        "remarks": piece["reason"],
        "editor": piece["actor"],
        "editor_title": piece["actor_title"],
        "first_sent_at": piece["first_sent_at"],
    }


LATE_MARK = {"vi": "gửi muộn", "en": "sent late"}


def _awaiting_approval(piece: Row, language: str) -> Facts:
    warning = LATE_MARK[language] if piece["sent_late"] else None
    row = {"code": piece["code"], "title": piece["title"], "editor": piece["actor"], "warning": warning}
    return {
        "pieces": [{**row, "unit_short": unit_words(piece)["unit_short"]}],
        "written_at": piece["at"],
        "link": link("approval", id=piece["id"], seen=piece["digest"].removeprefix("sha256:")[:SHORTEST]),
    }


def _approved(piece: Row, language: str) -> Facts:
    return {
        "unit": piece["unit"],
        "approved_at": piece["at"],
        "category": piece[f"category_{language}"],
        "publish_on": piece["scheduled_at"],
    }


def _published(piece: Row, _: str) -> Facts:
    return {
        "author": piece["author_line"] or piece["unit"],
        "school": piece["school"],
        "published_at": piece["at"],
        "link": link("page", slug=piece["slug"]),
    }


def _retracted(piece: Row, _: str) -> Facts:
    return {
        "part": "piece",
        "retracted_at": piece["at"],
        "reason": piece["reason"],
        "decider": piece["actor"],
        "decider_title": piece["actor_title"],
    }


def _set_aside(piece: Row, _: str) -> Facts:
    is_counted = piece["first_sent_at"] is not None and piece["is_counted"]
    return {
        "reason": piece["reason"],
        "is_counted": is_counted,
        "month": date(piece["year"], piece["month"], 1),
        "contact": piece["actor"],
    }


def missing_consent(payload: Payload, now: datetime) -> Iterator[Errand]:
    """`payload`: submission, on (the day it is asked on). Nothing when every picture has its answer by now."""
    pictures = bulletins.without_consent(payload["submission"])
    if not pictures:
        return
    piece = read.piece(payload["submission"], CREATED)
    yield Errand(
        kind="missing_consent",
        to=recipients.once([*recipients.senders(piece["id"]), *recipients.members(piece["unit_id"])[:1]]),
        occasion=f"submission:{piece['id']}:{payload['on']}",
        submission_id=piece["id"],
        unit_id=piece["unit_id"],
        facts=lambda _: {
            "title": piece["title"],
            "piece": piece["code"],
            "pictures": [
                {**one, "caption": texts.unnumbered(one["caption"]) or one["name"]} for one in pictures
            ],
            "supplement_before": workdays.later(local_day(now), ANSWER_WITHIN, calendar_days.exceptions()),
            "link": link("piece", code=piece["code"]),
        },
    )


def consent_withdrawn(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """`payload`: submission, event (of the answer taken back). To the department; a copy to the unit."""
    piece = read.piece(payload["submission"], payload["event"])
    department = recipients.once([*recipients.editors(), *recipients.approvers()])
    yield _withdrawal(piece, department, link("desk_piece", id=piece["id"]), payload["event"])
    unit_side = recipients.unit_side(piece["id"], piece["unit_id"])
    yield _withdrawal(piece, unit_side, link("piece", code=piece["code"]), payload["event"])


def _withdrawal(piece: Row, to: Sequence[Person], address: str, event: int) -> Errand:
    return Errand(
        kind="consent_withdrawn",
        to=to,
        occasion=f"submission:{piece['id']}:{event}",
        submission_id=piece["id"],
        unit_id=piece["unit_id"],
        facts=lambda _: {
            "title": piece["title"],
            "piece": piece["code"],
            "picture_count": 1,
            "page_link": link("page", slug=piece["slug"]),
            "hidden_at": piece["at"],
            "answer_before": workdays.moment_later(
                piece["at"], ANSWER_WITHIN, str(clock.ZONE), calendar_days.exceptions()
            ),
            "link": address,
        },
    )


returned = _about_a_piece("returned", recipients.unit_side, _returned)
awaiting_approval = _about_a_piece("awaiting_approval", _approvers, _awaiting_approval)
approved = _about_a_piece("approved", recipients.unit_side, _approved)
published = _about_a_piece("published", recipients.everybody_of_it, _published)
retracted = _about_a_piece("retracted", recipients.unit_side, _retracted)
set_aside = _about_a_piece("set_aside", recipients.unit_side, _set_aside)
