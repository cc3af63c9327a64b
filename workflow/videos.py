"""The copy of a video that the public may see: its pictures and its sound, and nothing else (R8, T15).

Pure: bytes in, bytes out. An MP4 or MOV file is a tree of boxes, and telephones write the place, the device and the
day into several of them, some into a track of its own. Only what playing needs is known here; all else is written
over with zeros where it stands, so that nothing moves and every place the file names inside itself holds. What a
camera writes into the coded pictures themselves stays; telephones write nothing there.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import pairwise

from workflow.boxes import Box, Boxes
from workflow.public_copies import CopyRefused, PublicCopy

CLEANED = frozenset({"video/mp4", "video/quicktime", "video/3gpp"})
MOST_CHUNKS = 400_000
"""Far more than an hour of film has."""

_NEEDED: Mapping[bytes, frozenset[bytes]] = {
    b"": frozenset({b"ftyp", b"moov", b"mdat"}),
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset({b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"stss"}),
}
"""What may stand in which box; "" is the file itself."""
_LOOKS = frozenset({
    b"avcC", b"hvcC", b"av1C", b"vpcC", b"dvcC", b"dvvC", b"d263", b"esds", b"colr", b"pasp", b"clap", b"fiel",
    b"btrt",
})  # fmt: skip
"""What may stand in the description of a picture's coding."""
_HEARD = frozenset({
    b"esds", b"wave", b"chan", b"btrt", b"dac3", b"dec3", b"dOps", b"dfLa", b"alac", b"damr", b"pcmC",
})  # fmt: skip
_IN_WAVE = frozenset({b"frma", b"enda", b"esds", b"alac", b"chan"})
"""The same of sound; QuickTime packs some of it in a box of its own."""
_WIDTHS: Mapping[bytes, int | None] = {
    b"NONE": None, b"raw ": None, b"sowt": None, b"twos": None, b"in24": 3, b"in32": 4, b"fl32": 4, b"fl64": 8,
    b"ulaw": 1, b"alaw": 1,
}  # fmt: skip
"""Sound without compression: bytes of one number; None where the description tells it."""
_MANY = frozenset({b"trak", b"mdat"})
_SHOWN = frozenset({b"vide", b"soun"})
_IN_PIECES = frozenset({b"moof", b"mvex", b"cmov"})
"""Films in fragments, or with a packed head: written by programs, not by telephones."""
_DAMAGED = (struct.error, ValueError, KeyError, OverflowError)
"""All that a broken table can lead to; a table that is missing is a KeyError."""


def public_copy(data: bytes, media_type: str) -> PublicCopy:
    """The film as it plays, without place, device, day, name, comment, further tracks and trailing bytes.

    Raises CopyRefused: not MP4, MOV or 3GP, in fragments, leaning on another file, or broken.
    """
    if media_type not in CLEANED:
        raise CopyRefused("video_format_not_cleaned")
    try:
        return PublicCopy(bytes(_Film(data).cleaned()), "video/mp4")
    except _DAMAGED as error:
        raise CopyRefused("video_damaged") from error


