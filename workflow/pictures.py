"""The copy of a picture that the public may see, and what a file is before anybody shows it (R8, T11-T16).

Pure: bytes in, bytes out. Time and memory limits around it belong to the worker that calls it.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from workflow import filetypes, picture_parts
from workflow.public_copies import CopyRefused, PublicCopy

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 24_000_000
MAX_SIDE_PIXELS = 1600
JPEG_QUALITY = 82

_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError, struct.error)

# Pillow warns above this and raises above twice as much; `_opened` refuses what lies between.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Inspection:
    """`kind` is picture, video, document or other; sizes are pixels as stored (EXIF rotation not applied)."""

    kind: str
    media_type: str
    width: int | None = None
    height: int | None = None


def public_copy(data: bytes) -> PublicCopy:
    """The picture turned upright, at most 1600 px a side, and without anything but its pixels.

    No EXIF, GPS, comment, profile, thumbnail or trailing bytes survive: the pixels go into a new image.
    JPEG at quality 82; PNG where there is transparency. Raises CopyRefused: too many pixels, not JPEG, PNG or WebP
    (.heic for now), or broken.
    """
    with _opened(data) as original:
        try:
            upright = _upright(original)
            has_alpha = upright.has_transparency_data
            pixels = upright.convert("RGBA" if has_alpha else "RGB")
        except _DAMAGED as error:
            raise CopyRefused("picture_damaged") from error
    pixels.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    # `info` travels with every copy Pillow makes: an open-and-save kept a JPEG comment with a child's name.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    written = io.BytesIO()
    if has_alpha:
        clean.save(written, "PNG", optimize=True)
    else:
        clean.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return PublicCopy(written.getvalue(), "image/png" if has_alpha else "image/jpeg")


def inspect(data: bytes) -> Inspection:
    """What the bytes are. Never raises: a broken or monstrous picture has no size; `other` is refused."""
    media_type = filetypes.media_type(data)
    kind = filetypes.kind_of(media_type)
    if kind == "picture" and media_type != filetypes.HEIC:
        try:
            with _opened(data) as picture:
                return Inspection(kind, media_type, *picture.size)
        except CopyRefused:
            # Its size stays unknown; whoever makes the public copy hears why.
            pass
    return Inspection(kind, media_type)


def _opened(data: bytes) -> Image.Image:
    """Only the header is read. The size is compared here and not by turning Pillow's warning into an error:
    warning filters belong to the process, and the media workers are threads of one."""
    if picture_parts.are_too_many(data):
        raise CopyRefused("picture_damaged")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise CopyRefused("picture_too_large") from error
    except UnidentifiedImageError as error:
        raise CopyRefused("picture_format_not_read") from error
    except _DAMAGED as error:
        raise CopyRefused("picture_damaged") from error
    if picture.width * picture.height > MAX_PIXELS:
        picture.close()
        raise CopyRefused("picture_too_large")
    return picture


def _upright(original: Image.Image) -> Image.Image:
    original.load()
    try:
        return ImageOps.exif_transpose(original)
    except (*_DAMAGED, TypeError, KeyError):
        # Broken EXIF is no reason to lose a good picture; it only stays as it lies.
        return original
