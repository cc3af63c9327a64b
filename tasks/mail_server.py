"""A letter's conversation with a mail server, over SMTP."""

import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from tasks.post import PermanentFailure, Ready, Receipt, Taken, TemporaryFailure, nothing
from workflow.rules.refusing import is_about_us

DEFAULT_PORTS = {("smtp", False): 25, ("smtp", True): 587, ("smtps", False): 465}


class BadSmtpUrl(ValueError):
    """SMTP_URL cannot be used. The message never holds the password."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. One letter is one conversation, which must end within `timeout_seconds`."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    """TLS from the first byte (smtps)."""
    starttls: bool = False
    timeout_seconds: float = 30
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @classmethod
    def at(cls, url: str, *, timeout_seconds: float = 30, tls: ssl.SSLContext | None = None) -> "MailServer":
        """From `smtp://user:password@host:port?starttls=1` or `smtps://…`. Raises BadSmtpUrl."""
        try:
            parts = urlsplit(url)
            options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
            starttls = options.pop("starttls", ["0"]) == ["1"]
            port = parts.port or DEFAULT_PORTS[parts.scheme, starttls]
        except (ValueError, KeyError):
            raise BadSmtpUrl("SMTP_URL: smtp://user:password@host:port?starttls=1, smtps://…") from None
        if not parts.hostname or options or parts.path not in {"", "/"}:
            raise BadSmtpUrl("SMTP_URL: smtp://user:password@host:port?starttls=1, smtps://…")
        is_tls = parts.scheme == "smtps"
        if parts.password and not (is_tls or starttls or is_loopback(parts.hostname)):
            raise BadSmtpUrl("SMTP_URL: a password does not travel in the clear; use ?starttls=1 or smtps://")
        return cls(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls=is_tls,
            starttls=starttls,
            timeout_seconds=timeout_seconds,
            tls=tls or ssl.create_default_context(),
        )

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    def send(
        self, message: EmailMessage, content: bytes, *, ready: Ready = nothing, taken: Taken = nothing
    ) -> Receipt:
        # An answer to somebody's mail has an empty return path (RFC 3834): its bounce would meet nobody.
        is_answer = message["Auto-Submitted"] == "auto-replied"
        sender = message["From"].addresses[0]
        with self.conversation(own_name=sender.domain) as talk:
            # Bounces of all others come to the mailbox that is read, not to the one that only sends.
            talk.say("MAIL", "" if is_answer else message["Reply-To"].addresses[0].addr_spec)
            talk.say("RCPT", message["To"].addresses[0].addr_spec)
            ready()
            reply = talk.say("DATA", content)
            receipt = Receipt(self.name, datetime.now(UTC), reply)
            # Before the goodbye, for which the server may need a second.
            taken(receipt)
            return receipt

    def check(self) -> str:
        with self.conversation(own_name="localhost") as talk:
            talk.say("NOOP")
        return self.name

    def connect(self, own_name: str) -> smtplib.SMTP:
        seconds = self.timeout_seconds
        if self.is_tls:
            return smtplib.SMTP_SSL(self.host, self.port, own_name, timeout=seconds, context=self.tls)
        return smtplib.SMTP(self.host, self.port, own_name, timeout=seconds)

    @contextlib.contextmanager
    def conversation(self, *, own_name: str) -> Iterator["Conversation"]:
        """A greeted and signed-in server; always hung up. Whatever breaks in it is a TemporaryFailure."""
        ends_at = time.monotonic() + self.timeout_seconds
        step = "CONNECT"
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self.connect(own_name)
            talk = Conversation(self.name, smtp, ends_at)
            step = "STARTTLS"
            if self.starttls:
                talk.hurry()
                smtp.starttls(context=self.tls)
            step = "LOGIN"
            if self.user:
                talk.hurry()
                smtp.login(self.user, self.password)
            talk.hurry()
            smtp.ehlo_or_helo_if_needed()
            step = "CONVERSATION"
            yield talk
        except smtplib.SMTPResponseException as error:
            raise TemporaryFailure(self.name, step, answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(self.name, step, str(error) or type(error).__name__) from error
        finally:
            if smtp is not None:
                hang_up(smtp)


@dataclass(slots=True)
class Conversation:
    """What is said to one server about one letter."""

    server: str
    smtp: smtplib.SMTP
    ends_at: float

    def say(self, step: str, argument: str | bytes = "") -> str:
        """One step; the server's answer when it says yes. Raises TemporaryFailure or PermanentFailure."""
        code, reply = self.ask(step, argument)
        if code in {250, 251}:
            return answer(code, reply)
        says = answer(code, reply)
        failure = PermanentFailure if is_final(step, code, says) else TemporaryFailure
        raise failure(self.server, step, says)

    def ask(self, step: str, argument: str | bytes) -> tuple[int, bytes]:
        self.hurry()
        try:
            match step, argument:
                case "MAIL", str(sender):
                    return self.smtp.mail(sender)
                case "RCPT", str(recipient):
                    return self.smtp.rcpt(recipient)
                case "DATA", bytes(content):
                    return self.give(content)
                case _:
                    return self.smtp.noop()
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(self.server, step, str(error) or type(error).__name__) from error

    def give(self, content: bytes) -> tuple[int, bytes]:
        """As smtplib's `data`, with one more look at the time before the letter itself: whoever slept in between
        has lost his lease, and hangs up without the dot that would make it a letter."""
        code, reply = self.smtp.docmd("DATA")
        if code != 354:
            return code, reply
        try:
            self.hurry()
        except TimeoutError:
            self.smtp.close()
            raise
        self.smtp.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        return self.smtp.getreply()

    def hurry(self) -> None:
        """Leaves the next step what is left of the time: a server that dawdles at each step gains nothing."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        if self.smtp.sock is not None:
            self.smtp.sock.settimeout(left)


def is_final(step: str, code: int, says: str) -> bool:
    """Whether another try would get the same answer.

    A 5xx to MAIL is about us (blocked, not signed in), except 552, too large; so is 530, and what many servers say
    only at RCPT: that they do not relay for us, or block us. Such a fault is mended in the settings, and the letters
    that waited must then still go.
    """
    if step == "MAIL":
        return code == 552
    if step == "RCPT" and is_about_us(says):
        return False
    return 500 <= code < 600 and code != 530


def answer(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"


def hang_up(smtp: smtplib.SMTP) -> None:
    """Says goodbye without waiting long: a letter that was taken stays taken if the line drops now."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(1)
        smtp.quit()
    smtp.close()


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
