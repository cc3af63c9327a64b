"""The limits of a mail, tried before any full parser sees it (T19).

The standard parser needs 24.6 s for a mail of 100,000 parts (3.2 MB); this walk stops at the 201st.
"""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice

from workflow.intake.problems import MailRefused

MAX_BYTES = 30 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_ADDRESSES = 100

# Atomic groups: without them a lone CRLF would pass as two line ends.
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_LINE_END = re.compile(rb"[ \t]*(?>\r\n|\n|\r)?")
_ADDRESS_HEADERS = ("from", "sender", "reply-to", "to", "cc", "bcc")


def guard(raw: bytes) -> None:
    """Raises MailRefused when the mail is over a limit: bytes, header, parts, depth or addresses."""
    if len(raw) > MAX_BYTES:
        raise MailRefused("mail_too_large")
    parts = 0
    waiting = [(0, len(raw), 1)]
    while waiting:
        start, end, depth = waiting.pop()
        parts += 1
        if depth > MAX_DEPTH:
            raise MailRefused("mail_too_deep")
        if parts + len(waiting) > MAX_PARTS:
            raise MailRefused("mail_too_many_parts")
        body, header = _header(raw, start, end)
        if start == 0:
            _count_addresses(header)
        waiting.extend((a, b, depth + 1) for a, b in _inside(raw, body, end, header, MAX_PARTS - parts))


def _header(raw: bytes, start: int, end: int) -> tuple[int, Message]:
    """Where the body of the entity begins, and its header parsed by the standard library.

    A header ends at a blank line, or at the first line that is none, as the full parser has it.
    """
    blank = _BLANK_LINE.search(raw, start, end)
    longest = blank.end() if blank else end
    if longest - start > MAX_HEADER_BYTES:
        if blank is None or start == 0:
            raise MailRefused("mail_header_too_large")
        longest = start + MAX_HEADER_BYTES
    header = BytesHeaderParser(policy=compat32).parsebytes(raw[start:longest])
    return longest - len(header.get_payload()), header


def _inside(raw: bytes, body: int, end: int, header: Message, room: int) -> list[tuple[int, int]]:
    """The ranges of the entities within this one; looks for one more than there is room for, then stops."""
    kind = header.get_content_type()
    if kind == "message/delivery-status":
        # The parser makes a message of every paragraph.
        paragraphs = islice(_BLANK_LINE.finditer(raw, body, end), room + 1)
        return [(paragraph.end(), paragraph.end()) for paragraph in paragraphs]
    if kind.startswith("message/"):
        return [(body, end)]
    boundary = header.get_boundary()
    if not boundary or not kind.startswith("multipart/"):
        return []
    return _between(_delimiters(boundary).finditer(raw, max(body - 1, 0), end), end, room, raw)


def _delimiters(boundary: str) -> re.Pattern[bytes]:
    """Lines that open (or, group 1, close) a part, as the full parser sees them: after any line end."""
    sign = re.escape(boundary.encode("utf-8", "surrogateescape"))
    return re.compile(rb"(?:\A|(?<=[\r\n]))--" + sign + rb"(--)?(?=[ \t]*(?:[\r\n]|\Z))")


def _between(lines: Iterator[re.Match[bytes]], end: int, room: int, raw: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for line in lines:
        if opened is not None:
            found.append((opened, max(opened, line.start())))
        if line.group(1) or len(found) > room:
            return found
        after = _LINE_END.match(raw, line.end(), end)
        opened = after.end() if after else end
    if opened is not None:
        found.append((opened, end))
    return found


def _count_addresses(header: Message) -> None:
    # Counted by the sign, not by a parser: a thousand addresses are not worth taking apart.
    written = (str(value) for name, value in header.raw_items() if name.casefold() in _ADDRESS_HEADERS)
    if sum(value.count("@") for value in written) > MAX_ADDRESSES:
        raise MailRefused("mail_too_many_addresses")
