"""The table of docs/matrix.md holds at the door: a press it forbids is refused with its code and changes nothing."""

import random

import pytest

from admin.acts import DONE
from models.base import db
from models.submission import Submission
from models.vocabulary import Role
from tests.workflow.rules.test_matrix import decided
from workflow.wording import CHECKLIST

pytestmark = pytest.mark.database

STATES = ("submitted", "edited", "approved", "published")
PEOPLE = {
    Role.EDITOR: "ha",
    Role.APPROVER: "ly",
    Role.PUBLISHER: "phuong",
    Role.AUDITOR: "khang",
    Role.ADMIN: "mai",
}


def test_a_sample_of_forbidden_presses_is_refused_as_the_table_says(make, cast, client, audited):
    pieces = {state: make.submission(state=state) for state in STATES}
    versions = {state: piece.version for state, piece in pieces.items()}
    table = decided()
    cells = [
        (state, trigger, role, code)
        for state in STATES
        for trigger in sorted(DONE.keys() - {"extend"})
        for role in PEOPLE
        if (code := table.get(("monthly-submission", state, trigger, role, "stranger"), "invalid_transition"))
        in ("forbidden", "invalid_transition")
    ]
    sample = random.Random(20210519).sample(cells, 24)
    visitors = {role: client.as_(getattr(cast, name)) for role, name in PEOPLE.items()}

    for state, trigger, role, code in sample:
        piece = pieces[state]
        said = {"seen": piece.digest, "reason": "Thử.", "kind": "other", "last_day": "2021-06-01"}
        visitors[role].send(f"/quan-tri/bai/{piece.id}/buoc/{trigger}", **said, checklist=list(CHECKLIST))
        assert audited(getattr(cast, PEOPLE[role]))[-1] == f"submission:refused/{code}", (
            state,
            trigger,
            role,
        )

    db.session.expire_all()
    assert {
        state: db.session.get_one(Submission, piece.id).version for state, piece in pieces.items()
    } == versions
