"""The boxes that an MP4 or MOV file is made of: finding them, reading the numbers in them, writing zeros over them.

Nothing moves, so every place that the file names inside itself holds.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.public_copies import CopyRefused

MOST_BOXES, MOST_NUMBERS = 20_000, 2_000_000
"""Far more than an hour of film has; without a bound, a file of nothing but boxes would keep a worker for minutes."""


@dataclass(frozen=True)
class Box:
    kind: bytes
    start: int
    body: int
    """Where its head ends."""
    end: int


class Boxes:
    """The bytes of one file, while they are gone over. Each of these raises CopyRefused where the file is broken."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self._seen = 0

    def inside(self, start: int, end: int) -> Iterator[Box]:
        """The boxes that stand between two places, one after the other. What is too short to be one is blanked."""
        while end - start >= 8:
            self._seen += 1
            size, kind = struct.unpack_from(">I4s", self.data, start)
            body = start + 8
            if size == 1:
                (size,) = struct.unpack_from(">Q", self.data, body)
                body += 8
            stop = start + size if size else end
            if not body <= stop <= end or self._seen > MOST_BOXES:
                raise CopyRefused("video_damaged")
            yield Box(kind, start, body, stop)
            start = stop
        self.zero(start, end)

    def keep_only(self, known: frozenset[bytes], start: int, end: int) -> list[Box]:
        """Those of some kinds that stand between two places; the others become empty room."""
        boxes = list(self.inside(start, end))
        for box in boxes:
            if box.kind not in known:
                self.empty(box)
        return [box for box in boxes if box.kind in known]

    def empty(self, box: Box) -> None:
        self.data[box.start + 4 : box.start + 8] = b"free"
        self.zero(box.body, box.end)

    def zero(self, start: int, end: int) -> None:
        self.data[start:end] = bytes(end - start)

    # Bytes of a box are counted from where its head ends.

    def blank(self, box: Box, at: int, to: int) -> None:
        self.zero(box.body + at, box.body + at + len(self.told(box, at, to - at)))

    def told(self, box: Box, at: int, length: int) -> bytes:
        if length < 0 or box.body + at + length > box.end:
            raise CopyRefused("video_damaged")
        return bytes(self.data[box.body + at : box.body + at + length])

    def number(self, box: Box, at: int, size: str = "I") -> int:
        (number,) = struct.unpack(f">{size}", self.told(box, at, struct.calcsize(f">{size}")))
        return int(number)

    def numbers(self, box: Box, at: int, size: str = "I", *, each: int = 1) -> "array[int]":
        """A table; how many rows of `each` numbers it has stands before it."""
        rows = self.number(box, at - 4)
        if rows > MOST_NUMBERS:
            raise CopyRefused("video_damaged")
        numbers = array(size)
        numbers.frombytes(self.told(box, at, rows * each * numbers.itemsize))
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers
