"""What stands on the outside of a mail: who, what about, when our server took it.

Read before the rest, and instead of it. Bounded and unable to fail: it must give the receipt time of a mail
that nothing else can read.
"""

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32

from workflow.intake import decoding, provenance
from workflow.intake.limits import MAX_HEADER_BYTES
from workflow.intake.provenance import Address

MAX_ID_CHARS = 250
"""Of a Message-ID as kept: an index entry has a limit, a forger's header has none."""
MAX_SUBJECT_CHARS = 500


@dataclass(frozen=True)
class Heading:
    message_id: str
    """A hint only, cut to MAX_ID_CHARS; empty when the mail has none."""
    sender: Address
    subject: str
    received_at: datetime | None
    """Aware UTC, by the top `Received:` of our own server; None without one."""


def peek(raw: bytes, *, own_mx: str) -> Heading:
    """Reads the first 64 kB of the header and nothing below it. Raises nothing."""
    header = BytesHeaderParser(policy=compat32).parsebytes(raw[:MAX_HEADER_BYTES])
    addresses, _ = provenance.senders(header)
    message_id = decoding.header_text(decoding.first(header, "Message-ID"))
    return Heading(
        message_id=message_id[:MAX_ID_CHARS],
        sender=addresses[0] if addresses else Address("", ""),
        subject=decoding.header_text(decoding.first(header, "Subject"))[:MAX_SUBJECT_CHARS],
        received_at=provenance.received_at(header, own_mx),
    )
