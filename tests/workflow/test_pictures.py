"""Every public copy is pixels and nothing else (R8, T11, T12, T16)."""

import io
import struct
import zlib
from email import message_from_bytes
from pathlib import Path

import pytest
from PIL import Image

from workflow import pictures
from workflow.public_copies import CopyRefused

MAILS = Path(__file__).parents[2] / "tasks/rehearsal/data/mail"


def written(image: Image.Image, form: str, **settings: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **settings)
    return out.getvalue()


def a_photo(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Red on the left, blue on the right, so a turn can be seen."""
    photo = Image.new("RGB", size, "red")
    photo.paste("blue", (size[0] // 2, 0, *size))
    return photo


@pytest.fixture
def phone_photo() -> bytes:
    """The photo of the fifth mail: GPS, phone model and `Orientation` 6 in its EXIF."""
    mail = message_from_bytes((MAILS / "m05-iphone-personal-address-mp4-gps.eml").read_bytes())
    return next(p.get_payload(decode=True) for p in mail.walk() if p.get_content_type() == "image/jpeg")


def test_a_phone_photo_is_turned_and_loses_gps_and_model(phone_photo):
    before = Image.open(io.BytesIO(phone_photo)).getexif()
    assert (before[274], bool(before.get_ifd(0x8825))) == (6, True)

    copy = pictures.public_copy(phone_photo)

    after = Image.open(io.BytesIO(copy.data))
    assert (*after.size, copy.media_type) == (240, 320, "image/jpeg")
    assert dict(after.getexif()) == {}
    assert b"Exif" not in copy.data and b"ExamplePhone" not in copy.data


def test_a_childs_name_in_the_comment_does_not_survive():
    named = written(a_photo(), "JPEG", comment=b"be Nguyen Thi Mai, lop 4 tuoi")

    copy = pictures.public_copy(named)

    assert b"Nguyen Thi Mai" in named
    assert b"Nguyen Thi Mai" not in copy.data
    assert "comment" not in Image.open(io.BytesIO(copy.data)).info


def test_text_chunks_of_a_png_do_not_survive_and_its_transparency_does():
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Author", "Nguyen Thi Mai")
    seen_through = Image.new("RGBA", (40, 40), (10, 20, 30, 128))

    copy = pictures.public_copy(written(seen_through, "PNG", pnginfo=text))

    assert copy.media_type == "image/png"
    assert b"Nguyen Thi Mai" not in copy.data
    assert Image.open(io.BytesIO(copy.data)).getpixel((5, 5)) == (10, 20, 30, 128)


def test_bytes_hung_behind_the_picture_are_dropped():
    polyglot = written(a_photo(), "JPEG") + b"<?php system($_GET['c']); ?><script>alert(1)</script>"

    copy = pictures.public_copy(polyglot)

    assert b"<?php" not in copy.data and b"<script" not in copy.data


def test_a_large_photo_is_brought_to_1600_pixels_and_a_small_one_is_left():
    for taken, shown in ((3200, 2000), (1600, 1000)), ((30, 20), (30, 20)):
        copy = pictures.public_copy(written(a_photo(taken), "JPEG"))
        assert Image.open(io.BytesIO(copy.data)).size == shown


def test_webp_becomes_jpeg():
    assert pictures.public_copy(written(a_photo(), "WEBP")).media_type == "image/jpeg"


def a_png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes that unpack to width x height pixels: a bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_000, 6_500, 20_000])
def test_a_decompression_bomb_is_refused_before_it_unpacks(side):
    with pytest.raises(CopyRefused) as refused:
        pictures.public_copy(a_png_that_claims(side, side))

    assert refused.value.code == "picture_too_large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture_format_not_read"),
        (b"GIF89a" + b"\0" * 40, "picture_format_not_read"),
        (b"", "picture_format_not_read"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "picture_format_not_read"),
    ],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(data, code):
    with pytest.raises(CopyRefused) as refused:
        pictures.public_copy(data)

    assert refused.value.code == code


def test_half_a_photo_is_refused_as_damaged():
    whole = written(Image.effect_noise((400, 400), 90).convert("RGB"), "JPEG")

    with pytest.raises(CopyRefused) as refused:
        pictures.public_copy(whole[: len(whole) // 2])

    assert refused.value.code == "picture_damaged"


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (written(a_photo(), "JPEG"), "picture", "image/jpeg"),
        (written(a_photo(), "PNG"), "picture", "image/png"),
        (written(a_photo(), "WEBP"), "picture", "image/webp"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "picture", "image/heic"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 40, "video", "video/mp4"),
        (b"\0\0\0\x14ftypqt  " + b"\0" * 40, "video", "video/quicktime"),
        (b"%PDF-1.7\n", "document", "application/pdf"),
        (b"{\\rtf1\\ansi", "document", "application/rtf"),
        (b"MZ\x90\0" + b"\0" * 60, "other", "application/x-msdownload"),
        (b"<html><script>alert(1)</script>", "other", "text/html"),
        (b"<svg onload='alert(1)'/>", "other", "text/html"),
        ("Tin tháng 5".encode(), "document", "text/plain"),
        (b"", "other", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(data, kind, media_type):
    inspection = pictures.inspect(data)

    assert (inspection.kind, inspection.media_type) == (kind, media_type)


def test_inspection_knows_the_size_of_a_picture():
    inspection = pictures.inspect(written(a_photo((320, 240)), "JPEG"))

    assert (inspection.width, inspection.height) == (320, 240)
