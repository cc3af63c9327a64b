"""Sending one kept letter. The letter is stored as it is; here it only gets its envelope."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from models.base import db
from models.outbox import Letter
from models.vocabulary import LetterState
from tasks import given
from tasks.context import unhurried
from tasks.leases import Claimed, renew
from tasks.mail_server import BadSmtpUrl, MailServer
from tasks.message import Mailing, Sender, compose
from tasks.post import OutboxFolder, PermanentFailure, PostError, Postman, Receipt, TemporaryFailure
from tasks.rehearsal.refusing import RehearsedPost
from workflow import bounces, links, storage, wishes
from workflow.engine import crashing
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import bookkeeping
from workflow.letters import note_sent, note_travelling
from workflow.settings import settings

SENDER_NAME = "Diễn đàn Giáo dục Mầm non Hà Tĩnh"
ANSWERS = frozenset({"receipt_problem", "unknown_sender"})
"""Kinds that always answer a mail, whatever Message-ID it had (RFC 3834: no bounce may meet anybody)."""


ADDRESS = "RCPT"
"""The step at which a server refuses an address rather than a letter."""


def send(row: Claimed) -> Callable[[], object]:
    """Hand the letter of this row to the post; the returned half notes that it is on its way.

    Raises TemporaryFailure, PermanentFailure, LetterRefused, BadSmtpUrl, LeaseLost; an address that a server will
    not have is no error but a letter that bounced. A crash between the server's 250 and the mark of it sends the
    same bytes with the same Message-ID again: mailboxes show them once.
    """
    letter_id: int = row.payload["letter"]
    letter = db.session.get_one(Letter, letter_id)
    if letter.state == LetterState.SENT:
        return lambda: None
    mailing = made_ready(letter)
    message = compose(mailing, _sender())
    message_id: str = message["Message-ID"]
    if receipt := given.found(row, message_id):
        return lambda: note_sent(letter_id, says=receipt)
    content = message.as_bytes()
    raw = storage.keep(_for_the_record(letter, mailing, content))
    # No transaction stays open while a slow server thinks.
    db.session.rollback()

    def ready() -> None:
        with bookkeeping():
            renew(row)
            # Before the server has it: a bounce may be here sooner than our own note that the letter is away.
            note_travelling(letter_id, message_id=message_id, raw=raw)
        # From here on the server's patience counts: who is stopped after its 250 lets the letter go twice.
        unhurried()

    def taken(receipt: Receipt) -> None:
        crashing.point("before_mark")
        given.note(row, message_id, receipt.says)

    try:
        says = _postman().send(message, content, ready=ready, taken=taken).says
    except PermanentFailure as failure:
        if failure.step != ADDRESS:
            raise
        # Nobody's work to be done again: the address is wrong, and its unit is told.
        refused = failure.reply
        return lambda: bounces.note_refused(letter_id, says=refused)
    return lambda: note_sent(letter_id, says=says)


def _for_the_record(letter: Letter, mailing: Mailing, content: bytes) -> bytes:
    """The bytes as they travel; a one-time link in them stays a mark, for people read in the storage."""
    if (mailing.text, mailing.html) == (letter.text, letter.html):
        return content
    return compose(replace(mailing, text=letter.text, html=letter.html), _sender()).as_bytes()


def checked_server() -> str:
    """Where letters go, after a visit to the server without a letter.

    Raises Invalid(`mail_not_set`, `mail_not_working`).
    """
    if not settings().smtp_url:
        raise Invalid("mail_not_set", N_("Chưa đặt SMTP_URL. Đặt SMTP_URL, hoặc thêm --without-mail."))
    try:
        return _postman().check()
    except (BadSmtpUrl, PostError) as error:
        raise Invalid("mail_not_working", N_("Không dùng được SMTP_URL: {why}"), why=str(error)) from error


def made_ready(letter: Letter) -> Mailing:
    """A kept letter as it leaves the house: one-time links are in it only from here on."""
    # A stranger's Message-ID is a hint for threading; a broken one is left out, not a reason to stay silent.
    answered = letter.in_reply_to if _is_message_id(letter.in_reply_to) else ""
    return Mailing(
        key=letter.key,
        to_address=letter.to_address,
        to_name=letter.to_name,
        subject=letter.subject,
        text=links.opened(letter.text, account_id=letter.account_id),
        html=links.opened(letter.html, account_id=letter.account_id),
        written_at=letter.written_at,
        code=letter.code,
        in_reply_to=answered,
        is_answer=bool(letter.in_reply_to) or letter.kind in ANSWERS,
        unsubscribe=wishes.unsubscribe(letter.account_id, letter.kind),
        calendar=letter.calendar,
    )


def _is_message_id(text: str) -> bool:
    inner = text[1:-1]
    return (
        text.startswith("<")
        and text.endswith(">")
        and inner.isascii()
        and inner.isprintable()
        and "@" in inner
        and not set(inner) & set("<> ")
    )


def _sender() -> Sender:
    house = settings()
    return Sender(house.mail_from, SENDER_NAME, house.intake_address)


def _postman() -> Postman:
    house = settings()
    if not house.smtp_url and not house.is_demo:
        # A folder is a rehearsal's mailbox. Real letters wait, and then fail where an administrator sees it.
        raise TemporaryFailure("SMTP_URL", "CONNECT", "not set")
    return _connected(house.smtp_url, str(house.data), house.smtp_timeout_seconds)


@lru_cache(maxsize=1)
def _connected(smtp_url: str, _data: str, timeout_seconds: float) -> Postman:
    if smtp_url:
        return MailServer.at(smtp_url, timeout_seconds=timeout_seconds)
    return RehearsedPost(OutboxFolder(settings().data / "outbox"))
