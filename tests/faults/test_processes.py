"""F05, F24, F25, F28: relays and webs killed again and again, and rows that kill whoever takes them.

F01 to F04 and F06 stand in test_killed_worker.py.
"""

import contextlib
import random
import threading
from collections.abc import Callable

import psutil
import pytest
from sqlalchemy import text

from tests.faults import invariants, memory
from tests.faults.conftest import FULL
from tests.faults.processes import until
from tests.faults.visitors import Sending
from workflow import outbox
from workflow.engine.unit_of_work import bookkeeping

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]


@pytest.mark.parametrize("times", [30] if FULL else [4])
def test_f05_two_relays_of_which_one_is_killed_again_and_again(
    one_letter, bear, post_office, only_jobs, drained, times
):
    only_jobs()
    patient = {"LEASE_SECONDS": "120", "REQUEUE_SECONDS": "2"}

    with bear("clock", **patient), bear("worker", **patient):
        for number in range(times):
            with bear("clock", **patient):
                one_letter(number)
                threading.Event().wait(random.Random(number).uniform(0, 1))
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (times, 0)


@pytest.fixture
def poisoned(one_letter, bear, post_office, only_jobs, superuser) -> Callable[..., None]:
    """One row of poison among three letters: it is put aside after its tries, and the letters went out."""

    def is_aside() -> bool:
        with superuser.begin() as connection:
            connection.execute(
                text("UPDATE outbox SET next_at = now() WHERE state = 'new' AND next_at > now()")
            )
        return post_office.rows("public_copy")[0][0] == "dead"

    def live_through(poison: str, **more: str) -> None:
        only_jobs()
        with bookkeeping():
            outbox.put("public_copy", "poison", {"attachment": 0})
        for number in range(3):
            one_letter(number)
        # Two tries are few: neighbours who die with the poison must not pay with theirs.
        impatient = {"LEASE_SECONDS": "2", "ATTEMPTS": "2", "POISON": poison, "THREADS": "4", **more}
        with bear("clock", **impatient):
            for _ in range(4):  # what its supervisor does
                with bear("worker", **impatient) as worker:
                    until(lambda: worker.is_gone() or is_aside(), seconds=60, log=post_office.log)
                if is_aside():
                    break
            with bear("worker", **impatient):
                until(post_office.is_drained, seconds=60, log=post_office.log)

        assert post_office.rows("public_copy") == [("dead", 2)]
        assert [state for state, _ in post_office.rows("post")] == ["done"] * 3
        broken = invariants.look(peer=post_office.peer).broken
        assert [line.split()[:2] for line in broken] == [["I6", "poison"]]

    return live_through


@pytest.mark.long
@pytest.mark.parametrize("poison", ["raises", "segfault", "endless loop", "sleeps in a system call"])
def test_f25_a_poisonous_row_is_put_aside_after_its_tries_and_the_others_flow(poisoned, poison):
    poisoned(poison)


def test_f24_a_row_that_wants_all_memory_is_put_aside_after_its_tries_and_the_others_flow(poisoned):
    with memory.scarce(by_the_kernel=FULL) as little:
        poisoned("memory without end", **little)


@pytest.mark.parametrize("times", [200] if FULL else [4])
def test_f28_webs_killed_while_they_answer_lose_no_sending(
    make, cast, web, bear, visiting, post_office, only_jobs, drained, times
):
    only_jobs()
    sendings = [Sending(make.submission().code) for _ in range(max(8, times // 4))]
    binh, acked, over = visiting(cast.binh), [], threading.Event()
    dice, killed = random.Random(28), 0

    with web() as served:

        def press(mine: list[Sending]) -> None:
            acked.extend(one.command for one in mine if binh.insist(served.port, one, is_over=over.is_set))

        threads = [threading.Thread(target=press, args=(sendings[n::4],), daemon=True) for n in range(4)]
        for thread in threads:
            thread.start()
        while killed < times:
            threading.Event().wait(dice.uniform(0.02, 0.15))
            for answering in psutil.Process(served.pid).children()[:1]:
                with contextlib.suppress(psutil.NoSuchProcess):  # the one before, dead and just buried
                    answering.kill()
                    killed += 1
        for thread in threads:
            thread.join(60)
        over.set()
    with bear("clock", LEASE_SECONDS="120"), bear("worker", LEASE_SECONDS="120"):
        drained()

    assert len(acked) == len(sendings)
    report = invariants.hold(acked=acked, peer=post_office.peer)
    assert report.raw_doubles == 0
