"""What becomes of a mail: where it goes when something stops it, and all that follows when nothing does (R2, R4).

All of it happens in one change() that holds the envelope's row, so a mail is settled once, whoever reads it first.
"""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select, text

from models.base import db
from models.envelope import Envelope, EnvelopeSubmission
from models.people import Account
from models.submission import Submission
from models.vocabulary import Verdict
from workflow import bounces, outbox, storage, trail
from workflow.engine.errors import Damaged, Invalid
from workflow.intake import membership, pieces, reasons, reports
from workflow.intake.pieces import Arrival
from workflow.intake.sight import Sight, look
from workflow.intake.stops import STOPS, Sender, sender_of
from workflow.rules.zone import local_day
from workflow.settings import settings


def judge(envelope: Envelope, sight: Sight) -> None:
    """Settle one mail, inside the open change() that holds its row."""
    _note_heading(envelope, sight)
    first = _first_copy(envelope, sight)
    if first is not None and not _vouches_for(sight, first):
        _point_to(envelope, first)
        return
    _mind_addresses(envelope, sight)
    sender = sender_of(envelope.from_address, on=day_of(envelope))
    found = ((stop(sight, sender), verdict) for stop, verdict in STOPS)
    code, verdict = next(((code, verdict) for code, verdict in found if code), ("", Verdict.ACCEPTED))
    if sight.mail and sight.mail.authentication == "pass" and sender.account:
        envelope.sender_id = sender.account.id
    envelope.problems = problems_of(sight)
    if not code:
        code = _accept(envelope, sight, sender)
        verdict = Verdict.ACCEPTED if code in ("", "in_pool") else Verdict.TRAY
    conclude(envelope, verdict, code)
    if first is not None:
        _point_to(first, envelope)
    if verdict is not Verdict.IGNORED:
        _answer(envelope, sight, code)


def _mind_addresses(envelope: Envelope, sight: Sight) -> None:
    """A report of a letter that came back marks its address; a verified mail clears the mark of its sender's."""
    mail = sight.mail
    if mail is None:
        return
    if mail.machine_made == "bounce":
        bounces.note_reported(reports.failures(storage.load(envelope.sha256)), envelope_id=envelope.id)
    elif not mail.machine_made and mail.authentication == "pass":
        bounces.heard_from(envelope.from_address, envelope_id=envelope.id)


def conclude(envelope: Envelope, verdict: Verdict, code: str, **told: Any) -> None:
    """Write the verdict down, on the row and in the mail's own audit stream."""
    envelope.verdict, envelope.reason = verdict, code
    db.session.flush()
    codes = [piece.code for piece in pieces_of(envelope)]
    tell(envelope, f"envelope:{verdict.value}", None, reason=code, submissions=codes, **told)


def pieces_of(envelope: Envelope) -> list[Submission]:
    """The pieces a mail became, in its own order."""
    query = (
        select(Submission)
        .join(EnvelopeSubmission, EnvelopeSubmission.submission_id == Submission.id)
        .where(EnvelopeSubmission.envelope_id == envelope.id)
        .order_by(Submission.id)
    )
    return list(db.session.scalars(query))


def tell(envelope: Envelope, action: str, by: Account | None, **told: Any) -> None:
    trail.write(f"envelope:{envelope.id}", action, by=by, envelope=envelope.id, **told)


def day_of(envelope: Envelope) -> date:
    """The day the mail came, in Vietnam."""
    return local_day(envelope.received_at)


def problems_of(sight: Sight) -> list[dict[str, str]]:
    if sight.composition is None:
        return [reasons.marked(sight.refused)]
    found = [reasons.noted(p.code, p.says, file=p.file, detail=p.detail) for p in sight.composition.problems]
    places = {item.place for item in sight.composition.items} - {""}
    return found + [reasons.marked("place_named", place=place) for place in sorted(places)]


def make_pieces(sight: Sight, arrival: Arrival, envelope: Envelope, *, sends: bool) -> str:
    """Drafts of all items, sent where they may be; "" or the code of the first refusal, whose draft stays.

    Raises Invalid when an item cannot be kept at all; nothing of the mail is then.
    """
    code = ""
    marks: list[dict[str, str]] = []
    for item in sight.composition.items if sight.composition else ():
        piece, twins = pieces.place(item, arrival)
        marks += [
            reasons.marked("possible_duplicate", title=item.title, piece=piece.code, twin=twin.code)
            for twin in twins
        ]
        if sends and not pieces.is_sendable(piece):
            code = code or "in_pool"
        elif sends and (refusal := pieces.send(piece, arrival)):
            code = code or refusal.code
            marks.append(reasons.noted(refusal.code, refusal.sentence(), piece=piece.code))
    envelope.problems = [*envelope.problems, *marks]
    return code


