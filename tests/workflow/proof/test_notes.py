"""Signed notes: what is said, who signed it, and that a changed word is noticed."""

import base64
import hashlib

import pytest

from workflow.proof import notes
from workflow.proof.notes import Checkpoint, NoteRefused, PublicKey, SigningKey

ROOT = bytes(range(32))
# Of Go's own golang.org/x/mod/sumdb/note, whose format this is.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE_SIGNATURE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
)


UNREADABLE = f"a\n1\n{base64.b64encode(ROOT).decode()}\n\n— a b=b\n"
"""Of the right shape, but no base64 behind the name."""


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.new("forum.example.edu.vn/nhat-ky")


@pytest.fixture
def note(key: SigningKey) -> str:
    return key.sign(Checkpoint(key.name, 4711, ROOT, ("time 2021-05-31T17:00:00.000000Z", "after -")))


def test_a_note_says_what_was_signed(key, note):
    said = notes.checked(note, [key.public])

    assert (said.origin, said.size, said.root) == (key.name, 4711, ROOT)
    assert said.line("time") == "2021-05-31T17:00:00.000000Z"
    assert said.line("who") == ""


def test_the_signature_is_the_one_other_programs_make():
    text, signature = GO_NOTE_SIGNATURE
    public = PublicKey.read(GO_KEY)
    raw = base64.b64decode(signature)

    assert raw[:4] == public.mark
    assert public.is_signed(text.encode(), raw[4:])


@pytest.mark.parametrize(("was", "now"), [("4711", "4710"), ("time 2021", "time 2022"), ("AAEC", "AQEC")])
def test_a_changed_word_is_noticed(key, note, was, now):
    with pytest.raises(NoteRefused) as refused:
        notes.checked(note.replace(was, now), [key.public])

    assert refused.value.code == "forged"


def test_a_note_by_another_key_is_not_ours(note):
    other = SigningKey.new("forum.example.edu.vn/nhat-ky")

    with pytest.raises(NoteRefused) as refused:
        notes.checked(note, [other.public])

    assert refused.value.code == "unknown_key"


@pytest.mark.parametrize("text", ["", "không phải phiếu", "a\n1\nxx\n\n— a b\n", UNREADABLE])
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteRefused) as refused:
        notes.read(text)

    assert (refused.value.code, str(refused.value)) == ("malformed", "not a signed checkpoint")


def test_notes_are_found_in_a_letter_and_in_an_answer_that_quotes_it(note):
    letter = f"Kính gửi: Phòng Giáo dục\n\nPhiếu niêm phong:\n\n{note}\n--\nTrân trọng.\n"
    quoted = "".join(f"> {line}\n" for line in letter.splitlines())

    assert list(notes.found_in(letter)) == [note]
    assert list(notes.found_in(quoted)) == [note]


def test_keys_are_read_back_as_they_were_written(key):
    assert SigningKey.read(key.text()).public == key.public == PublicKey.read(key.public.text())


def test_the_sign_between_the_parts_of_a_key_may_stand_in_its_last_one():
    several = (SigningKey.new("forum.example.edu.vn/nhat-ky") for _ in range(1000))
    key = next(key for key in several if key.text().count("+") > 4 and key.public.text().count("+") > 2)

    assert SigningKey.read(key.text()).public == PublicKey.read(key.public.text()) == key.public


def encoded(name: str, raw: bytes, *, kind: bytes = b"\x01", mark: str = "") -> str:
    """A verifier key as its format wants it, whatever is in it."""
    right = hashlib.sha256(f"{name}\n".encode() + kind + raw).hexdigest()[:8]
    return f"{name}+{mark or right}+{base64.b64encode(kind + raw).decode()}"


def test_a_key_is_read_with_the_line_break_of_its_file(key):
    assert PublicKey.read(encoded("a", ROOT) + "\n") == PublicKey("a", ROOT)
    assert SigningKey.read(key.text() + "\n").public == key.public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "a+00000000+AAAA",
        encoded("a", ROOT[:31]),
        encoded("a", ROOT + b"x"),
        encoded("a", ROOT, kind=b"\x02"),
        encoded("a", ROOT, mark="00000000"),
        encoded("a", ROOT).replace("+AQ", "+A Q"),
        encoded("a", ROOT) + "+",
    ],
)
def test_a_broken_verifier_key_is_refused(text):
    with pytest.raises(NoteRefused) as refused:
        PublicKey.read(text)

    assert (refused.value.code, str(refused.value)) == ("malformed", "not an Ed25519 verifier key")


KIND_OF_ANOTHER = base64.b64encode(b"\x02" + ROOT).decode()


@pytest.mark.parametrize(
    ("place", "other"),
    [
        (0, "PUBLIC"),
        (1, "WORD"),
        (2, "somebody.else"),
        (3, "00000000"),
        (4, KIND_OF_ANOTHER),
        (4, "A Q"),
        (4, ""),
    ],
)
def test_a_broken_signing_key_is_refused(key, place, other):
    parts = key.text().split("+", 4)

    with pytest.raises(NoteRefused) as refused:
        SigningKey.read("+".join([*parts[:place], other, *parts[place + 1 :]]))

    assert (refused.value.code, str(refused.value)) == ("malformed", "not an Ed25519 signing key")


@pytest.mark.parametrize("name", ["", "hai chữ", "a+b"])
def test_a_key_has_a_name_without_gaps(name):
    with pytest.raises(NoteRefused) as refused:
        SigningKey.new(name)

    assert (refused.value.code, str(refused.value)) == ("malformed", f"no name for a key: {name!r}")


def test_the_next_note_names_this_one_by_its_digest(note):
    assert notes.digest(note) == hashlib.sha256(note.encode()).hexdigest()
