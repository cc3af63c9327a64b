"""Drawn files in place of photographs that a list of pieces names but does not hold. For rehearsals only.

No child was photographed for the demo: each picture is a kindergarten of coloured shapes, the same for the same
words and another for others, and a real JPEG or PNG that goes through every step a photograph goes through.
"""

import hashlib
import io
import random
import struct
from itertools import pairwise
from pathlib import PurePath

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 640
HORIZON = 400

SKIES = ((189, 224, 241), (205, 229, 213), (253, 236, 200), (226, 221, 243))
HILLS = ((126, 174, 112), (99, 153, 120), (160, 186, 104), (116, 165, 148))
WALLS = ((246, 214, 130), (238, 170, 140), (196, 220, 232), (240, 235, 220))
ROOFS = ((196, 84, 66), (61, 110, 150), (143, 84, 120), (72, 128, 92))
BRIGHTS = ((226, 88, 76), (247, 181, 56), (72, 149, 196), (126, 106, 190), (86, 166, 102))


def draw(name: str, words: str) -> bytes:
    """The file called `name`: a JPEG, a PNG for .png, a short MP4 for .mp4. `words` (its caption) choose it."""
    seed = hashlib.sha256(f"{name}\n{words}".encode()).digest()
    ending = PurePath(name).suffix.lower()
    if ending in {".mp4", ".mov"}:
        return _film(seed)
    written = io.BytesIO()
    _scene(random.Random(seed)).save(written, "PNG" if ending == ".png" else "JPEG", quality=86)  # noqa: S311
    return written.getvalue()


def _scene(chance: random.Random) -> Image.Image:
    picture = _sky(chance.choice(SKIES))
    brush = ImageDraw.Draw(picture)
    _sun(brush, chance)
    for depth in range(3):
        _hill(brush, chance, HORIZON - 70 + depth * 55)
    _house(brush, chance, chance.randrange(180, 560))
    for _ in range(chance.randrange(3, 6)):
        _tree(brush, chance)
    for _ in range(chance.randrange(14, 26)):
        _flower(brush, chance)
    return picture.filter(ImageFilter.SMOOTH)


def _sky(colour: tuple[int, int, int]) -> Image.Image:
    """From the colour at the top to nearly white at the horizon."""
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        share = min(y / HORIZON, 1)
        red, green, blue = (round(part + (250 - part) * share) for part in colour)
        column.putpixel((0, y), (red, green, blue))
    return column.resize((WIDTH, HEIGHT))


def _sun(brush: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, y, radius = chance.randrange(100, WIDTH - 100), chance.randrange(70, 160), chance.randrange(36, 58)
    brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 221, 120))


def _hill(brush: ImageDraw.ImageDraw, chance: random.Random, top: int) -> None:
    knots = [(x, top + chance.randrange(-40, 40)) for x in range(0, WIDTH + 161, 160)]
    edge: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(knots):
        for step in range(16):
            part = step / 16
            # A smooth step between two knots, so that hills have no corners.
            edge.append((x0 + (x1 - x0) * part, y0 + (y1 - y0) * part * part * (3 - 2 * part)))
    brush.polygon([(0, HEIGHT), *edge, (WIDTH, HEIGHT)], fill=chance.choice(HILLS))


def _house(brush: ImageDraw.ImageDraw, chance: random.Random, left: int) -> None:
    """A low house with a door, a row of windows and a string of flags."""
    width, wall, base = chance.randrange(240, 340), 120, HORIZON + 90
    top, roof = base - wall, chance.choice(ROOFS)
    brush.rectangle((left, top, left + width, base), fill=chance.choice(WALLS))
    brush.polygon([(left - 24, top), (left + width / 2, top - 80), (left + width + 24, top)], fill=roof)
    for x in range(left + 22, left + width - 40, 62):
        brush.rounded_rectangle(
            (x, top + 26, x + 38, top + 68), 6, fill=(222, 240, 248), outline=roof, width=4
        )
    door = left + width // 2 - 20
    brush.rounded_rectangle((door, base - 66, door + 42, base), 8, fill=roof)
    for number, x in enumerate(range(left, left + width, 24)):
        flag = BRIGHTS[number % len(BRIGHTS)]
        brush.polygon([(x, top - 6), (x + 18, top - 6), (x + 9, top + 14)], fill=flag)


def _tree(brush: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, base, size = chance.randrange(30, WIDTH - 30), chance.randrange(470, 590), chance.randrange(34, 62)
    brush.rectangle((x - 6, base - size, x + 6, base), fill=(128, 92, 64))
    brush.ellipse((x - size, base - 3 * size, x + size, base - size // 2), fill=chance.choice(HILLS[:2]))


def _flower(brush: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, y, size = chance.randrange(WIDTH), chance.randrange(520, HEIGHT - 14), chance.randrange(5, 10)
    brush.ellipse((x - size, y - size, x + size, y + size), fill=chance.choice(BRIGHTS))
    brush.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(255, 246, 214))


def _film(seed: bytes) -> bytes:
    """A well-formed MP4 of two seconds without a track: enough for what looks at files, nothing to see."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    times = struct.pack(">IIII", 0, 0, 1000, 2000)
    header = bytes(4) + times + struct.pack(">IH", 0x10000, 0x100) + bytes(10) + matrix + bytes(24)
    return b"".join(
        (
            box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41"),
            box(b"moov", box(b"mvhd", header + struct.pack(">I", 1))),
            box(b"mdat", seed),
        )
    )
