"""The feeds are Atom as RFC 4287 wants it, and tell of what was published (R7)."""

import re
from xml.etree import ElementTree

import pytest

from workflow import submissions

pytestmark = pytest.mark.database

ATOM = "{http://www.w3.org/2005/Atom}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def check_atom(document: bytes) -> ElementTree.Element:
    """RFC 4287: what a feed and each entry must have exactly once, and in which form."""
    root = ElementTree.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    for part in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(ATOM + name)) == 1, name
        assert INSTANT.fullmatch(part.findtext(f"{ATOM}updated", ""))
        assert re.match(r"tag:[\w.]+,\d{4}-\d\d-\d\d:/", part.findtext(f"{ATOM}id", ""))
        assert part.findtext(f"{ATOM}author/{ATOM}name")
        assert {link.get("rel") for link in part.findall(f"{ATOM}link")} >= {"alternate"}
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return root


def test_the_feed_is_atom_and_holds_the_newest_first(make, clock_at, client):
    make.submission(state="published", title="Bài cũ & “bài mới” <1>")
    clock_at("2021-05-18 08:30")
    make.submission(state="published", title="Bài mới")

    answer = client.get("/feed.atom")

    feed = check_atom(answer.data)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == [
        "Bài mới",
        "Bài cũ & “bài mới” <1>",
    ]


def test_each_section_has_its_own_feed(make, client):
    make.category("guong-dien-hinh", "Gương điển hình")
    make.submission(state="published", title="Cô giáo vùng cao", category="guong-dien-hinh")
    make.submission(state="published", title="Bếp một chiều")

    feed = check_atom(client.get("/chuyen-muc/guong-dien-hinh/feed.atom").data)

    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == ["Cô giáo vùng cao"]
    assert client.get("/chuyen-muc/khong-co/feed.atom").status_code == 404


def test_a_feed_without_entries_is_still_atom(app, client):
    check_atom(client.get("/feed.atom").data)


def test_a_reader_who_asks_again_hears_of_a_retraction(make, cast, clock_at, client):
    piece = make.submission(state="published")
    first = client.get("/feed.atom")
    assert (
        client.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code
        == 304
    )

    clock_at("2021-05-18 09:00")
    submissions.retract(piece.id, reason="Nhầm số liệu.", by=cast.phuong)

    again = client.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 200
    assert check_atom(again.data).findall(f"{ATOM}entry") == []
