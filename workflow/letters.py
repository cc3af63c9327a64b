"""Letters as rows: kept as they were written, handed to the post once, and what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import Letter, OutboxMessage
from models.people import Account
from models.vocabulary import LetterState, OutboxState, Pace
from workflow import accounts, clock, outbox, trail
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import wishes
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.settings import settings

BY_PACE: Mapping[Pace, LetterState] = {
    Pace.NOW: LetterState.WAITING,
    Pace.DAILY: LetterState.HELD,
    Pace.NEVER: LetterState.MUTED,
}


FOR_ALL = frozenset({"awaiting_approval", "consent_withdrawn", "waiting_long", "weekly_digest"})
"""Kinds that concern the whole department, and are said on its further channels too."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One written letter to one address. `key` is `<kind>|<address>|<occasion>`; the same key is the same letter."""

    key: str
    kind: str
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    written_at: datetime
    """On the people's clock."""
    account_id: int | None = None
    submission_id: int | None = None
    unit_id: int | None = None
    code: str = ""
    in_reply_to: str = ""
    zalo: str = ""
    calendar: str = ""
    gathers: tuple[int, ...] = ()
    """The held letters that this one, a daily digest, takes along."""


def keep(sheets: Iterable[Sheet]) -> int:
    """Keep letters and put each into the post unless its reader wishes otherwise; returns how many were new.

    All or none.
    """
    written = list(sheets)
    kept = 0
    with change():
        paces = wishes.paces([(sheet.account_id, sheet.kind) for sheet in written])
        for sheet in written:
            state = BY_PACE[paces.get((sheet.account_id, sheet.kind), Pace.NOW)]
            kept += _keep(sheet, state)
    return kept


def _keep(sheet: Sheet, state: LetterState) -> bool:
    values = asdict(sheet) | {"state": state}
    gathers = values.pop("gathers")
    row = insert(Letter).values(**values).on_conflict_do_nothing(index_elements=["key"])
    letter_id = db.session.execute(row.returning(Letter.id)).scalar()
    if letter_id is None:
        return False
    if gathers:
        held = update(Letter).where(Letter.id.in_(gathers), Letter.digest_id.is_(None))
        db.session.execute(held.values(digest_id=letter_id))
    if state is LetterState.WAITING:
        outbox.put("post", f"letter:{letter_id}:post", {"letter": letter_id})
    if sheet.kind in FOR_ALL and settings().channel_urls:
        # One for all its readers: the occasion is the last part of the key.
        occasion = sheet.key.rpartition("|")[2]
        outbox.put("channel", f"channel:{sheet.kind}:{occasion}", {"letter": letter_id})
    return True


def gather(day: date) -> Mapping[str, int]:
    """Ask for one digest for each person who has letters held; once a day, whatever runs."""
    with change():
        return {"sent": sum(digest.put() for digest in digests_due(day))}


def digests_due(day: date) -> list[Planned]:
    """What `gather` would put into the outbox; changes nothing."""
    return [
        Planned(
            "letter:daily_digest",
            f"digest:{waits.account_id}:{day.isoformat()}",
            {"account": waits.account_id, "on": day.isoformat(), "until": waits.newest},
        )
        for waits in wishes.held_accounts()
    ]


def note_travelling(letter_id: int, *, message_id: str, raw: str) -> None:
    """What is about to be handed to a server: a bounce will name it. `raw` is the digest of the stored bytes."""
    with change():
        _write(letter_id, message_id=message_id, raw=raw)


def note_sent(letter_id: int, *, says: str) -> None:
    """A mail server took it (or, in a rehearsal, the folder), and said so. Inside the caller's transaction.

    One that came back meanwhile stays so: a report may be here before whoever sent it has written that down.
    """
    came_back = Letter.state == LetterState.BOUNCED
    with change():
        _write(
            letter_id,
            state=case((came_back, Letter.state), else_=LetterState.SENT),
            error=case((came_back, Letter.error), else_=""),
            sent_at=clock.now(),
            server=says,
        )


def note_failed(letter_id: int, *, error: str) -> None:
    """No more tries: a person must look at it. Sending it again from the queues screen may still succeed."""
    with change():
        known = (LetterState.SENT, LetterState.BOUNCED)
        unsent = select(Letter.id).where(Letter.id == letter_id, Letter.state.not_in(known))
        if db.session.scalar(unsent) is not None:
            _write(letter_id, state=LetterState.FAILED, error=error)


def may_go_again(letter: Letter) -> bool:
    """It came back or never left. One that a digest took along goes with the digest."""
    return letter.state in {LetterState.BOUNCED, LetterState.FAILED} and letter.digest_id is None


def send_again(letter_id: int, *, reason: str, by: Account) -> None:
    """Put a letter that came back, or that no server took, into the post once more, as it was written.

    It bears the Message-ID it had: where it did arrive, the mailbox shows it once. Raises NotAllowed, NotFound,
    Invalid(`reason_required`, `not_returned`, `being_sent`).
    """
    require(accounts.roles_of(by), "letters.write")
    reason = reason_given(reason)
    with change() as session:
        _call_off(letter_id)
        letter = session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
        if letter is None:
            raise NotFound
        if not may_go_again(letter):
            raise Invalid(
                "not_returned", N_("Chỉ gửi lại được thư bị trả lại hoặc gửi lỗi. Vui lòng tải lại trang.")
            )
        was, kind = letter.state, letter.kind
        _write(letter_id, state=LetterState.WAITING, sent_at=None, server="", error="")
        time = trail.write(
            f"letter:{letter_id}", "letter:resend", by=by, letter=letter_id, kind=kind, was=was, reason=reason
        )
        outbox.put("post", f"letter:{letter_id}:post:{time}", {"letter": letter_id})


def _call_off(letter_id: int) -> None:
    """The rows that ask for the same must not be run beside a new one. Raises Invalid(`being_sent`).

    Before the letter is locked: workers write their row first and then the letter.
    """
    asked = select(OutboxMessage).where(
        OutboxMessage.topic == "post",
        OutboxMessage.payload["letter"].as_integer() == letter_id,
        # As two conditions: each has its partial index.
        or_(OutboxMessage.state.in_(outbox.UNFINISHED), OutboxMessage.state == OutboxState.DEAD),
    )
    rows = db.session.scalars(
        asked.order_by(OutboxMessage.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    if any(row.state is OutboxState.RUNNING for row in rows):
        raise Invalid("being_sent", N_("Thư này đang được gửi. Vui lòng đợi ít phút rồi tải lại trang."))
    for row in rows:
        row.state = OutboxState.DISMISSED


def _write(letter_id: int, **values: Any) -> None:
    """On the letter, and on those that a digest takes along: they share its fate."""
    whose = or_(Letter.id == letter_id, Letter.digest_id == letter_id)
    db.session.execute(update(Letter).where(whose).values(**values))
