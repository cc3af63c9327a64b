"""Redis is killed and comes back empty in the middle of fifty receipts: nobody misses one, nobody gets two."""

import pytest

from embedded import valkey
from tests.faults.processes import until

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.long]


def test_losing_all_of_redis_loses_no_letter_and_doubles_none(post_office, make, cast, bear):
    peer, log = post_office.peer, post_office.log
    for _ in range(40):
        make.submission(state="submitted")

    with bear("clock"), bear("worker", THREADS="1"):
        until(lambda: len(peer.taken) >= 8, seconds=40, log=log)
        valkey.kill(post_office.data)
        # The house goes on taking pieces while Redis is away.
        for _ in range(10):
            make.submission(state="submitted")
        taken_before = len(peer.taken)
        valkey.start(post_office.data, empty=True)
        until(lambda: post_office.is_drained() and receipts(peer) == 50, seconds=60, log=log)

    assert taken_before < 50
    assert len(set(post_office.message_ids())) == len(peer.taken)
    assert {state for state, _ in post_office.rows("post")} == {"done"}


def receipts(peer):
    return sum("Tiếp nhận" in letter["Subject"] for letter in peer.letters())
