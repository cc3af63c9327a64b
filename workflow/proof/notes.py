"""Checkpoints as signed notes: the text that leaves the house and that anybody can check with the public key. Pure.

Format: C2SP signed-note and tlog-checkpoint, Ed25519, so that other programs read them too:

    diendan.example.edu.vn/nhat-ky       whose trail
    4711                                 how many events
    q83vEjRW…=                           the root over them, base64
    time 2021-05-31T17:00:00.000000Z     when it was sealed
    after 9f86d081…                      SHA-256 of the note before, hex; `after -` for the first

    — diendan.example.edu.vn/nhat-ky AbCd…=
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]+")
_NOTE = re.compile(
    r"^(?P<body>[^\s+]+\n(?:0|[1-9][0-9]*)\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*)\n"
    r"(?P<signatures>(?:— [^\s+]+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)


class NoteRefused(ValueError):
    """A note or key that is not what it should be; `code`: malformed, unknown_key or forged."""

    def __init__(self, code: str, says: str) -> None:
        self.code = code
        super().__init__(says)


@dataclass(frozen=True)
class Checkpoint:
    """What a note says: the root over the first `size` events. `more` are its further lines."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def text(self) -> str:
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.more))

    def line(self, word: str) -> str:
        """What stands behind `word ` among the further lines, "" when nothing does."""
        found = (line.removeprefix(f"{word} ") for line in self.more if line.startswith(f"{word} "))
        return next(found, "")


@dataclass(frozen=True)
class PublicKey:
    """A verifier key: `name+4f2a…+base64`."""

    name: str
    raw: bytes

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Raises NoteRefused(`malformed`)."""
        try:
            name, mark, encoded = text.strip().split("+", 2)
            kind, raw = _kind_and_key(encoded)
            key = cls(name, raw)
            if kind != ED25519 or len(raw) != 32 or key.mark.hex() != mark:
                raise ValueError(text)
        except ValueError as error:
            raise NoteRefused("malformed", "not an Ed25519 verifier key") from error
        return key

    @cached_property
    def mark(self) -> bytes:
        """Four bytes that say in a signature which key made it."""
        return hashlib.sha256(f"{self.name}\n".encode() + ED25519 + self.raw).digest()[:4]

    def text(self) -> str:
        return f"{self.name}+{self.mark.hex()}+{base64.b64encode(ED25519 + self.raw).decode()}"

    def is_signed(self, body: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, body)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The house's own key, as its file holds it: `PRIVATE+KEY+name+4f2a…+base64`."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def new(cls, name: str) -> "SigningKey":
        if not _NAME.fullmatch(name):
            raise NoteRefused("malformed", f"no name for a key: {name!r}")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, text: str) -> "SigningKey":
        """Raises NoteRefused(`malformed`)."""
        try:
            private, word, name, mark, encoded = text.strip().split("+", 4)
            kind, seed = _kind_and_key(encoded)
            key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
            if (private, word, kind) != ("PRIVATE", "KEY", ED25519) or key.public.mark.hex() != mark:
                raise ValueError(name)
        except ValueError as error:
            raise NoteRefused("malformed", "not an Ed25519 signing key") from error
        return key

    @cached_property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())

    def text(self) -> str:
        encoded = base64.b64encode(ED25519 + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.public.mark.hex()}+{encoded}"

    def sign(self, checkpoint: Checkpoint) -> str:
        """The whole note."""
        body = checkpoint.text()
        signature = base64.b64encode(self.public.mark + self.private.sign(body.encode())).decode()
        return f"{body}\n— {self.name} {signature}\n"


def read(note: str) -> Checkpoint:
    """What a note says, whoever signed it. Raises NoteRefused(`malformed`)."""
    body, _ = _parts(note)
    origin, size, root, *more = body.splitlines()
    return Checkpoint(origin, int(size), base64.b64decode(root), tuple(more))


def checked(note: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """What a note says, signed by one of `keys`. Raises NoteRefused: `malformed`, `unknown_key`, `forged`."""
    body, signatures = _parts(note)
    known = {(key.name, key.mark): key for key in keys}
    tried = [
        (known[name, signature[:4]], signature[4:])
        for name, signature in signatures
        if (name, signature[:4]) in known
    ]
    if not tried:
        raise NoteRefused("unknown_key", "signed by a key that is not known here")
    if not any(key.is_signed(body.encode(), signature) for key, signature in tried):
        raise NoteRefused("forged", "the signature is not of this text")
    return read(note)


def found_in(text: str) -> Iterator[str]:
    """Every note in a text: a letter, a saved page, a file of notes."""
    lines = "\n".join(line.removeprefix("> ").strip() for line in text.splitlines())
    for found in _NOTE.finditer(f"{lines}\n"):
        yield f"{found['body']}\n{found['signatures']}"


def digest(note: str) -> str:
    """How the next note names this one."""
    return hashlib.sha256(note.encode()).hexdigest()


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    found = _NOTE.fullmatch(note)
    if found is None:
        raise NoteRefused("malformed", "not a signed checkpoint")
    try:
        signatures = [
            (name, base64.b64decode(encoded, validate=True))
            for _, name, encoded in (line.split(" ") for line in found["signatures"].splitlines())
        ]
    except binascii.Error as error:
        raise NoteRefused("malformed", "not a signed checkpoint") from error
    return found["body"], signatures


def _kind_and_key(encoded: str) -> tuple[bytes, bytes]:
    raw = base64.b64decode(encoded, validate=True)
    return raw[:1], raw[1:]


def warm_up() -> None:
    """Sign something: OpenSSL sets itself up at a first signature, and who is forked afterwards has it already."""
    key = Ed25519PrivateKey.generate()
    key.public_key().verify(key.sign(b""), b"")
