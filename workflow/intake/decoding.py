"""Bytes and header words of any age into NFC text. Nothing here raises: what cannot be read is replaced.

Old Vietnamese mail comes in windows-1258 (letters with combining marks), with raw 8-bit headers, with a
charset that lies, or with one that nobody knows.
"""

import codecs
import re
from base64 import b64decode
from email.message import Message
from email.quoprimime import header_decode
from unicodedata import normalize

# Charsets that hold only ASCII or Western letters are often a mail program's default, not the truth.
_DEFAULTS = frozenset({"ascii", "iso8859-1", "cp1252"})
# Codecs such as unicode_escape or rot13 are charsets to Python and traps to us.
_KNOWN = re.compile(r"utf[-_](8|16|32)|cp\d|iso8859|ascii|koi8|gb|hz|big5|shift_jis|euc|mac|iso2022|tis")
# Own reading of RFC 2047: the standard library's goes quadratic on a header of 64 kB made for it.
_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_WORDS = re.compile(rf"(?:{_WORD.pattern.replace('(', '(?:')}\s*)+")
# Control, direction, zero-width, lone surrogates. A soft hyphen stays: in TCVN3 it is a letter.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def text_of(data: bytes, charset: str | None) -> tuple[str, bool]:
    """The text in NFC, and whether every letter could be read."""
    declared = _codec(charset)
    order = ("utf-8", "cp1252", "latin-1") if declared in _DEFAULTS else (declared or "utf-8", "utf-8")
    for name in order:
        try:
            return clean(data.decode(name)), True
        except UnicodeDecodeError:
            continue
    # A few bad bytes in UTF-8 are damage; many mean that it never was UTF-8.
    as_utf8 = data.decode("utf-8", "replace")
    damaged, foreign = as_utf8.count("\ufffd"), sum(byte > 127 for byte in data)
    return clean(as_utf8 if damaged * 4 < foreign else data.decode("cp1258", "replace")), False


def header_text(value: str) -> str:
    """A header's value as people read it: RFC 2047 words and raw 8-bit letters decoded, unfolded, NFC."""
    return clean(re.sub(r"\s+", " ", _WORDS.sub(_spoken, _raw_letters(value)))).strip()


def file_name(part: Message) -> str:
    """The sender's name for a part, NFC, from RFC 2231, RFC 2047 or raw letters; empty when there is none.

    Text only: it is shown, and never becomes a path.
    """
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        # The parts' headers are set anew with their raw letters decoded, else these would be lost as U+FFFD.
        copy = Message()
        copy[header] = _raw_letters(first(part, header)).replace("\r", " ").replace("\n", " ")
        found = copy.get_param(parameter, header=header)
        if isinstance(found, tuple):
            charset, _, value = found
            found = text_of(value.encode("latin-1", "replace"), charset or "utf-8")[0]
        if found:
            return header_text(found).replace("/", "_").replace("\\", "_")
    return ""


def first(part: Message, header: str) -> str:
    """The raw value of the first such header, or an empty string."""
    return next(iter(every(part, header)), "")


def every(part: Message, header: str) -> list[str]:
    """All raw values of a header, in order, line ends included."""
    return [str(value) for name, value in part.raw_items() if name.casefold() == header.casefold()]


def clean(text: str) -> str:
    """NFC, line ends as `\\n`, and without letters that nobody can see."""
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    return _UNSEEN.sub("", normalize("NFC", text))


def _spoken(words: re.Match[str]) -> str:
    """Neighbouring encoded words as one text: a letter's bytes may begin in one and end in the next."""
    runs: list[tuple[str, bytes]] = []
    for named, encoding, encoded in _WORD.findall(words[0]):
        data = _word_bytes(encoding, encoded)
        charset = named.partition("*")[0].casefold()
        if runs and runs[-1][0] == charset:
            data = runs.pop()[1] + data
        runs.append((charset, data))
    after = " " if words[0][-1:].isspace() else ""
    return "".join(text_of(data, charset)[0] for charset, data in runs) + after


def _word_bytes(encoding: str, encoded: str) -> bytes:
    if encoding in "qQ":
        return header_decode(encoded).encode("latin-1", "replace")
    try:
        return b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        # Cut-off base64: better shown raw than not at all.
        return encoded.encode("utf-8", "replace")


def _codec(charset: str | None) -> str | None:
    """The codec's own name, or None for a charset that Python does not know or that is none."""
    try:
        found = codecs.lookup((charset or "").strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return found if _KNOWN.match(found) else None


def _raw_letters(value: str) -> str:
    """The parser keeps raw 8-bit letters as surrogates; here they become what they most likely were."""
    if value.isascii():
        return value
    try:
        return text_of(value.encode("ascii", "surrogateescape"), "utf-8")[0]
    except UnicodeEncodeError:
        return value
