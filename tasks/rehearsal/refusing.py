"""A mailbox that was full: its server refuses the first letter for good, so that a rehearsal has one dead letter.

Whoever tries it again finds the mailbox emptied. All else on the way is as in life: this stands where a server would.
"""

from dataclasses import dataclass
from email.message import EmailMessage

from tasks.post import OutboxFolder, PermanentFailure, Ready, Receipt, Taken, nothing

FULL = "hkyanh.tv5@example.edu.vn"
"""Trần Thị Ngọc Dung of H. Kỳ Anh, which has sent nothing yet and is reminded."""
SERVER, SAYS = "mail.example.edu.vn", "552 5.2.2 Mailbox full"


@dataclass(frozen=True, slots=True)
class RehearsedPost:
    """The folder of the rehearsal, and that one server."""

    folder: OutboxFolder

    def send(
        self, message: EmailMessage, content: bytes, *, ready: Ready = nothing, taken: Taken = nothing
    ) -> Receipt:
        if any(to.addr_spec == FULL for to in message["To"].addresses) and self._refuses():
            ready()
            raise PermanentFailure(SERVER, "DATA", SAYS)
        return self.folder.send(message, content, ready=ready, taken=taken)

    def _refuses(self) -> bool:
        """True once in the life of a rehearsal, whoever asks at the same time."""
        self.folder.check()
        try:
            (self.folder.folder / ".refused").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def check(self) -> str:
        return self.folder.check()
