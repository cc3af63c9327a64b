"""One look at the raw bytes of a mail: all that the reader makes of them, or the code of why nothing. Pure."""

import hashlib
import logging
from dataclasses import dataclass

from workflow.intake import composing, heading, reading
from workflow.intake.heading import Heading
from workflow.intake.problems import MailRefused
from workflow.intake.proposals import Composition
from workflow.intake.reading import Mail

log = logging.getLogger(__name__)

UNREADABLE = "mail_unreadable"


@dataclass(frozen=True)
class Sight:
    heading: Heading
    mail: Mail | None
    composition: Composition | None
    """Both None when the mail was not read; `refused` then says why."""
    refused: str = ""

    def says_the_same_as(self, other: "Sight") -> bool:
        """Whether two mails hold the same words and files: a second delivery differs in its `Received:` lines."""
        return self.mail is not None and other.mail is not None and _print(self.mail) == _print(other.mail)


def look(raw: bytes, *, own_mx: str) -> Sight:
    """Reads a mail as far as it can be read. Raises nothing: what breaks the reader waits for a person."""
    outside = heading.peek(raw, own_mx=own_mx)
    try:
        mail = reading.read(raw, own_mx=own_mx)
        return Sight(outside, mail, composing.compose(mail))
    except MailRefused as refused:
        return Sight(outside, None, None, refused.code)
    except Exception:
        # A stranger's bytes against six parsers: a mail that breaks one must reach the tray, where an editor
        # sees it, and not the dead rows of a queue, where nobody looks for an article.
        log.exception("the reader broke on a mail", extra={"sha256": hashlib.sha256(raw).hexdigest()})
        return Sight(outside, None, None, UNREADABLE)


def _print(mail: Mail) -> tuple[object, ...]:
    files = tuple((part.name, hashlib.sha256(part.data).hexdigest()) for part in mail.attachments)
    return mail.sender.address, mail.subject, mail.date_header, mail.texts, mail.html, files
