"""F26: the mail server refuses, hangs, drops the line. Each letter comes, with one Message-ID, or is told of."""

import pytest
from sqlalchemy import Engine, text

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


def test_f26_a_server_that_is_away_for_ten_minutes_costs_no_letter(
    one_letter, bear, post_office, only_jobs, drained, superuser
):
    only_jobs()
    post_office.peer.to_mail = "451 4.3.2 Away"
    for number in range(3):
        one_letter(number)

    passed, waits = 0.0, []
    with bear("clock"), bear("worker"):
        while passed < 600:
            until(lambda: failed(superuser), seconds=60, log=post_office.log)
            wait = on_to_the_next_try(superuser)
            passed += min(left for _, left in wait)
            waits += wait
        post_office.peer.to_mail = "250 OK"
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (3, 0)
    # However the dice fall: eleven waits of which each is half as long as it may be are 34 minutes.
    assert [one for one in waits if not 2 ** one[0] / 2 - 2 <= one[1] <= 2 ** one[0]] == []


def failed(superuser: Engine) -> bool:
    """Every letter was tried and waits for its next try."""
    with superuser.begin() as connection:
        return not connection.execute(
            text("SELECT count(*) FROM outbox WHERE topic = 'post' AND (state <> 'new' OR next_at <= now())")
        ).scalar_one()


def on_to_the_next_try(superuser: Engine) -> list[tuple[int, float]]:
    """The clock goes on to where all letters are tried again: (tries so far, seconds waited) of each."""
    with superuser.begin() as connection:
        rows = connection.execute(
            text(
                "UPDATE outbox o SET next_at = now() FROM outbox was WHERE was.id = o.id AND o.topic = 'post'"
                " RETURNING o.attempts, extract(epoch FROM was.next_at - now())"
            )
        ).all()
    return [(attempts, float(left)) for attempts, left in rows]
