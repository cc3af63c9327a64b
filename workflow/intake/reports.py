"""Reports of mail that could not be delivered (RFC 3464): which letter came back, from which address, and why. Pure.

Bounded and unable to fail: what is no such report, or a broken one, tells of no failure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import Parser
from email.policy import compat32

MAX_BYTES = 1024 * 1024
MAX_FAILURES = 20
MAX_SAYS = 300

_ID = re.compile(r"<[^<>\s]{1,248}>")


@dataclass(frozen=True)
class Failure:
    """One address that one of our letters did not reach, for good."""

    message_id: str
    address: str
    """In lower case."""
    says: str
    """What the machine said, on one line: `5.1.1; 550 5.1.1 User unknown`."""


def failures(raw: bytes) -> tuple[Failure, ...]:
    """What a report tells of; delays and successes are no failures."""
    report = message_from_bytes(raw[:MAX_BYTES], policy=compat32)
    message_id = next(_originals(report), "")
    if not message_id:
        return ()
    found = (
        _failure(block, message_id)
        for part in _parts(report, "message/delivery-status")
        for block in _blocks(part)
    )
    return tuple(failure for failure in found if failure is not None)[:MAX_FAILURES]


def _failure(block: Message, message_id: str) -> Failure | None:
    """A block about one recipient; the first block of a report is about the server and names none."""
    named = _field(block, "Original-Recipient") or _field(block, "Final-Recipient")
    address = named.rpartition(";")[2].strip().strip("<>").lower()
    if _field(block, "Action").lower() != "failed" or "@" not in address:
        return None
    told = [_field(block, "Status"), _field(block, "Diagnostic-Code").partition(";")[2].strip()]
    return Failure(message_id, address, "; ".join(filter(None, told))[:MAX_SAYS] or "failed")


def _originals(report: Message) -> Iterator[str]:
    """The Message-ID of the letter that came back, whole or its header only."""
    for part in _parts(report, "message/rfc822", "text/rfc822-headers"):
        header: Message | None
        if part.get_content_type() == "message/rfc822":
            header = next(iter(_blocks(part)), None)
        else:
            words = part.get_payload(decode=True)
            told = words.decode("utf-8", "replace") if isinstance(words, bytes) else ""
            header = Parser(policy=compat32).parsestr(told, headersonly=True)
        if header is not None and (found := _ID.search(_field(header, "Message-ID"))):
            yield found[0]


def _parts(report: Message, *kinds: str) -> Iterator[Message]:
    """The parts of these kinds; a returned letter's own parts are not walked into."""
    if report.get_content_type() in kinds:
        yield report
    if report.get_content_maintype() == "multipart":
        for part in _blocks(report):
            yield from _parts(part, *kinds)


def _blocks(part: Message) -> list[Message]:
    held = part.get_payload()
    return [block for block in held if isinstance(block, Message)] if isinstance(held, list) else []


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())
