"""A public film is its pictures and its sound, and nothing else (R8, T15)."""

import random
import struct

import pytest

from tests.films import MADE, NAMES, PICTURES, SOUND, box, film, heard, in_runs, recording
from workflow import boxes, videos
from workflow.public_copies import CopyRefused


def test_r8_place_device_names_and_days_leave_a_film_and_nothing_of_it_moves():
    given = film()

    copy = videos.public_copy(given, "video/mp4")

    private = (b"+18.3420", b"ExamplePhone", b"appl", MADE)
    assert [given.count(told) for told in private] == [5, 7, 5, 14]
    assert [copy.data.count(told) for told in private] == [0, 0, 0, 0]
    assert b"hidden" not in copy.data and (copy.media_type, len(copy.data)) == ("video/mp4", len(given))
    for kept in (PICTURES, SOUND, b"avcC", b"stco", b"stsz", b"stts", b"needed"):
        assert copy.data.count(kept) and copy.data.find(kept) == given.find(kept)
    assert videos.public_copy(copy.data, "video/mp4") == copy


def test_bytes_hung_behind_a_film_are_gone():
    copy = videos.public_copy(film(told=box(b"free", b"<?php system(1); ?>") + b"tail"), "video/quicktime")

    assert b"php" not in copy.data and copy.data.endswith(bytes(4))


ESDS = box(b"esds", b"needed to hear")


@pytest.mark.parametrize(
    "coding",
    [
        box(b"mp4a", heard(ESDS, box(b"uuid", NAMES))),
        box(
            b"mp4a",
            heard(bytes(16), box(b"wave", box(b"frma", b"mp4a"), ESDS, box(b"uuid", NAMES)), version=1),
        ),
        box(b"mp4a", heard(bytes(36), box(b"udta", NAMES), ESDS, NAMES[:7], version=2)),
    ],
)
def test_what_is_told_beside_the_coding_of_sound_is_gone(coding):
    copy = videos.public_copy(recording(coding, SOUND, samples=5, sample_size=8), "video/mp4")

    assert b"Example" not in copy.data and b"appl" not in copy.data
    assert copy.data.count(b"needed to hear") == 1 and SOUND in copy.data


def test_a_track_is_what_its_handler_calls_it():
    """One of pictures without the head of pictures is gone through as one of pictures."""
    given = film(sound_told=box(b"uuid", NAMES)).replace(b"vmhd", b"gmhd")

    copy = videos.public_copy(given, "video/mp4")

    assert NAMES not in copy.data and b"avcC" in copy.data and PICTURES in copy.data


LPCM = struct.pack(">IdIIIIII", 72, 48000, 2, 0x7F000000, 16, 12, 4, 1)


@pytest.mark.parametrize(
    ("coding", "frame"),
    [
        (box(b"sowt", heard()), 4),
        (box(b"raw ", heard(channels=1, bits=8)), 1),
        (box(b"in24", heard(bytes(16), version=1)), 6),
        (box(b"ulaw", heard()), 2),
        (box(b"lpcm", heard(LPCM, version=2, channels=3)), 4),
    ],
)
def test_uncompressed_sound_that_counts_its_samples_by_one_is_whole(coding, frame):
    sound = b"\x01" * frame * 500

    copy = videos.public_copy(recording(coding, sound + b"hidden", samples=500), "video/quicktime")

    assert sound in copy.data and b"hidden" not in copy.data


@pytest.mark.parametrize(
    "runs", [[(1, 0), (40_001, 0)] * 4000, [(0, 1)], [(2, 1), (1, 1)], [(1, 1), (40_002, 1)]]
)
def test_runs_of_chunks_that_do_not_rise_are_refused_and_cost_nothing(runs):
    """A quarter of a megabyte that would have been 160 million spans."""
    with pytest.raises(CopyRefused) as refused:
        videos.public_copy(in_runs(*runs, chunks=40_000), "video/mp4")

    assert refused.value.code == "video_damaged"


def test_a_film_of_very_many_boxes_of_media_and_chunks_is_gone_over_once(monkeypatch):
    looked = []
    monkeypatch.setattr(videos, "bisect_left", lambda spans, at: looked.append(at) or len(spans))
    videos.public_copy(in_runs((1, 1), chunks=2000, media=1000), "video/mp4")

    assert len(looked) == 2000
    with pytest.raises(CopyRefused):
        videos.public_copy(in_runs((1, 1), chunks=videos.MOST_CHUNKS + 1), "video/mp4")


@pytest.mark.parametrize(
    ("given", "media_type", "why"),
    [
        (b"\x1aE\xdf\xa3", "video/webm", "video_format_not_cleaned"),
        (film(told=box(b"moof", b"")), "video/mp4", "video_format_not_cleaned"),
        (film(moov_told=box(b"mvex", b"")), "video/mp4", "video_format_not_cleaned"),
        (film(source=b"file:///etc/passwd"), "video/mp4", "video_format_not_cleaned"),
        (film(moov_told=box(b"mvhd", b"")), "video/mp4", "video_damaged"),
        (film(told=box(b"free", b"") * boxes.MOST_BOXES), "video/mp4", "video_damaged"),
        (film().replace(b"vide", b"text").replace(b"soun", b"text"), "video/mp4", "video_damaged"),
        (film().replace(b"stsz", b"stz2"), "video/mp4", "video_damaged"),
        (recording(box(b"ima4", heard()), SOUND, samples=5), "video/quicktime", "video_format_not_cleaned"),
        (recording(box(b"mp4a", heard(version=3)), SOUND, samples=5), "video/mp4", "video_damaged"),
        (b"", "video/mp4", "video_damaged"),
    ],
)
def test_what_cannot_be_made_clean_has_no_public_copy(given, media_type, why):
    with pytest.raises(CopyRefused) as refused:
        videos.public_copy(given, media_type)

    assert refused.value.code == why


def test_a_broken_film_is_refused_or_cleaned_and_nothing_else_happens():
    chance, given = random.Random(20210520), film()
    ends = {"clean": 0, "refused": 0}
    for _ in range(600):
        broken = bytearray(given[: chance.choice((len(given), chance.randrange(len(given))))])
        for _ in range(chance.randrange(4)):
            if broken:
                broken[chance.randrange(len(broken))] = chance.choice((0, 1, 127, 255))
        try:
            copy = videos.public_copy(bytes(broken), "video/mp4")
        except CopyRefused:
            ends["refused"] += 1
        else:
            assert len(copy.data) == len(broken)
            ends["clean"] += 1
    assert min(ends.values()) > 60
