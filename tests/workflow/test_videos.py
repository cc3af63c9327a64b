"""A public film is its pictures and its sound, and nothing else (R8, T15)."""

import random

import pytest

from tests.films import MADE, PICTURES, SOUND, box, film
from workflow import videos


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


@pytest.mark.parametrize(
    ("given", "media_type", "why"),
    [
        (b"\x1aE\xdf\xa3", "video/webm", "video_format_not_cleaned"),
        (film(told=box(b"moof", b"")), "video/mp4", "video_format_not_cleaned"),
        (film(moov_told=box(b"mvex", b"")), "video/mp4", "video_format_not_cleaned"),
        (film(source=b"file:///etc/passwd"), "video/mp4", "video_format_not_cleaned"),
        (film(moov_told=box(b"mvhd", b"")), "video/mp4", "video_damaged"),
        (film(told=box(b"free", b"") * videos.MOST_BOXES), "video/mp4", "video_damaged"),
        (film().replace(b"vide", b"text").replace(b"soun", b"text"), "video/mp4", "video_damaged"),
        (film().replace(b"stsz", b"stz2"), "video/mp4", "video_damaged"),
        (b"", "video/mp4", "video_damaged"),
    ],
)
def test_what_cannot_be_made_clean_has_no_public_copy(given, media_type, why):
    with pytest.raises(videos.VideoRefused) as refused:
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
        except videos.VideoRefused:
            ends["refused"] += 1
        else:
            assert len(copy.data) == len(broken)
            ends["clean"] += 1
    assert min(ends.values()) > 60
