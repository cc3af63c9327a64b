"""The post: hands a message over, and says what became of it; `mail_server.py` in life, here a folder in the demo.

It remembers nothing and tries nothing twice. Whether and when to try again is the outbox's business; here is
only told which failures another try may mend.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from workflow import storage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server has taken the letter. `at` is this machine's clock, for the log; `reply` its own words."""

    server: str
    at: datetime
    reply: str

    @property
    def says(self) -> str:
        return f"{self.server}: {self.reply}"


class PostError(Exception):
    """The letter was not taken, as far as we know. `reply` is the server's answer or the machine's error."""

    def __init__(self, server: str, step: str, reply: str) -> None:
        self.server, self.step, self.reply = server, step, reply
        super().__init__(f"{server}: {step}: {reply}")


class TemporaryFailure(PostError):
    """Worth another try: no connection, no answer in time, a 4xx, or a fault of our own settings."""


class PermanentFailure(PostError):
    """Not worth another try: the server will not have this recipient or this letter (5xx)."""


READABLE = 0o644
"""A rehearsal's letters are read by any mail program, another user's too."""

Ready = Callable[[], object]
Taken = Callable[[Receipt], object]


def nothing(*_: object) -> None:
    """For letters that nobody keeps a record of."""


class Postman(Protocol):
    def send(
        self, message: EmailMessage, content: bytes, *, ready: Ready = nothing, taken: Taken = nothing
    ) -> Receipt:
        """Give `content`, the bytes of `message`. `ready` is called as the last thing before it is given, and may
        raise to keep it; `taken` as the first thing after. Raises TemporaryFailure or PermanentFailure."""

    def check(self) -> str:
        """Tries everything but a letter and says where letters go. Raises TemporaryFailure."""


@dataclass(frozen=True, slots=True)
class OutboxFolder:
    """The demo's post: one .eml per letter, for any mail program. Sending again writes the same file."""

    folder: Path

    def send(
        self, message: EmailMessage, content: bytes, *, ready: Ready = nothing, taken: Taken = nothing
    ) -> Receipt:
        sent = message["Date"].datetime.astimezone(UTC)
        name = f"{sent:%Y%m%dT%H%M%SZ}-{message['Message-ID'].strip('<')[:16]}.eml"
        ready()
        try:
            storage.write_whole(self.folder / name, content, mode=READABLE)
        except OSError as error:
            raise TemporaryFailure("outbox", "write", str(error)) from error
        receipt = Receipt("outbox", datetime.now(UTC), name)
        taken(receipt)
        return receipt

    def check(self) -> str:
        probe = self.folder / f".check-{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise TemporaryFailure("outbox", "write", str(error)) from error
        return str(self.folder)
