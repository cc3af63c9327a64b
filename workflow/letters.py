"""Letters as rows: kept as they were written, handed to the post once, and what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import Letter
from models.vocabulary import LetterState, Pace
from workflow import clock, outbox
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import wishes
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
    """A mail server took it (or, in a rehearsal, the folder), and said so. Inside the caller's transaction."""
    with change():
        _write(letter_id, state=LetterState.SENT, sent_at=clock.now(), server=says, error="")


def note_failed(letter_id: int, *, error: str) -> None:
    """No more tries: a person must look at it. Sending it again from the queues screen may still succeed."""
    with change():
        unsent = select(Letter.id).where(Letter.id == letter_id, Letter.state != LetterState.SENT)
        if db.session.scalar(unsent) is not None:
            _write(letter_id, state=LetterState.FAILED, error=error)


def _write(letter_id: int, **values: Any) -> None:
    """On the letter, and on those that a digest takes along: they share its fate."""
    whose = or_(Letter.id == letter_id, Letter.digest_id == letter_id)
    db.session.execute(update(Letter).where(whose).values(**values))
