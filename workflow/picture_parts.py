"""How many parts a picture's file is made of, counted before a decoder goes over it (T12).

A decoder keeps each part, and goes over all pixels with each scan: a file of nothing but parts would take memory or
hours, in code that no time limit interrupts.
"""

import re

MOST_PARTS, MOST_SCANS = 20_000, 100
"""A photo of thirty megabytes has some thousands of parts, a picture that is drawn step by step about ten scans."""

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PART = re.compile(rb"\xff([\xc0-\xc7\xc9-\xcf\xd9-\xef\xfe])")
"""Where a part of a JPEG begins, or it ends; the other signs after 0xFF stand for themselves, or within a part."""
_SCAN, _END = b"\xda", b"\xd9"
_END_OF_PNG = b"IEND"


def are_too_many(data: bytes) -> bool:
    if data.startswith(_JPEG):
        return _too_many_of_jpeg(data)
    return data.startswith(_PNG) and _too_many_of_png(data)


def _too_many_of_jpeg(data: bytes) -> bool:
    """Up to its end: behind it, telephones keep a film."""
    at, scans = len(_JPEG), 0
    for _ in range(MOST_PARTS):
        found = _PART.search(data, at)
        if found is None or (scans and found[1] == _END):
            return False
        at = found.end()
        if found[1] == _END:
            # Nothing is drawn yet: the decoder goes on, and so must whoever counts.
            continue
        scans += found[1] == _SCAN
        if scans > MOST_SCANS:
            return True
        at += int.from_bytes(data[at : at + 2])
    return True


def _too_many_of_png(data: bytes) -> bool:
    """Up to its end: behind it, a card's rescue leaves a block's rest."""
    at = len(_PNG)
    for _ in range(MOST_PARTS):
        if at >= len(data) or data[at + 4 : at + 8] == _END_OF_PNG:
            return False
        # Length, name, what it holds, sum.
        at += 12 + int.from_bytes(data[at : at + 4])
    return True