class _Film(Boxes):
    """A film, its boxes and tables known by their kind."""

    _chunks = 0

    def cleaned(self) -> bytearray:
        whole = Box(b"", 0, 0, len(self.data))
        top = list(self._keep_needed(whole))
        shown = [span for box in top if box.kind == b"moov" for span in self._tracks(box)]
        if not shown:
            raise CopyRefused("video_damaged")
        shown.sort()
        for box in top:
            if box.kind == b"mdat":
                self._blank_between(box, shown)
        return self.data

    def _keep_needed(self, parent: Box) -> Iterator[Box]:
        """The boxes of one that playing needs, each once; the others become empty room."""
        seen = set[bytes]()
        for box in self.inside(parent.body, parent.end):
            if box.kind in _IN_PIECES:
                raise CopyRefused("video_format_not_cleaned")
            if box.kind not in _NEEDED[parent.kind]:
                self.empty(box)
            elif box.kind in seen - _MANY:
                raise CopyRefused("video_damaged")
            else:
                seen.add(box.kind)
                yield box

    # --- tracks ---------------------------------------------------------------------------------------------------

    def _tracks(self, moov: Box) -> Iterator[tuple[int, int]]:
        """Where the pictures and the sound lie; every other track is emptied."""
        for box in self._keep_needed(moov):
            if box.kind == b"mvhd":
                self._undate(box)
                continue
            found = self._flat(box)
            if self.told(found[b"hdlr"], 8, 4) in _SHOWN:
                yield from self._clean_track(found)
            else:
                self.empty(box)

    def _flat(self, parent: Box) -> dict[bytes, Box]:
        """All that is needed of a track, by kind; the head of its data comes before that of its media."""
        found: dict[bytes, Box] = {}
        for box in self._keep_needed(parent):
            if box.kind in _NEEDED:
                found = {**self._flat(box), **found}
            else:
                found[box.kind] = box
            if box.kind == b"hdlr":
                # Who made the program that wrote it, and what it calls the track.
                self.blank(box, 12, box.end - box.body)
        return found

    def _clean_track(self, found: Mapping[bytes, Box]) -> Iterator[tuple[int, int]]:
        self._undate(found[b"tkhd"])
        self._undate(found[b"mdhd"])
        for source in self.inside(found[b"dref"].body + 8, found[b"dref"].end):
            if not self.told(source, 3, 1)[0] & 1:
                raise CopyRefused("video_format_not_cleaned")
            self.blank(source, 4, source.end - source.body)
        codings = list(self.inside(found[b"stsd"].body + 8, found[b"stsd"].end))
        if self.told(found[b"hdlr"], 8, 4) == b"vide":
            for coding in codings:
                self._clean_looks(coding)
            return self._spans(found, least=0)
        if self.told(found[b"stsd"], 0, 1) != b"\0":
            raise CopyRefused("video_format_not_cleaned")
        for coding in codings:
            self._clean_sound(coding)
        return self._spans(found, least=self._frame(codings))

    def _undate(self, box: Box) -> None:
        """Days of making and changing: 8 bytes in the first version of such a box, 16 in the second."""
        self.blank(box, 4, 20 if self.told(box, 0, 1) == b"\x01" else 12)

    # Who wrote the program that coded a track, and what that calls itself, stands in each description of a coding.

    def _clean_looks(self, box: Box) -> None:
        self.blank(box, 12, 16)
        self.blank(box, 42, 74)
        self.keep_only(_LOOKS, box.body + 78, box.end)

    def _clean_sound(self, box: Box) -> None:
        self.blank(box, 12, 16)
        # QuickTime has three forms of it, each with more numbers than the one before.
        more = {0: 0, 1: 16, 2: 36}[self.number(box, 8, "H")]
        for one in self.keep_only(_HEARD, box.body + 28 + more, box.end):
            if one.kind == b"wave":
                self.keep_only(_IN_WAVE, one.body, one.end)

    def _frame(self, codings: list[Box]) -> int:
        """How many bytes all channels of uncompressed sound take at one instant; 0 for sound that is compressed."""
        sizes = {self._frame_of(coding) for coding in codings}
        if len(sizes) > 1:
            raise CopyRefused("video_format_not_cleaned")
        return max(sizes, default=0)

    def _frame_of(self, box: Box) -> int:
        if box.kind == b"lpcm" and self.number(box, 8, "H") == 2:
            return self.number(box, 56) if self.number(box, 60) == 1 else 0
        if box.kind not in _WIDTHS:
            return 0
        width = _WIDTHS[box.kind] or self.number(box, 18, "H") // 8
        return self.number(box, 16, "H") * width

    # --- pictures and sound -----------------------------------------------------------------------------------------

    def _spans(self, found: Mapping[bytes, Box], *, least: int) -> Iterator[tuple[int, int]]:
        """(start, end) of each chunk of a track: where it begins is told, how long it is adds up from its samples.

        `least`: bytes of one sample of uncompressed sound, of which older files tell that it is 1.
        """
        places = self.numbers(found[b"co64"], 8, "Q") if b"co64" in found else self.numbers(found[b"stco"], 8)
        one_size, many = struct.unpack(">II", self.told(found[b"stsz"], 4, 8))
        if one_size == 1 and not least and self.told(found[b"hdlr"], 8, 4) == b"soun":
            raise CopyRefused("video_format_not_cleaned")
        sizes = array("I") if one_size else self.numbers(found[b"stsz"], 12)
        one_size, many = max(one_size, least) if one_size else 0, many if one_size else len(sizes)
        sample = 0
        for place, samples in self._chunked(found[b"stsc"], places):
            following = min(sample + samples, many)
            yield (
                place,
                place + (one_size * (following - sample) if one_size else sum(sizes[sample:following])),
            )
            sample = following
        if sample < many:
            raise CopyRefused("video_damaged")

    def _chunked(self, box: Box, places: "array[int]") -> Iterator[tuple[int, int]]:
        """Where each chunk begins and how many samples it has. A run of chunks is told by its first."""
        self._chunks += len(places)
        runs = self.numbers(box, 8, each=3)
        firsts = array("Q", [*runs[::3], len(places) + 1])
        # Runs that went back would have each chunk gone over as often as there are runs.
        if self._chunks > MOST_CHUNKS or 0 in firsts or any(a >= b for a, b in pairwise(firsts)):
            raise CopyRefused("video_damaged")
        for (first, following), samples in zip(pairwise(firsts), runs[1::3], strict=True):
            for place in places[first - 1 : following - 1]:
                yield place, samples

    def _blank_between(self, media: Box, shown: list[tuple[int, int]]) -> None:
        """All of the media that is of no picture and no sound: other tracks, and what was hidden between."""
        done = media.body
        # In their order: were all gone over for each box of media, a small file of many would take hours.
        of_this = slice(bisect_left(shown, (media.body,)), bisect_left(shown, (media.end,)))
        for start, end in shown[of_this]:
            if end > media.end:
                raise CopyRefused("video_damaged")
            if start > done:
                self.zero(done, start)
            done = max(done, end)
        self.zero(done, media.end)
