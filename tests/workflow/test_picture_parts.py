"""A picture that is all parts, or drawn over and over, is refused before a decoder begins (T12)."""

import io
import struct
import zlib

import pytest
from PIL import Image

from workflow import picture_parts, pictures
from workflow.public_copies import CopyRefused

END = b"\xff\xd9"
SCAN = b"\xff\xda"
SPARK = b"\xff\xfe\x00\x02"
"""The shortest part of a JPEG: a comment that says nothing."""


def photo(form: str, **settings: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(out, form, **settings)
    return out.getvalue()


def drawn_again(times: int) -> bytes:
    """A photo whose last scan comes so many times more."""
    whole = photo("JPEG", progressive=True).removesuffix(END)
    return whole + whole[whole.rindex(SCAN) :] * times + END


def of_many_parts(form: str, times: int) -> bytes:
    whole = photo(form)
    if form == "JPEG":
        return whole[:2] + SPARK * times + whole[2:]
    name = b"teLl"
    chunk = struct.pack(">I", 0) + name + struct.pack(">I", zlib.crc32(name))
    return whole[:33] + chunk * times + whole[33:]


def behind_marks(marks: bytes, times: int) -> bytes:
    """A photo that begins with as many parts, all behind marks which stand for themselves: nothing to jump over."""
    whole = photo("JPEG")
    return whole[:2] + marks + SPARK * times + whole[2:]


@pytest.mark.parametrize(
    "data",
    [
        drawn_again(100),
        of_many_parts("JPEG", 20_000),
        of_many_parts("PNG", 20_000),
        behind_marks(END, 20_000),
        *(behind_marks(bytes([0xFF, mark]), 20_000) for mark in (0xC8, 0xD8, 0xF0, 0xFD)),
    ],
    ids=["scans", "jpeg", "png", "an end before the picture", "extension", "begun again", "first", "last"],
)
def test_too_many_parts_are_refused_and_the_file_is_told_without_a_size(data):
    with pytest.raises(CopyRefused) as refused:
        pictures.public_copy(data)

    assert refused.value.code == "picture_damaged"
    seen = pictures.inspect(data)
    assert (seen.kind, seen.width) == ("picture", None)


@pytest.mark.parametrize(
    "data",
    [
        photo("JPEG"),
        photo("JPEG", progressive=True),
        drawn_again(50),
        of_many_parts("JPEG", 2_000),
        of_many_parts("PNG", 2_000),
        photo("WEBP"),
        # A telephone keeps a second of film behind a photo's end.
        photo("JPEG") + SCAN * 1_000,
        # A card's rescue fills the last block with nothing.
        photo("PNG") + bytes(12 * 20_000),
    ],
    ids=[
        "jpeg",
        "by steps",
        "many steps",
        "parts of jpeg",
        "parts of png",
        "webp",
        "with a film",
        "with nothing",
    ],
)
def test_what_cameras_and_programs_write_is_taken(data):
    assert not picture_parts.are_too_many(data)
    assert pictures.public_copy(data).data


def test_half_a_picture_ends_where_it_ends():
    assert not any(
        picture_parts.are_too_many(photo(form)[:at]) for form in ("JPEG", "PNG") for at in range(2, 400)
    )
