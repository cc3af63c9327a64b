"""A file that is handed over is closed with its answer, whatever was asked of it."""

import pytest
from flask import Flask
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from look import files


@pytest.mark.parametrize(
    "asked", [{}, {"Range": "bytes=2-3"}, {"If-None-Match": '"m"'}], ids=["whole", "part", "known"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_closes_its_file(tmp_path, asked, method):
    (tmp_path / "a").write_bytes(b"0123456789")
    file = (tmp_path / "a").open("rb")

    with Flask("x").test_request_context(method=method, headers=asked):
        files.handed_over(file, "image/png", mark="m").close()

    assert file.closed


def test_a_part_that_is_not_there_leaves_no_file_open(tmp_path):
    (tmp_path / "a").write_bytes(b"0123456789")
    file = (tmp_path / "a").open("rb")

    with (
        Flask("x").test_request_context(headers={"Range": "bytes=90-99"}),
        pytest.raises(RequestedRangeNotSatisfiable),
    ):
        files.handed_over(file, "image/png", mark="m")

    assert file.closed
