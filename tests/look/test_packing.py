"""Text leaves packed, once and rightly; what is not text, streamed or asked for as it is stays as it is."""

import gzip

import pytest
from flask import Flask, Response

import look


@pytest.fixture
def visitor():
    app = Flask(__name__)
    look.pack(app)
    look.wear(app)
    app.add_url_rule("/page", "page", lambda: "Tin, bài " * 400)
    app.add_url_rule("/word", "word", lambda: "Chào")
    app.add_url_rule("/marked", "marked", _marked)
    app.add_url_rule("/rows", "rows", lambda: Response((f"{n}\n" for n in range(900)), mimetype="text/csv"))
    app.add_url_rule("/picture", "picture", lambda: Response(b"\x89PNG" * 400, mimetype="image/png"))
    return app.test_client()


def _marked() -> Response:
    answer = Response("Tin, bài " * 400)
    answer.set_etag("mot")
    return answer


PACKED = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_packed_for_who_takes_it_and_says_so(visitor):
    plain, packed = visitor.get("/page"), visitor.get("/page", headers=PACKED)

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_length == len(packed.data) < len(plain.data) / 10
    assert {answer.headers["Vary"] for answer in (plain, packed)} == {"Accept-Encoding"}
    assert "Content-Encoding" not in plain.headers


def test_the_length_of_a_page_tells_nothing_of_what_stands_in_it(visitor):
    lengths = {len(visitor.get("/page", headers=PACKED).data) for _ in range(40)}

    assert len(lengths) > 8


@pytest.mark.parametrize("address", ["/word", "/rows", "/picture"])
def test_small_streamed_and_packed_things_go_as_they_are(visitor, address):
    answer = visitor.get(address, headers=PACKED)

    assert "Content-Encoding" not in answer.headers
    assert answer.status_code == 200


def test_a_sheet_is_packed_once_and_always_the_same(visitor):
    address = "/static/look/css/base.css"

    first, again = (visitor.get(address, headers=PACKED) for _ in range(2))

    assert first.data == again.data
    assert gzip.decompress(first.data) == visitor.get(address).data


def test_a_font_is_packed_by_its_maker(visitor):
    answer = visitor.get("/static/look/vendor/inter-latin.woff2", headers=PACKED)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_the_mark_of_a_packed_page_no_longer_promises_each_byte(visitor):
    assert visitor.get("/marked").headers["ETag"] == '"mot"'
    assert visitor.get("/marked", headers=PACKED).headers["ETag"] == 'W/"mot"'
