"""From a letter to the bytes that travel: headers, threading, the marks that stop other machines answering.

The same letter always gives the same bytes, Message-ID and boundary included. A letter sent twice, because a
crash came between the server's 250 and our commit, is therefore shown once by the mailbox that gets it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import formataddr
from typing import Any

from workflow.rules.zone import ZONE

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
CALENDAR_FILE = "han-gui.ics"
BODIES = frozenset({"text", "html", "calendar"})


class LetterRefused(ValueError):
    """A letter that must not travel. `field` is at fault: a line break in a header, a broken address."""

    def __init__(self, field: str, says: str) -> None:
        self.field = field
        super().__init__(f"{field}: {says}")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who our letters come from; answers go to `reply_to`, the mailbox that pieces are sent to."""

    address: str
    name: str
    reply_to: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """One letter to one person, ready to be put into an envelope.

    `key` makes it one of a kind; `written_at` is aware and becomes the Date. `in_reply_to` is a Message-ID with its
    angle brackets. `is_answer` marks the answer to a mail somebody sent us (RFC 3834): it travels with an empty
    return path, so that two machines never talk to each other.
    """

    key: str
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    written_at: datetime
    code: str = ""
    in_reply_to: str = ""
    is_answer: bool = False
    unsubscribe: str = ""
    """Where one press stops letters of this kind (RFC 8058); empty where that is not allowed."""
    calendar: str = ""
    """An iCalendar file to attach."""


class IdsHeader(UnstructuredHeader):
    """Ids and addresses in angle brackets, one a line. The standard library writes a long one as an encoded word."""

    name: str

    def fold(self, *, policy: Any) -> str:
        line_end: str = policy.linesep
        return f"{self.name}: " + f"{line_end} ".join(str(self).split()) + line_end


class WordsHeader(UnstructuredHeader):
    """A Subject as one run of encoded words: between two of its own, the library loses the space (huyệnKỳ Anh)."""

    name: str

    def fold(self, *, policy: Any) -> str:
        charset = "us-ascii" if str(self).isascii() else "utf-8"
        words = Header(str(self), charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


class PeopleHeader(UniqueAddressHeader):
    """Names with their addresses, one a line. The standard library tries each syllable of a name for its fit: that
    was three quarters of the time in which a letter became bytes."""

    name: str

    def fold(self, *, policy: Any) -> str:
        line_end: str = policy.linesep
        people = f",{line_end} ".join(_person(one, self.name, line_end) for one in self.addresses)
        return f"{self.name}: {people}{line_end}"


def _person(one: Address, header: str, line_end: str) -> str:
    if one.display_name.isascii():
        return formataddr((one.display_name, one.addr_spec))
    name = Header(one.display_name, "utf-8", header_name=header).encode(linesep=line_end)
    return f"{name}{line_end} <{one.addr_spec}>"


def policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    for name in ("from", "to", "reply-to"):
        registry.map_to_type(name, PeopleHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants
    for name in ("references", "in-reply-to", "list-unsubscribe"):
        registry.map_to_type(name, IdsHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants
    registry.map_to_type("subject", WordsHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants
    return SMTP.clone(header_factory=registry)


POLICY = policy()


def message_id(key: str, domain: str) -> str:
    """`<sha256(key)@domain>`: the same at every attempt, and it tells a stranger nothing."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()}@{domain}>"


def thread_id(code: str, domain: str) -> str:
    """What all letters about one piece or period refer to: mailboxes show them as one conversation."""
    return message_id(f"thread|{code}", domain)


def compose(mailing: Mailing, sender: Sender) -> EmailMessage:
    """The letter as a message. Raises LetterRefused; nothing that was refused can be sent by trying again."""
    refuse_broken(mailing)
    message = EmailMessage(policy=POLICY)
    message["From"] = address("from", sender.name, sender.address)
    message["To"] = address("to_address", mailing.to_name, mailing.to_address)
    message["Reply-To"] = address("reply_to", sender.name, sender.reply_to)
    message["Subject"] = nfc(mailing.subject)
    message["Date"] = mailing.written_at.astimezone(ZONE)
    message["Message-ID"] = message_id(mailing.key, sender.domain)
    for name, value in threading(mailing, sender.domain).items():
        message[name] = value
    message["Auto-Submitted"] = "auto-replied" if mailing.is_answer else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mailing.unsubscribe:
        message["List-Unsubscribe"] = f"<{mailing.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body(mailing.text), cte="quoted-printable")
    message.add_alternative(body(mailing.html), subtype="html", cte="quoted-printable")
    message.set_boundary(boundary("boundary", mailing))
    if mailing.calendar:
        enclose(message, mailing)
    return message


def enclose(message: EmailMessage, mailing: Mailing) -> None:
    """The calendar file, behind the two forms of the letter."""
    message.add_attachment(
        mailing.calendar.encode(), maintype="text", subtype="calendar", filename=CALENDAR_FILE,
        params={"charset": "utf-8", "method": "PUBLISH"},
    )  # fmt: skip
    message.set_boundary(boundary("whole", mailing))


def boundary(level: str, mailing: Mailing) -> str:
    return hashlib.sha256(f"{level}|{mailing.key}".encode()).hexdigest()[:32]


def threading(mailing: Mailing, domain: str) -> Mapping[str, str]:
    """The headers that put the letter in its place: the thread of its piece or period, what it answers."""
    thread = thread_id(mailing.code, domain) if mailing.code else ""
    earlier = [thread, mailing.in_reply_to]
    headers = {
        "X-Toasoan-Code": mailing.code,
        "In-Reply-To": mailing.in_reply_to or thread,
        "References": " ".join(dict.fromkeys(id for id in earlier if id)),
    }
    return {name: value for name, value in headers.items() if value}


def refuse_broken(mailing: Mailing) -> None:
    """Header injection ends here: no line break or control character in anything but the two bodies."""
    for field in fields(mailing):
        value = getattr(mailing, field.name)
        if field.name not in BODIES and isinstance(value, str) and _CONTROL.search(value):
            raise LetterRefused(field.name, "holds a line break or a control character")
    answered = mailing.in_reply_to
    if answered and not (answered.isascii() and _MESSAGE_ID.fullmatch(answered)):
        raise LetterRefused("in_reply_to", f"{answered!r} is not a Message-ID")
    if mailing.written_at.tzinfo is None:
        raise LetterRefused("written_at", "has no zone")


def address(field: str, name: str, at: str) -> Address:
    """An address with its name. Only plain ASCII mailboxes: not every server on the way speaks SMTPUTF8."""
    if not at.isascii():
        raise LetterRefused(field, f"{at!r} is not plain ASCII")
    try:
        whole = Address(display_name=nfc(name), addr_spec=at)
    except (ValueError, IndexError, MessageError) as error:
        raise LetterRefused(field, f"{at!r} is not an address") from error
    if not (whole.username and whole.domain):
        raise LetterRefused(field, f"{at!r} is not an address")
    return whole


def body(text: str) -> str:
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
