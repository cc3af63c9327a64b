"""Further channels: a real HTTP peer hears once what concerns the department, and nothing of anybody's own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from workflow import submissions

# The library still reads modules that a later Python drops.
pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore:.*slated for removal:DeprecationWarning"),
]


@pytest.fixture
def peer():
    """A chat service on loopback: `heard` holds what it was told, `answers` what it says to the coming ones."""

    class Peer(BaseHTTPRequestHandler):
        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = server.answers.pop(0) if server.answers else 200
            if status == 200:
                server.heard.append((told["title"], told["message"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Peer)
    server.heard, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connected(peer, set_to):
    set_to(CHANNEL_URLS=f"json://127.0.0.1:{peer.server_port}/toa-soan")
    return peer


def test_two_approvers_are_told_by_letter_and_the_channel_once(make, cast, work, connected, broker):
    piece = make.submission(state="edited")
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)

    work()

    [(title, message)] = connected.heard
    assert title == "[Trình duyệt] 01 tin, bài chờ phê duyệt (17/5/2021)"
    assert message.splitlines()[0] == "Có 01 tin, bài đã biên tập xong, trình đồng chí xem xét, phê duyệt"
    assert f"/quan-tri/quyet-dinh/{piece.id}/" in message.splitlines()[1]


def test_a_channel_that_is_down_is_told_later_and_holds_up_no_letter(
    make, work, rows, age, connected, broker
):
    connected.answers = [500]
    make.submission(state="edited")
    work()
    assert set(rows("state", "topic = 'post'")) == {("done",)}
    age(next_at=10)

    work()

    assert (len(connected.heard), rows("state, attempts", "topic = 'channel'")) == (1, [("done", 2)])


def test_an_address_that_nobody_knows_is_a_fault_of_the_settings(make, work, rows, set_to, broker):
    set_to(CHANNEL_URLS="khong-biet://x")
    make.submission(state="edited")
    work()

    [(state, error)] = rows("state, error", "topic = 'channel'")
    assert (state, "CHANNEL_URLS: READ" in error) == ("new", True)


def test_without_the_setting_nothing_is_said_anywhere(make, work, rows, broker):
    make.submission(state="edited")
    work()

    assert rows("state", "topic = 'channel'") == []
