"""What verbs need, held to what their consequences read and to the definitions we ship."""

import inspect
import re

import pytest

from models.vocabulary import Phase
from workflow import definitions
from workflow.consequences import CONSEQUENCES
from workflow.rules.verbs import CROSSINGS, NEEDS

READ = re.compile(r"""\b(?:answers|a)\["(\w+)"\]""")


@pytest.mark.parametrize("trigger", sorted(CONSEQUENCES))
def test_a_verb_needs_every_answer_that_is_written_down(trigger):
    told = inspect.getsource(CONSEQUENCES[trigger])
    line = told if "def " in told else next(one for one in told.splitlines() if f'"{trigger}"' in one)

    assert set(READ.findall(line)) <= set(NEEDS[trigger].asks if trigger in NEEDS else ())


def test_the_verbs_named_are_steps_of_ours():
    named = {verb for verbs in CROSSINGS.values() for verb in verbs} | set(NEEDS)

    assert [verb for verb in sorted(named) if not any(definitions.steps(verb))] == []


def test_r10_nothing_reaches_the_readers_but_by_approval_and_publishing():
    onward = [phase for phase in Phase if phase is not Phase.PUBLIC]

    assert {frozenset({"publish"})} == {CROSSINGS[phase, Phase.PUBLIC] for phase in onward}
    assert {frozenset({"approve"})} == {CROSSINGS[phase, Phase.APPROVED] for phase in onward[:-1]}
