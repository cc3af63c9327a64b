"""What the sender wrote in this mail, without the mails quoted below it, signatures and phone footers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workflow.intake.reading import Line

_FORWARD = re.compile(
    r"-{3,}\s*(?:forwarded message|(?:thư|tin nhắn)(?: được| đã)? chuyển tiếp|chuyển tiếp)\s*-{3,}"
    r"|(?:begin forwarded message|bắt đầu (?:thư|tin nhắn) (?:được )?chuyển tiếp)\s*:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{3,}\s*(?:original message|(?:thư|tin nhắn) (?:gốc|ban đầu))\s*-{3,}", re.IGNORECASE
)
_RULE = re.compile(r"[_\-=*~.]{5,}")
# With an address or a time in it, or else "Ngày 5/5, cô Lan viết:" in a story would cut the story off.
_SAID = re.compile(
    r"(?=.*(?:@|\d:\d\d))(?:vào|on|ngày|lúc|le)\b.{6,300}(?:đã viết|viết|wrote|a écrit)\s*:", re.IGNORECASE
)
_HEADER = re.compile(
    r"\*?(?:từ|from|ngày|date|gửi|đã gửi|sent|tới|đến|to|cc|bcc|chủ đề|tiêu đề|subject|reply-to)\s*\*?\s*:",
    re.IGNORECASE,
)
SIGNATURE_LINES = 10
SIGNATURE_CHARS = 500
_PHONE = re.compile(
    r"(?:đã |được )?gửi từ (?:iphone|ipad|điện thoại|thiết bị|samsung|galaxy|yahoo|outlook|mail|gmail|zalo).*"
    r"|sent from (?:my|yahoo|mail|outlook|gmail).*|(?:get|tải) outlook (?:for|cho) .*"
    r"|virus-free\..*|không có vi-?rút\..*",
    re.IGNORECASE,
)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|tl|trả lời|phúc đáp)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|vc|chuyển tiếp|chuyển)\s*:", re.IGNORECASE)
_PREFIXES = re.compile(
    r"\s*(?:re|tl|trả lời|phúc đáp|fwd?|vc|chuyển tiếp)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class OwnWords:
    """`said` by the sender of this mail; `forwarded`, oldest last, by those he forwards."""

    said: tuple[Line, ...]
    forwarded: tuple[tuple[Line, ...], ...] = ()


def is_reply(subject: str) -> bool:
    return bool(_REPLY_SUBJECT.match(subject))


def is_forward(subject: str) -> bool:
    return bool(_FORWARD_SUBJECT.match(subject))


def bare_subject(subject: str) -> str:
    """Without `Re:`, `Fwd:` and the like, however many."""
    while (shorter := _PREFIXES.sub("", subject, count=1)) != subject and _PREFIXES.match(subject):
        subject = shorter
    return subject.strip()


def own_words(lines: Sequence[Line], *, forwards: bool) -> OwnWords:
    """`forwards`: this mail passes an older one on, so an old header opens that mail instead of a quote."""
    sections: list[list[Line]] = [[]]
    at = 0
    while at < len(lines):
        text = lines[at].text
        said = _attribution(lines, at)
        if _FORWARD.fullmatch(text) or (forwards and (_ORIGINAL.fullmatch(text) or _is_header(lines, at))):
            sections.append([])
            at = _after_header(lines, at if _is_header(lines, at) else at + 1)
        elif _ORIGINAL.fullmatch(text) or _is_header(lines, at):
            break
        elif said and not forwards and not _is_quoted(lines, said):
            # A page's quote without any mark: all that follows is the old mail.
            break
        else:
            if not (said or text.startswith(">") or _PHONE.fullmatch(text) or _RULE.fullmatch(text)):
                sections[-1].append(lines[at])
            at = said or at + 1
    said_now, *passed_on = (tuple(_without_signature(section)) for section in sections)
    return OwnWords(said_now, tuple(passed_on))


def unwrapped(text: str) -> list[str]:
    """Lines as paragraphs: a program that breaks lines near column 76 broke sentences, not paragraphs."""
    lines = [line.rstrip() for line in text.split("\n")]
    if max(map(len, lines), default=0) > 80 or sum(len(line) >= 60 for line in lines) < 3:
        return lines
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        last = before.rpartition("\n")[2]
        would_fit = len(last) + 1 + len(line.split(" ")[0]) <= 70
        if not before or not line or would_fit or re.match(r"[>\-•*\[]|\d+[.)]", line):
            joined.append(line)
        else:
            # The break stays as a sign of where the program's line ended, until all are joined.
            joined[-1] = f"{before}\n{line}"
    return [line.replace("\n", " ") for line in joined]


def _attribution(lines: Sequence[Line], at: int) -> int:
    """Where "Vào … đã viết:" that starts at `at` ends (programs break it in up to three lines); else 0."""
    for count in (1, 2, 3):
        if _SAID.fullmatch(" ".join(line.text.lstrip("> ") for line in lines[at : at + count]).strip()):
            return at + count
    return 0


def _is_quoted(lines: Sequence[Line], at: int) -> bool:
    following = next((line.text for line in lines[at:] if line.text), ">")
    return following.startswith(">")


def _is_header(lines: Sequence[Line], at: int) -> bool:
    """Three header lines in a row are an old mail's header; one is how people write a letter."""
    return len(lines) >= at + 3 and all(_HEADER.match(line.text) for line in lines[at : at + 3])


def _after_header(lines: Sequence[Line], at: int) -> int:
    while at < len(lines) and (not lines[at].text or _HEADER.match(lines[at].text)):
        at += 1
    return at


def _without_signature(lines: Sequence[Line]) -> list[Line]:
    """Cut at "--", unless so much follows that somebody only drew a line between two pieces."""
    for at, line in enumerate(lines):
        after = [later.text for later in lines[at + 1 :] if later.text]
        is_short = len(after) <= SIGNATURE_LINES and sum(map(len, after)) <= SIGNATURE_CHARS
        if line.text.strip() == "--" and is_short:
            return list(lines[:at])
    return list(lines)
