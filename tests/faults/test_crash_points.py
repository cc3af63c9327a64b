"""CP1 to CP9 and CP15: a real process dies at exactly that line, is started again, and every invariant holds.

CP1, between the tables of one move, is no line of ours: the move is one statement, and
tests/workflow/test_all_or_nothing.py breaks each branch of it. `make test` tries the first pass of each point, `make
test-faults` the second and the seventh too.
"""

import http.client

import pytest
from sqlalchemy import text

from models.base import db
from tests.faults import invariants
from tests.faults.conftest import FULL
from tests.faults.processes import until
from tests.faults.visitors import Sending

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

PASSES = (1, 2, 7) if FULL else (1,)
UNDISTURBED = {"LEASE_SECONDS": "120", "REQUEUE_SECONDS": "60", "THREADS": "1"}
"""Nothing comes back by itself: what happens twice happens because of the crash."""


@pytest.mark.parametrize("nth", PASSES)
@pytest.mark.parametrize("point", ["before_commit", "after_commit", "before_bell"])
def test_cp2_cp3_cp4_a_web_dies_around_the_commit_of_a_sending(
    make, cast, web, bear, visiting, post_office, only_jobs, drained, point, nth
):
    only_jobs()
    # Two processes answer: one of them comes to its seventh pass with the thirteenth sending at the latest.
    sendings = [Sending(make.submission().code) for _ in range(2 * nth)]
    binh, crashes = visiting(cast.binh), []

    with web(CRASH_AT=f"{point}:{nth}") as served:
        for sending in sendings:
            try:
                assert binh.send(served.port, sending)
            except (OSError, http.client.HTTPException) as lost:
                crashes.append(lost)
                break
    with web() as served:
        acked = [sending.command for sending in sendings if binh.insist(served.port, sending)]
    with bear("clock", **UNDISTURBED), bear("worker", **UNDISTURBED):
        drained()

    assert len(crashes) == 1
    assert len(acked) == len(sendings)
    report = invariants.hold(acked=acked, peer=post_office.peer)
    assert report.letters >= len(sendings)
    assert report.raw_doubles == 0


@pytest.mark.parametrize("nth", PASSES)
@pytest.mark.parametrize(
    ("process", "point", "raw_doubles"),
    [
        pytest.param("clock", "after_queued", 0, id="cp5"),
        pytest.param("clock", "between_rings", 0, id="cp6"),
        pytest.param("worker", "after_claim", 0, id="cp7"),
        # The server took the letter and nobody noted it: the one thing that cannot be had exactly once.
        pytest.param("worker", "before_mark", 1, id="cp8-before-mark"),
        pytest.param("worker", "after_effect", 0, id="cp8"),
        pytest.param("worker", "after_done", 0, id="cp9"),
    ],
)
def test_cp5_to_cp9_relay_or_worker_dies_between_a_letter_and_its_done(
    one_letter, bear, post_office, only_jobs, time_passes, drained, process, point, raw_doubles, nth
):
    only_jobs()
    other = {"clock": "worker", "worker": "clock"}[process]

    with (
        bear(process, CRASH_AT=f"{point}:{nth}", **UNDISTURBED) as crashing,
        bear(other, **UNDISTURBED) as helping,
    ):
        for number in range(nth + 1):
            one_letter(number)
            until(lambda: crashing.is_gone() or not waiting(), seconds=60, log=post_office.log)
        until(crashing.is_gone, seconds=60, log=post_office.log)
        # In order: a worker killed here, in the middle of a letter, would be a second crash.
        helping.ask_to_stop()
        until(helping.is_gone, seconds=60, log=post_office.log)
    time_passes()
    with bear("clock", **UNDISTURBED), bear("worker", **UNDISTURBED):
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert report.letters == nth + 1
    assert report.raw_doubles == raw_doubles


@pytest.mark.parametrize("nth", PASSES[:2])
def test_cp15_a_sweeper_dies_between_two_batches(
    make, bear, post_office, only_jobs, time_passes, drained, clock_at, nth
):
    drafts = [make.submission() for _ in range(5)]
    only_jobs("sweep")
    clock_at("2021-05-20 00:00:30")

    with (
        bear("clock", **UNDISTURBED),
        bear("worker", CRASH_AT=f"between_batches:{nth}", **UNDISTURBED) as crashing,
    ):
        until(crashing.is_gone, seconds=60, log=post_office.log)
    time_passes()
    with bear("clock", **UNDISTURBED), bear("worker", **UNDISTURBED):
        drained()

    invariants.hold(peer=post_office.peer, swept=True)
    lapsed = text("SELECT count(*) FROM audit_event WHERE action = 'submission:lapse'")
    assert db.session.execute(lapsed).scalar_one() == len(drafts)


def waiting() -> bool:
    db.session.rollback()
    return bool(db.session.execute(text("SELECT count(*) FROM outbox WHERE state = 'new'")).scalar_one())
