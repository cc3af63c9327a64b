"""F26: the mail server refuses, hangs, drops the line. Each letter comes, with one Message-ID, or is told of."""

import pytest

from tests.faults import invariants
from tests.faults.processes import until

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]


@pytest.mark.parametrize(
    ("answers", "raw_doubles"),
    [
        pytest.param(["451 4.3.0 Try later"] * 2, 0, id="4xx"),
        pytest.param(["hang"], 0, id="hangs-after-data"),
        pytest.param(["drop after 250"], 0, id="drops-after-250"),
        # It took the letter and never said so: nobody can know, so it goes again as what it is.
        pytest.param(["drop before 250"], 1, id="drops-before-250"),
    ],
)
def test_f26_a_letter_goes_again_as_the_same_letter(
    one_letter, bear, post_office, only_jobs, drained, answers, raw_doubles
):
    only_jobs()
    post_office.peer.to_data = list(answers)
    for number in range(3):
        one_letter(number)

    patient = {"LEASE_SECONDS": "120", "SMTP_TIMEOUT_SECONDS": "2"}
    with bear("clock", **patient), bear("worker", **patient):
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (3, raw_doubles)


def test_f26_a_5xx_puts_its_own_letter_aside_and_no_other(one_letter, bear, post_office, only_jobs):
    only_jobs()
    post_office.peer.to_data = ["554 5.7.1 No"]
    for number in range(3):
        one_letter(number)

    with bear("clock"), bear("worker", THREADS="1"):
        until(post_office.is_drained, seconds=60, log=post_office.log)

    assert sorted(state for state, _ in post_office.rows("post")) == ["dead", "done", "done"]
    assert len(post_office.peer.taken) == 2
    broken = invariants.look(peer=post_office.peer).broken
    assert sorted(line.split()[0] for line in broken) == ["I6", "I7", "I7"], broken
