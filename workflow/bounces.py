"""Letters that come back: the address is marked, the specialists are told, reminders go to somebody else.

A mark is set by a report about a letter of ours, or by a server that refuses the address; it is cleared by an editor
who knows better, or by a mail that verifiably comes from the address.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import Bounce, Letter
from models.people import Account
from models.vocabulary import LetterState
from workflow import accounts, clock, outbox, trail
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.intake.reports import Failure
from workflow.rules.permissions import require
from workflow.rules.refusing import is_about_us

log = structlog.get_logger("workflow.bounces")


def note_reported(failures: Iterable[Failure], *, envelope_id: int) -> int:
    """What a report by mail tells of our own letters; returns how many addresses were marked. In an open change().

    Only the address a letter really went to is believed, under the letter's own Message-ID: else anybody could
    stop somebody's reminders.
    """
    marked = 0
    for failure in failures:
        letter = db.session.scalars(
            select(Letter)
            .where(Letter.message_id == failure.message_id, func.lower(Letter.to_address) == failure.address)
            .limit(1)
        ).one_or_none()
        if letter is not None:
            marked += _mark(letter, failure.says, envelope_id=envelope_id)
    return marked


def note_refused(letter_id: int, *, says: str) -> None:
    """The server would not have the address at all. Inside the caller's transaction."""
    with change() as session:
        _mark(session.get_one(Letter, letter_id), says, envelope_id=None)


def _mark(letter: Letter, says: str, *, envelope_id: int | None) -> bool:
    """The letter's fate, and the address's too, unless it was us whom the server would not have; was it marked?"""
    address = letter.to_address.lower()
    fate = update(Letter).where((Letter.id == letter.id) | (Letter.digest_id == letter.id))
    db.session.execute(fate.values(state=LetterState.BOUNCED, error=says))
    if is_about_us(says):
        # One block by a large provider would mark half of all committees as lost.
        log.error("refused_as_sender", letter=letter.id, says=says)
        return False
    row = insert(Bounce).values(
        address=address, letter_id=letter.id, envelope_id=envelope_id, says=says, came_at=clock.now()
    )
    once = row.on_conflict_do_nothing(index_elements=["address"], index_where=Bounce.cleared_at.is_(None))
    bounce_id = db.session.execute(once.returning(Bounce.id)).scalar()
    if bounce_id is None:
        return False
    _tell("address:mark", address, None, bounce=bounce_id, letter=letter.id)
    topic = "letter:contact_undeliverable"
    outbox.put(topic, f"bounce:{bounce_id}:{topic}", {"bounce": bounce_id})
    return True


def clear(bounce_id: int, *, by: Account) -> None:
    """The address is right after all, or was mended. Raises NotAllowed, NotFound, Invalid(`not_marked`)."""
    require(accounts.roles_of(by), "letters.write")
    with change() as session:
        bounce = session.get(Bounce, bounce_id, with_for_update=True, populate_existing=True)
        if bounce is None:
            raise NotFound
        if bounce.cleared_at is not None:
            raise Invalid("not_marked", N_("Địa chỉ này không còn bị đánh dấu. Vui lòng tải lại trang."))
        bounce.cleared_at, bounce.cleared_by = clock.now(), by.id
        session.flush()
        _tell("address:clear", bounce.address, by, bounce=bounce.id)


def heard_from(address: str, *, envelope_id: int) -> None:
    """A mail that verifiably comes from the address: its mailbox is alive. Inside an open change()."""
    lost = update(Bounce).where(Bounce.address == address.lower(), Bounce.cleared_at.is_(None))
    bounce_id = db.session.execute(lost.values(cleared_at=clock.now()).returning(Bounce.id)).scalar()
    if bounce_id is not None:
        _tell("address:clear", address, None, bounce=bounce_id, envelope=envelope_id)


def _tell(action: str, address: str, by: Account | None, **told: int) -> None:
    """On the person's stream; addresses themselves stay out of the trail."""
    person = accounts.find(address)
    about: dict[str, Any] = {"account": person.id, **told} if person else {**told}
    trail.write(f"account:{person.id}" if person else "settings:addresses", action, by=by, **about)
