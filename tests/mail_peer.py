"""A mail server on loopback that does as it is told: real SMTP, with faults where a test wants them."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP


@dataclass
class MailPeer:
    """What it is to say, and what it was given. Bytes are kept as they came, without the closing dot."""

    port: int = 0
    to_mail: str = "250 OK"
    to_recipient: dict[str, str] = field(default_factory=dict)
    """Address -> answer; any other address is welcome."""
    to_data: list[str] = field(default_factory=list)
    """Answers to the coming letters, one each: a reply, `hang`, `drop before 250`, `drop after 250`."""
    taken: list[bytes] = field(default_factory=list)
    """The letters it said 250 to, and those whose 250 was lost on the way."""
    senders: list[str] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.to_mail.startswith("250"):
            envelope.mail_from = address
        return self.to_mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.to_recipient.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.to_data.pop(0) if self.to_data else "250 OK queued as 4711"
        if answer == "hang":
            await asyncio.sleep(60)
        if answer.startswith(("250", "drop")):
            self.taken.append(envelope.original_content)
            self.senders.append(envelope.mail_from)
            self.recipients.append(list(envelope.rcpt_tos))
        if answer == "drop after 250":
            await server.push("250 OK")
        if answer.startswith("drop"):
            server.transport.close()
        return answer


@contextmanager
def mail_peer(**smtp: object) -> Iterator[MailPeer]:
    """A running peer on a free port; `smtp` are settings of aiosmtpd's SMTP."""
    peer, loop, ready = MailPeer(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await loop.create_server(
            lambda: SMTP(peer, hostname="peer.example.edu.vn", loop=loop, **smtp), "127.0.0.1", 0
        )
        peer.port = server.sockets[0].getsockname()[1]
        ready.set()
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    task = loop.create_task(serve())
    thread = threading.Thread(target=run, args=(loop, task), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    for left in asyncio.all_tasks(loop):
        left.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
