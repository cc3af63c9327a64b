"""Small films as telephones write them, box by box: a track to see, one to hear, and one that tells the way."""

import struct

MADE = struct.pack(">I", 3_703_646_000)
HEAD, DATED = bytes(4), bytes(4) + MADE * 2
PICTURES, SOUND, WAY = b"pictures" * 8, b"sound" * 8, b"+18.3420+105.9057/" * 3
NAMES = b"ExamplePhone of Lan"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _handler(kind: bytes) -> bytes:
    return box(b"hdlr", HEAD, b"mhlr", kind, b"appl", bytes(8), NAMES)


def _track(
    kind: bytes, head: bytes, coding: bytes, place: int, size: int, *more: bytes, source: bytes = b""
) -> bytes:
    """One chunk of two samples."""
    tables = (
        box(b"stsc", struct.pack(">4xIIII", 1, 1, 2, 1)),
        box(b"stsz", struct.pack(">4xIIII", 0, 2, size // 2, size - size // 2)),
        box(b"stco", struct.pack(">4xII", 1, place)),
    )
    return _told_by(kind, head, coding, tables, *more, source=source)


def _told_by(
    kind: bytes, head: bytes, coding: bytes, tables: tuple[bytes, ...], *more: bytes, source: bytes = b""
) -> bytes:
    url = box(b"url ", struct.pack(">I", 0 if source else 1), source)
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">4xI", 1), coding),
        box(b"stts", struct.pack(">4xIII", 1, 2, 1)),
        *tables,
    )
    media = box(b"minf", box(head, bytes(8)), box(b"dinf", box(b"dref", struct.pack(">4xI", 1), url)), table)
    return box(
        b"trak",
        box(b"tkhd", DATED, bytes(72)),
        box(b"mdia", box(b"mdhd", DATED, bytes(12)), _handler(kind), media),
        *more,
    )


def heard(*more: bytes, version: int = 0, channels: int = 2, bits: int = 16) -> bytes:
    """The description of sound, in one of QuickTime's three forms."""
    return struct.pack(">6xHHH4sHHHHI", 1, version, 0, b"appl", channels, bits, 0, 0, 0) + b"".join(more)


def recording(coding: bytes, sound: bytes, *, samples: int, sample_size: int = 1) -> bytes:
    """Sound alone, in one chunk of samples that are all of one size."""
    start = box(b"ftyp", b"qt  ", HEAD)
    tables = (
        box(b"stsc", struct.pack(">4xIIII", 1, 1, samples, 1)),
        box(b"stsz", struct.pack(">4xII", sample_size, samples)),
        box(b"stco", struct.pack(">4xII", 1, len(start) + 8)),
    )
    track = _told_by(b"soun", b"smhd", coding, tables)
    return start + box(b"mdat", sound) + box(b"moov", box(b"mvhd", DATED, bytes(88)), track)


def in_runs(*runs: tuple[int, int], chunks: int, media: int = 1) -> bytes:
    """Pictures of one byte each: runs of (first chunk, samples in each), in one box of media or in many."""
    tables = (
        box(b"stsc", struct.pack(">4xI", len(runs)), *(struct.pack(">III", *run, 1) for run in runs)),
        box(b"stsz", struct.pack(">4xII", 1, chunks)),
        box(b"stco", struct.pack(">4xI", chunks), struct.pack(">I", 24) * chunks),
    )
    track = _told_by(b"vide", b"vmhd", box(b"avc1", bytes(78)), tables)
    head = box(b"moov", box(b"mvhd", DATED, bytes(88)), track)
    return box(b"ftyp", b"isom", HEAD) + box(b"mdat", bytes(8)) * media + head


def film(
    *,
    told: bytes = b"",
    moov_told: bytes = b"",
    sound_told: bytes = b"",
    source: bytes = b"",
    brand: bytes = b"isom",
) -> bytes:
    """`told` are more boxes of the file, `moov_told` of its head, `sound_told` of how its sound is coded.

    `source`: where else the pictures would lie.
    """
    start = box(b"ftyp", brand, HEAD)
    between = b"hidden between"
    media = PICTURES + WAY + between + SOUND
    place = len(start) + 8
    coded = (
        struct.pack(">6xH4x4s26x32s4x", 1, b"appl", b"\x07" + NAMES)
        + box(b"avcC", b"needed")
        + box(b"uuid", NAMES)
    )
    head = box(
        b"moov",
        box(b"mvhd", DATED, bytes(88)),
        _track(
            b"vide", b"vmhd", box(b"avc1", coded), place, len(PICTURES), box(b"udta", NAMES), source=source
        ),
        _track(
            b"soun", b"smhd", box(b"mp4a", bytes(28), sound_told), place + len(media) - len(SOUND), len(SOUND)
        ),
        _track(b"meta", b"gmhd", box(b"mebx", bytes(16)), place + len(PICTURES), len(WAY)),
        box(b"udta", box(b"\xa9xyz", b"+18.3420+105.9057/")),
        box(b"meta", b"com.apple.quicktime.location.ISO6709+18.3420+105.9057/"),
        moov_told,
    )
    return start + box(b"mdat", media) + head + box(b"uuid", NAMES) + told
