"""Letters as rows: kept as they were written, handed to the post once, and what became of them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import Letter
from models.vocabulary import LetterState
from workflow import clock, outbox
from workflow.engine.unit_of_work import change


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


def keep(sheets: Iterable[Sheet]) -> int:
    """Keep letters and put each into the post, all or none; returns how many were new."""
    kept = 0
    with change() as session:
        for sheet in sheets:
            row = insert(Letter).values(**asdict(sheet)).on_conflict_do_nothing(index_elements=["key"])
            letter_id = session.execute(row.returning(Letter.id)).scalar()
            if letter_id is not None:
                kept += outbox.put("post", f"letter:{letter_id}:post", {"letter": letter_id})
    return kept


def note_sent(letter_id: int, *, server: str, reply: str) -> None:
    """A mail server took it (or, in a rehearsal, the folder). Inside the caller's transaction."""
    with change():
        db.session.execute(
            update(Letter)
            .where(Letter.id == letter_id)
            .values(state=LetterState.SENT, sent_at=clock.now(), server=f"{server}: {reply}", error="")
        )


def note_failed(letter_id: int, *, error: str) -> None:
    """No more tries: a person must look at it. Sending it again from the queues screen may still succeed."""
    with change():
        db.session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state != LetterState.SENT)
            .values(state=LetterState.FAILED, error=error)
        )
