"""`toasoan do-all`, and a command that is given twice."""

from uuid import uuid4

import pytest

from tests.line.conftest import MINH, SON

pytestmark = pytest.mark.database


def test_every_piece_of_a_phase_is_approved_and_each_says_so(run, make):
    codes = [make.submission(state="edited").code for _ in range(2)]
    make.submission(state="submitted")

    foretold = run("do-all", "approve", MINH, "--state", "ready", "--dry-run", "--json")
    done = run("do-all", "approve", MINH, "--state", "ready", "--json")

    assert foretold.code == done.code == 0
    assert sorted(row["piece"] for row in done.rows) == codes
    assert foretold.rows == done.rows
    assert {row["state"] for row in done.rows} == {"approved"}


def test_who_is_refused_is_named_and_the_exit_code_is_one(run, make):
    fine, early = make.submission(state="edited").code, make.submission(state="submitted").code

    said = run("do-all", "approve", fine, early, MINH, "--json")

    assert said.code == 1
    assert [(row["piece"], row["done"], row["refusals"]) for row in said.rows[:2]] == [
        (fine, True, []),
        (early, False, ["invalid_transition"]),
    ]
    assert said.rows[-1]["code"] == "some_refused"


def test_the_same_command_twice_is_one_event(run, make, audited):
    piece = make.submission(state="submitted")
    command = uuid4()

    said = [run("do-all", "claim", piece.code, SON, "--command", command, "--json") for _ in range(2)]
    assert [one.rows[0]["repeat"] for one in said] == [False, True]
    again = uuid4()
    alone = [run("do", piece.code, "release", SON, "--command", again, "--json").code for _ in range(2)]

    assert alone == [0, 0]
    assert audited(piece)[-2:] == ["submission:claim", "submission:release"]


@pytest.mark.parametrize(
    "words",
    [
        ("write", "--state", "draft"),
        ("fly", "--state", "draft"),
        ("claim",),
        ("claim", "X", "--state", "sent"),
    ],
)
def test_used_wrongly_it_says_how(run, make, words):
    assert run("do-all", *words, SON, "--json").code == 2