def _accept(envelope: Envelope, sight: Sight, sender: Sender) -> str:
    """Everything a mail that nothing stopped becomes; the code to note, empty when all went through."""
    unit = sender.units[0]
    arrival = Arrival(
        envelope_id=envelope.id,
        at=envelope.received_at,
        unit=unit,
        period_code=sight.composition.period_code if sight.composition else None,
        cause=str(uuid.uuid4()),
        by=sender.account,
    )
    sends = bool(sender.seated)
    try:
        # A savepoint: one item that cannot be kept leaves none of its mail half done, and the verdict is written.
        with db.session.begin_nested():
            code = make_pieces(sight, arrival, envelope, sends=sends)
    except Invalid as refused:
        db.session.refresh(envelope)
        envelope.problems = [*problems_of(sight), reasons.noted(refused.code, refused.sentence())]
        return refused.code
    if sends and sight.composition and sight.composition.committee_list:
        unread = membership.propose(
            sight.composition.committee_list, unit=unit, envelope_id=envelope.id, on=day_of(envelope)
        )
        envelope.problems = [
            *envelope.problems,
            *(reasons.noted(p.code, p.says, file=p.file, detail=p.detail) for p in unread),
        ]
    return code or ("" if sends else "in_pool")


def _answer(envelope: Envelope, sight: Sight, code: str) -> None:
    """Ask for the letters this mail calls for; none to a machine, none to an address nobody vouches for."""
    mail = sight.mail
    if mail is None or mail.machine_made or mail.authentication != "pass":
        return
    if code == "in_pool":
        # A piece that was sent has its receipt as an effect of its sending.
        outbox.put("letter:receipt", f"envelope:{envelope.id}:letter:receipt", {"envelope": envelope.id})
    if code == "unknown_sender":
        # One a day to one stranger: the key is the limit.
        outbox.put(
            "letter:unknown_sender",
            f"unknown_sender:{envelope.from_address}:{day_of(envelope)}",
            {"envelope": envelope.id},
        )
    elif any(problem["for"] == "sender" for problem in envelope.problems):
        outbox.put(
            "letter:receipt_problem",
            f"envelope:{envelope.id}:letter:receipt_problem",
            {"envelope": envelope.id},
        )


def _note_heading(envelope: Envelope, sight: Sight) -> None:
    envelope.message_id = sight.heading.message_id
    envelope.subject = sight.heading.subject
    sender = sight.mail.sender if sight.mail else sight.heading.sender
    envelope.from_address, envelope.from_name = sender.address, sender.name
    db.session.flush()


def _first_copy(envelope: Envelope, sight: Sight) -> Envelope | None:
    """The same mail delivered before: one Message-ID and the same words and files; only the way here differs."""
    if not envelope.message_id or sight.mail is None:
        return None
    # Two copies read at once would each find no other: they wait for one another here.
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))"), {"id": envelope.message_id}
    )
    query = (
        select(Envelope)
        .where(
            Envelope.message_id == envelope.message_id,
            Envelope.id != envelope.id,
            Envelope.verdict != Verdict.NEW,
            Envelope.reason != "duplicate",
        )
        .order_by(Envelope.id)
        .limit(5)
    )
    return next((known for known in db.session.scalars(query) if _same(known, sight)), None)


def _vouches_for(sight: Sight, first: Envelope) -> bool:
    """Is this the verified copy of one that nobody vouched for, and that became nothing? It is then the mail (R4).

    A mail list that breaks a signature, or a forger, may be the quicker one.
    """
    if sight.mail is None or sight.mail.authentication != "pass":
        return False
    # An editor may just be taking it.
    db.session.refresh(first, with_for_update=True)
    seen = _seen_again(first)
    earlier = seen.mail if seen is not None else None
    return earlier is not None and earlier.authentication != "pass" and not pieces_of(first)


def _same(known: Envelope, sight: Sight) -> bool:
    seen = _seen_again(known)
    return seen is not None and sight.says_the_same_as(seen)


def _seen_again(known: Envelope) -> Sight | None:
    """An earlier mail; None where its file is damaged: that must not keep the new one from being read."""
    try:
        return look(storage.load(known.sha256), own_mx=settings().own_mx)
    except Damaged:
        return None


def _point_to(envelope: Envelope, first: Envelope) -> None:
    for piece in pieces_of(first):
        pieces.tie(envelope.id, piece)
    conclude(envelope, Verdict.IGNORED, "duplicate", copy_of=first.id)
