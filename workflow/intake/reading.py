"""The bytes of a mail into what a person would see of it. Pure: no database, no clock, no network.

`guard` first, then `read`. What the mail *means* (pieces, titles, authors) is `composing`'s question.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice

from workflow import filetypes
from workflow.intake import provenance
from workflow.intake.decoding import every, file_name, first, header_text, text_of
from workflow.intake.limits import guard
from workflow.intake.problems import MailRefused, Problem
from workflow.intake.provenance import Address

__all__ = ["Address", "Line", "Mail", "MailRefused", "Part", "Passage", "guard", "read"]

MAX_TEXT_CHARS = 500_000
"""Of one body. A year's pieces of a unit fit; a body made to stall the reader does not."""

_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True)
class Part:
    """A file in a mail. `name` is the sender's, NFC, only for showing; `media_type` is what the bytes are."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def kind(self) -> str:
        """`picture`, `video`, `document` or `other`."""
        return filetypes.kind_of(self.media_type)


@dataclass(frozen=True)
class Passage:
    """A stretch of the body in reading order: a text, a page, both (twins), or a picture between texts."""

    text: str | None = None
    html: str | None = None
    picture: Part | None = None


@dataclass(frozen=True)
class Line:
    """One line in reading order, of a body or of a file: words, or a picture that stands between them."""

    text: str = ""
    picture: Part | None = None


@dataclass(frozen=True)
class Mail:
    sha256: str
    """Of the raw bytes, hex: the key that recognises a second copy."""
    message_id: str
    """With its angle brackets; a hint only, for it may be missing or used twice."""
    sender: Address
    from_count: int
    subject: str
    date_header: str
    """As the sender's program wrote it. Never decides anything."""
    received_at: datetime | None
    """When our own server took it, aware UTC; None when its line is missing."""
    references: tuple[str, ...]
    """Message-IDs of References and In-Reply-To, without repeats."""
    machine_made: str
    """Why not to answer: `bounce`, `auto_reply`, `mailing_list`, `bulk`, `machine_sender`; or empty."""
    authentication: str
    """`pass`, `fail` or `none`: our own server's verdict about the domain of From."""
    passages: tuple[Passage, ...]
    attachments: tuple[Part, ...]
    problems: tuple[Problem, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(p.text for p in self.passages if p.text is not None)

    @property
    def html(self) -> tuple[str, ...]:
        return tuple(p.html for p in self.passages if p.html is not None)


def read(raw: bytes, *, own_mx: str) -> Mail:
    """`own_mx` is the name our mail server signs with in `Received:` and `Authentication-Results:`.

    Raises MailRefused over a limit; everything else that is wrong becomes a Problem of the mail.
    """
    guard(raw)
    message = BytesParser(policy=compat32).parsebytes(raw)
    addresses, from_count = provenance.senders(message)
    sender = addresses[0] if addresses else Address("", "")
    body = _Body()
    body.take(message)
    if from_count > 1:
        body.problems.append(Problem("two_from"))
    elif not sender.address:
        body.problems.append(Problem("sender_unreadable"))
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=_first_id(first(message, "Message-ID")),
        sender=sender,
        from_count=from_count,
        subject=header_text(first(message, "Subject")),
        date_header=header_text(first(message, "Date")),
        received_at=provenance.received_at(message, own_mx),
        references=tuple(dict.fromkeys(_ids(message))),
        machine_made=provenance.machine_made(message),
        authentication="fail" if from_count > 1 else provenance.authentication(message, own_mx, sender),
        passages=tuple(body.passages),
        attachments=tuple(body.attachments),
        problems=tuple(dict.fromkeys(body.problems)),
    )


class _Body:
    """Collects passages and files while it walks down the parts."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.attachments: list[Part] = []
        self.problems: list[Problem] = []

    def take(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind == "multipart/alternative" and part.is_multipart():
            self._take_twins(part)
        elif part.is_multipart():
            for child in _children(part):
                if kind == "message/rfc822":
                    # Forwarded as a file: told like a forward in the text, so one reader serves both.
                    self.passages.append(Passage(text=_forward_header(child)))
                self.take(child)
        elif _is_body(part):
            text = self._text(part)
            self.passages.append(Passage(html=text) if kind == "text/html" else Passage(text=text))
        elif kind not in _SIGNATURES:
            self._take_file(part)

    def _take_twins(self, part: Message) -> None:
        """The same words as text and as a page; pictures of the page lie beside it."""
        leaves = [leaf for leaf in part.walk() if not leaf.is_multipart()]
        bodies = {leaf.get_content_type(): leaf for leaf in reversed(leaves) if _is_body(leaf)}
        text, page = bodies.get("text/plain"), bodies.get("text/html")
        self.passages.append(
            Passage(text=self._text(text) if text else None, html=self._text(page) if page else None)
        )
        for leaf in leaves:
            if leaf.get_content_maintype() != "text" or not _is_body(leaf):
                self._take_file(leaf, beside_page=True)

    def _take_file(self, part: Message, *, beside_page: bool = False) -> None:
        data = _bytes_of(part)
        if not data:
            return
        inline = first(part, "Content-Disposition").strip().casefold().startswith("inline")
        content_id = _first_id(first(part, "Content-ID")).strip("<>")
        file = Part(file_name(part), filetypes.media_type(data), data, content_id, inline)
        self.attachments.append(file)
        # Apple's programs write text, picture, text as three parts without naming the picture in any page.
        if inline and not content_id and not beside_page and file.kind == "picture":
            self.passages.append(Passage(picture=file))

    def _text(self, part: Message) -> str:
        data = _bytes_of(part)
        charset = part.get_param("charset")
        if isinstance(charset, tuple):
            charset = charset[2]
        if not charset and (named := _META_CHARSET.search(data, 0, 2048)):
            charset = named.group(1).decode("ascii", "replace")
        text, is_whole = text_of(data, charset)
        if not is_whole:
            self.problems.append(Problem("charset_broken"))
        if len(text) > MAX_TEXT_CHARS:
            self.problems.append(Problem("text_cut"))
        return text[:MAX_TEXT_CHARS]


def _is_body(leaf: Message) -> bool:
    """Whether a leaf is words to read rather than a file: text that has no name and is not sent as a file."""
    if leaf.get_content_maintype() == "multipart":
        # A broken multipart: the parser found no part in it, so its words are all there is.
        return True
    is_text = leaf.get_content_type() in ("text/plain", "text/html", "text/enriched")
    is_file = first(leaf, "Content-Disposition").strip().casefold().startswith("attachment")
    return is_text and not is_file and not file_name(leaf)


def _children(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [child for child in inside if isinstance(child, Message)] if isinstance(inside, list) else []


def _bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _forward_header(inner: Message) -> str:
    lines = (("Từ", "From"), ("Ngày", "Date"), ("Chủ đề", "Subject"), ("Tới", "To"))
    told = "\n".join(f"{label}: {header_text(first(inner, name))}" for label, name in lines)
    return f"---------- Forwarded message ---------\n{told}\n\n"


def _ids(message: Message) -> Iterator[str]:
    for name in ("References", "In-Reply-To"):
        for line in every(message, name):
            yield from islice(_MESSAGE_ID.findall(line), 200)


def _first_id(line: str) -> str:
    found = _MESSAGE_ID.search(line)
    return found.group(0) if found else ""
