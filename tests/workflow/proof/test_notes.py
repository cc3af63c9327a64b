"""Signed notes: what is said, who signed it, and that a changed word is noticed."""

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
    import base64

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


@pytest.mark.parametrize("text", ["", "không phải phiếu", "a\n1\nxx\n\n— a b\n"])
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteRefused) as refused:
        notes.read(text)

    assert refused.value.code == "malformed"


def test_notes_are_found_in_a_letter_and_in_an_answer_that_quotes_it(note):
    letter = f"Kính gửi: Phòng Giáo dục\n\nPhiếu niêm phong:\n\n{note}\n--\nTrân trọng.\n"
    quoted = "".join(f"> {line}\n" for line in letter.splitlines())

    assert list(notes.found_in(letter)) == [note]
    assert list(notes.found_in(quoted)) == [note]


def test_keys_are_read_back_as_they_were_written(key):
    assert SigningKey.read(key.text()).public == key.public == PublicKey.read(key.public.text())


@pytest.mark.parametrize("text", ["", "a+b", "PRIVATE+KEY+a+00000000+AQ==", "a+00000000+AAAA"])
def test_a_broken_key_is_refused(text):
    for read in (SigningKey.read, PublicKey.read):
        with pytest.raises(NoteRefused):
            read(text)
