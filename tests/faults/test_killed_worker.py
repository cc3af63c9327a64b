"""F01 to F04: workers are killed or frozen in the middle of sending; the letter goes out all the same, once."""

import os
import re
import signal
from contextlib import ExitStack

import psutil
import pytest

from tests.faults.processes import clock, until, worker

pytestmark = [pytest.mark.database, pytest.mark.fault]


def whole_group(born):
    born.kill()


def only_the_child(born):
    [child] = [
        one for one in psutil.Process(born.pid).children() if "resource_tracker" not in str(one.cmdline())
    ]
    child.kill()


def only_the_master(born):
    os.kill(born.pid, signal.SIGKILL)


@pytest.mark.long
@pytest.mark.parametrize("kill", [whole_group, only_the_child, only_the_master])
def test_a_worker_killed_while_it_sends_costs_only_its_lease(post_office, one_letter, only_jobs, bear, kill):
    only_jobs()
    peer, log = post_office.peer, post_office.log
    peer.to_data = ["hang"]
    one_letter()

    with bear("clock"), bear("dramatiq") as first:
        until(lambda: peer.to_data == [], seconds=30, log=log)
        kill(first)
        with bear("dramatiq"):
            until(post_office.is_drained, seconds=30, log=log)

    assert len(peer.taken) == 1
    assert post_office.rows("post") == [("done", 1)]


def test_a_worker_that_was_frozen_past_its_lease_wakes_to_find_it_gone(
    post_office, one_letter, only_jobs, bear
):
    only_jobs()
    peer, log = post_office.peer, post_office.log
    peer.to_data = ["hang"]

    with bear("clock"), bear("dramatiq") as zombie:
        one_letter()
        until(lambda: peer.to_data == [], seconds=30, log=log)
        zombie.signal_group(signal.SIGSTOP)
        with bear("dramatiq"):
            until(post_office.is_drained, seconds=30, log=log)
        zombie.signal_group(signal.SIGCONT)
        # Its server no longer answers, or its time is up; either way its row is done and stays so.
        until(lambda: {"not_delivered", "TimeLimitExceeded"} & set(words(log)), seconds=30, log=log)

    assert len(peer.taken) == 1
    assert post_office.rows("post") == [("done", 1)]


def words(log):
    return re.findall(r"\w+", log.read_text())


def test_three_relays_and_two_workers_send_each_letter_once(post_office, make, cast, bear):
    log = post_office.log
    for _ in range(20):
        make.submission(state="submitted")

    with ExitStack() as running:
        for life in ("clock", "clock", "clock", "dramatiq", "dramatiq"):
            running.enter_context(bear(life))
        until(lambda: len(post_office.rows("post")) >= 20 and post_office.is_drained(), seconds=40, log=log)

    receipts = [letter for letter in post_office.peer.letters() if "Tiếp nhận" in letter["Subject"]]
    assert len(receipts) == 20
    assert len(set(post_office.message_ids())) == len(post_office.peer.taken)


@pytest.mark.long
def test_a_worker_stops_in_order_when_it_is_told_to(post_office, one_letter):
    """The worker as Dramatiq's own program starts it."""
    log = post_office.log
    with worker(post_office.environment, log=log) as process:
        one_letter()
        with clock(post_office.environment, log=log) as ticking:
            until(post_office.is_drained, seconds=30, log=log)
            ticking.terminate()
            assert ticking.wait(10) == 0
        process.terminate()
        assert process.wait(20) == 0
