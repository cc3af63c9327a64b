"""Where a mail came from: when our server took it, whether the sender is who he says, who wrote.

Only what our own mail server wrote into the header is believed (T17, T18, R5). `Date:` decides nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from unicodedata import normalize

from workflow.intake.decoding import every, first, header_text

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@(?:[\w-]+\.)+[\w-]{2,}")
_COMMENT = re.compile(r"\([^()]*\)")
# Mail servers nest two at most; an endless nest would cost a pass per level.
COMMENT_DEPTH = 5
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply"})


@dataclass(frozen=True)
class Address:
    """`address` is lower-case with an IDNA domain, or empty when none could be read."""

    name: str
    address: str


def senders(header: Message) -> tuple[tuple[Address, ...], int]:
    """The addresses of all From headers, and how many there are; more than one is a forger's game (T18).

    Two headers with the same address count as two: programs show the first, servers check the other.
    """
    lines = every(header, "From")
    found = tuple(address for line in lines for address in _addresses(line))
    return found, max(len(lines), len(found))


def received_at(header: Message, own_mx: str) -> datetime | None:
    """When our own server took the mail, by the topmost `Received:` that names it; aware UTC, or None.

    What lies below is the sender's and may be invented.
    """
    for line in every(header, "Received"):
        text = _without_comments(line)
        by = re.search(r"\bby\s+([^\s;]+)", text)
        if by and own_mx and by.group(1).casefold().rstrip(".") == own_mx.casefold():
            return _instant(text.rpartition(";")[2])
    return None


def authentication(header: Message, own_mx: str, sender: Address) -> str:
    """`pass`, `fail` or `none`: our own server's verdict, and only about the domain people see in From.

    A signature over the first bytes only (`l=`) proves nothing: text can be added behind it.
    """
    domain = sender.address.rpartition("@")[2]
    results = list(_own_results(header, own_mx))
    if not domain or not results:
        return "none"
    shortened = any(re.search(r"(?:^|;)\s*l\s*=", line) for line in every(header, "DKIM-Signature"))
    believed = ("spf",) if shortened else ("dmarc", "dkim", "spf")
    good = any(m in believed and verdict == "pass" and about == domain for m, verdict, about in results)
    bad = any(m == "dmarc" and verdict == "fail" for m, verdict, _ in results)
    if good and not bad:
        return "pass"
    return "fail" if bad or any(verdict == "fail" for _, verdict, _ in results) else "none"


def machine_made(header: Message) -> str:
    """Why nobody should answer this mail (RFC 3834), as a code; empty when a person wrote it."""
    kind = header.get_content_type()
    local_part = next((a.address.partition("@")[0] for a in senders(header)[0]), "")
    answered = first(header, "Auto-Submitted").strip().casefold()
    signs = (
        ("bounce", kind in ("multipart/report", "message/delivery-status")),
        ("bounce", first(header, "Return-Path").strip() == "<>"),
        ("auto_reply", bool(answered) and not answered.startswith("no")),
        ("auto_reply", bool(first(header, "X-Autoreply") or first(header, "X-Autorespond"))),
        ("mailing_list", bool(first(header, "List-Id"))),
        ("bulk", first(header, "Precedence").strip().casefold() in _BULK),
        ("machine_sender", local_part in _MACHINES),
    )
    return next((code for code, holds in signs if holds), "")


def _own_results(header: Message, own_mx: str) -> Iterator[tuple[str, str, str]]:
    """(method, verdict, domain it is about) from the Authentication-Results that our own server wrote.

    Those above the second `Received:` only: a copy with our name further down came with the mail. Of one that came
    without any `Received:` the sender's lines stand right below ours: the topmost that speaks of a method has said
    all there is to say about it.
    """
    hops, told = 0, set[str]()
    for name, value in header.raw_items():
        hops += name.casefold() == "received"
        if hops > 1:
            return
        if name.casefold() != "authentication-results":
            continue
        server, *results = _without_comments(str(value)).split(";")
        if not own_mx or server.split()[:1] != [own_mx.casefold()]:
            continue
        found = [said for result in results if (said := _said(result)) and said[0] not in told]
        yield from found
        told |= {method for method, _, _ in found}


def _said(result: str) -> tuple[str, str, str] | None:
    said = re.match(r"\s*(dmarc|dkim|spf)\s*=\s*(\w+)", result)
    about = re.search(r"(?:header\.from|header\.d|smtp\.mailfrom)\s*=\s*\"?([^\s\";]+)", result)
    return (said[1], said[2], about[1].rpartition("@")[2] if about else "") if said else None


def _addresses(line: str) -> Iterator[Address]:
    # The address is taken before encoded words are decoded: a name may hold "<other@…>" and must stay a name.
    for name, address in getaddresses([re.sub(r"\s+", " ", line)]):
        if name or address:
            yield Address(header_text(name), _canonical(address))


def _canonical(address: str) -> str:
    address = normalize("NFC", header_text(address)).lower()
    if not _ADDRESS.fullmatch(address):
        return ""
    local_part, _, domain = address.rpartition("@")
    try:
        return f"{local_part}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def _instant(words: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(words.strip())
        # `-0000` means UTC without a zone and comes back naive.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _without_comments(line: str) -> str:
    """Lower-cased, unfolded and without comments, which may hold anything, a forged verdict too."""
    text = re.sub(r"\s+", " ", header_text(line)).lower()
    for _ in range(COMMENT_DEPTH):
        text = _COMMENT.sub("", text)
    return text
