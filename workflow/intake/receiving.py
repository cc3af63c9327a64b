"""Mail comes in: kept raw first, read afterwards, settled once (R4). Nothing is lost, nothing is doubled.

`receive` does both steps; a crash between them leaves a `read_mail` row in the outbox, and the worker's
`read_envelope` does the second. The editors' verbs on what waits (`take`, `dismiss`, `retry`) stand in `tray`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.envelope import Envelope
from models.vocabulary import Verdict
from workflow import clock, outbox, storage
from workflow.engine.errors import NotFound
from workflow.engine.unit_of_work import change
from workflow.intake import heading, judging
from workflow.intake.sight import Sight, look
from workflow.intake.tray import dismiss, retry, take
from workflow.settings import settings

__all__ = ["Outcome", "dismiss", "keep", "look_into", "read_envelope", "receive", "retry", "take"]


@dataclass(frozen=True)
class Outcome:
    message_id: str
    outcome: str
    """`accepted`, `tray`, `ignored` or `duplicate`."""
    reason: str
    """A code of `reasons.SAYS` or of the engine; empty when there is nothing to say."""
    submissions: list[str]
    """Codes of the pieces the mail became, those of its first copy for a duplicate."""
    envelope_id: int


def receive(raw: bytes, *, received_at: datetime | None = None) -> Outcome:
    """Take one mail in and read it at once.

    `received_at` (aware) is the post's own word: IMAP's INTERNALDATE, our SMTP's 250, a rehearsal's set time.
    Without it the top `Received:` of our own server decides, else people's now; `Date:` never (R5).
    """
    envelope_id, is_new = keep(raw, received_at=received_at)
    outcome = read_envelope(envelope_id)
    if is_new:
        return outcome
    return Outcome(outcome.message_id, "duplicate", "duplicate", outcome.submissions, envelope_id)


def keep(raw: bytes, *, received_at: datetime | None = None) -> tuple[int, bool]:
    """Store the bytes, and in one commit the envelope and the duty to read it. Returns its id and whether it is new.

    The same bytes again are the same envelope, also for two that bring them at once.
    """
    if received_at is not None and received_at.tzinfo is None:
        raise ValueError("a receipt time needs a zone")
    sha256 = storage.keep(raw)
    with change() as session:
        came = received_at or heading.peek(raw, own_mx=settings().own_mx).received_at or clock.now()
        row = (
            insert(Envelope)
            .values(sha256=sha256, received_at=came)
            .on_conflict_do_nothing(index_elements=["sha256"])
            .returning(Envelope.id)
        )
        envelope_id = session.execute(row).scalar()
        if envelope_id is None:
            known = session.scalars(select(Envelope.id).where(Envelope.sha256 == sha256)).one()
            return known, False
        outbox.put("read_mail", f"envelope:{envelope_id}:read_mail", {"envelope": envelope_id})
        envelope = session.get_one(Envelope, envelope_id)
        judging.tell(envelope, "envelope:receive", None, sha256=sha256, became_at=came, bytes=len(raw))
        return envelope_id, True


def read_envelope(envelope_id: int) -> Outcome:
    """Read and settle a kept mail; one that is settled already is only reported. Raises NotFound."""
    envelope = _find(envelope_id)
    if envelope.verdict == Verdict.NEW:
        # Read before the row is locked: seconds of parsing must not make others wait.
        sight = look_into(envelope_id)
        with change() as session:
            session.refresh(envelope, with_for_update=True)
            if envelope.verdict == Verdict.NEW:
                judging.judge(envelope, sight)
    return outcome_of(envelope)


def look_into(envelope_id: int) -> Sight:
    """What the reader makes of a kept mail, for the tray's screen; writes nothing. Raises NotFound."""
    return look(storage.load(_find(envelope_id).sha256), own_mx=settings().own_mx)


def outcome_of(envelope: Envelope) -> Outcome:
    is_copy = (envelope.verdict, envelope.reason) == (Verdict.IGNORED, "duplicate")
    return Outcome(
        message_id=envelope.message_id,
        outcome="duplicate" if is_copy else Verdict(envelope.verdict).value,
        reason=envelope.reason,
        submissions=[piece.code for piece in judging.pieces_of(envelope)],
        envelope_id=envelope.id,
    )


def _find(envelope_id: int) -> Envelope:
    envelope = db.session.get(Envelope, envelope_id, populate_existing=True)
    if envelope is None:
        raise NotFound
    return envelope
