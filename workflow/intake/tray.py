"""What editors do with mail that waits: take it in for a unit, pass it over, have it read again. All on record."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from models.envelope import Envelope
from models.organisation import Unit
from models.people import Account
from models.submission import Submission
from models.vocabulary import Verdict
from workflow import accounts, clock, storage
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound, ToaSoanError
from workflow.engine.unit_of_work import apart, change
from workflow.intake import judging, pieces
from workflow.intake.pieces import Arrival
from workflow.intake.sight import look
from workflow.intake.stops import sender_of
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.settings import settings


class MailSettled(ToaSoanError):
    """Somebody was faster, or the mail never waited."""

    code = "mail_settled"
    says = N_("Thư này đã được xử lý. Vui lòng tải lại trang.")
    status = 409


def take(envelope_id: int, unit: Unit, *, by: Account, send: bool = True) -> list[Submission]:
    """Make the mail's pieces drafts of `unit` and, with `send`, send them for it at the mail's receipt time.

    "Act for the unit" (R2): the events name the editor and the unit he acts for. What the mail became before is
    sent, not made again. Raises Invalid(`mail_empty`, `mail_taken`), MailSettled, and NotAllowed (on record) when
    the rules do not let a piece be sent; nothing is done then.
    """
    with _handling(envelope_id, by, "take") as envelope:
        unsent = pieces.unsent(envelope)
        if any(piece.unit_id != unit.id for piece in unsent):
            raise Invalid("mail_taken", N_("Thư này đã thành bản nháp của đơn vị khác."), field="unit")
        sight = look(storage.load(envelope.sha256), own_mx=settings().own_mx)
        arrival = Arrival(
            envelope_id=envelope.id,
            at=envelope.received_at,
            unit=unit,
            period_code=sight.composition.period_code if sight.composition else None,
            cause=str(uuid.uuid4()),
            acting=by,
        )
        if not unsent:
            if sight.composition is None or not sight.composition.items:
                raise Invalid("mail_empty", N_("Thư không có tin, bài nào đọc được để nhận."))
            judging.make_pieces(sight, arrival, envelope, sends=False)
        for piece in pieces.unsent(envelope) if send else ():
            refusal = pieces.send(piece, arrival)
            if refusal is not None:
                raise NotAllowed(refusal)
        judging.tell(envelope, "envelope:take", by, unit=unit.id, acting_for=unit.code, sent=send)
        judging.conclude(envelope, Verdict.ACCEPTED, "" if send else "in_pool")
        return judging.pieces_of(envelope)


def dismiss(envelope_id: int, *, reason: str, by: Account) -> None:
    """Pass a mail over, with a reason; it is kept and can still be taken. Raises Invalid(`reason_required`)."""
    with _handling(envelope_id, by, "dismiss") as envelope:
        judging.tell(envelope, "envelope:dismiss", by, why=reason_given(reason))
        judging.conclude(envelope, Verdict.IGNORED, "dismissed")


def retry(envelope_id: int, *, by: Account) -> None:
    """Read a waiting mail again, as after a seat was filled or a reader mended.

    Drafts it became already are only sent again, by who wrote them.
    """
    with _handling(envelope_id, by, "retry") as envelope:
        judging.tell(envelope, "envelope:retry", by)
        unsent = pieces.unsent(envelope)
        if not unsent:
            judging.judge(envelope, look(storage.load(envelope.sha256), own_mx=settings().own_mx))
            return
        sender = sender_of(envelope.from_address, on=judging.day_of(envelope))
        refusals = [
            pieces.send(
                piece,
                Arrival(
                    envelope_id=envelope.id,
                    at=envelope.received_at,
                    unit=piece.unit,
                    period_code=None,
                    cause=str(uuid.uuid4()),
                    by=sender.account,
                ),
            )
            for piece in unsent
        ]
        code = next((refusal.code for refusal in refusals if refusal), "")
        judging.conclude(envelope, Verdict.TRAY if code else Verdict.ACCEPTED, code)


@contextmanager
def _handling(envelope_id: int, by: Account, act: str) -> Iterator[Envelope]:
    """One act of an editor on one waiting mail: right, lock and record; a refusal outlives the rollback."""
    try:
        with change() as session:
            require(accounts.roles_of(by), "tray.write")
            envelope = session.get(Envelope, envelope_id, with_for_update=True, populate_existing=True)
            if envelope is None:
                raise NotFound
            if envelope.verdict != Verdict.TRAY and envelope.reason not in REOPENABLE:
                raise MailSettled
            envelope.handled_by, envelope.handled_at = by.id, clock.now()
            yield envelope
    except NotAllowed as refused:
        with apart() as connection:
            audit.write(
                connection,
                f"refusal:{by.id}",
                f"envelope:refused/{refused.code}",
                actor=by.id,
                at=clock.now(),
                trigger=act,
                envelope=envelope_id,
                reasons=[refusal.code for refusal in refused.refusals],
            )
        raise


REOPENABLE = frozenset({"dismissed", "bounce", "auto_reply", "mailing_list", "bulk", "machine_sender"})
"""Put aside, but not for good: an editor may still see a piece in it."""
