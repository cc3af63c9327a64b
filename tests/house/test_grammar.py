"""The audit trail's grammar: every action the program writes has its name and its sentence, and none is idle."""

import ast
import re
from pathlib import Path

from models.vocabulary import Verdict
from workflow import definitions, notices
from workflow.catalogues import catalogue
from workflow.grammar import ACTIONS, NOUNS, action_name, action_sentence, plain

HOUSE = Path(__file__).parents[2]
ROOMS = ("models", "workflow", "tasks", "gate", "admin", "portal", "forum")
WRITTEN = re.compile(r"[a-z_]+:[a-z_]+(/[a-z_]+)?")
NO_ACTIONS = {"wsgi:broker", "workflow/grammar.py"}


def written_down() -> set[str]:
    """Every `noun:verb` in the source that is no topic of the outbox and no stream of the settings."""
    found = set()
    for room in ROOMS:
        for file in (HOUSE / room).rglob("*.py"):
            if file.relative_to(HOUSE).as_posix() in NO_ACTIONS:
                continue
            constants = (node.value for node in ast.walk(ast.parse(file.read_text("utf-8")))
                         if isinstance(node, ast.Constant) and isinstance(node.value, str))  # fmt: skip
            found |= {words for words in constants if WRITTEN.fullmatch(words)}
    return {
        plain(words)
        for words in found - set(notices.QUEUES) - NO_ACTIONS
        if not words.startswith("settings:")
    }


def made_up() -> set[str]:
    """What is put together while the program runs: steps of the definitions, verdicts on mails, refusals."""
    steps = {step.trigger for engine in definitions.engines().values() for step in engine.definition.steps}
    return (
        {f"submission:{trigger}" for trigger in steps}
        | {f"envelope:{verdict.value}" for verdict in Verdict if verdict is not Verdict.NEW}
        | {"submission:refused", "envelope:refused", "delegation:refused"}
    )


def test_every_action_the_program_writes_has_its_sentence():
    assert sorted((written_down() | made_up()) - set(ACTIONS)) == []


def test_every_sentence_is_said_by_something_the_program_writes():
    assert sorted(set(ACTIONS) - written_down() - made_up()) == []


def test_every_action_is_a_noun_and_a_verb_and_every_sentence_a_sentence():
    assert [action for action in ACTIONS if not re.fullmatch(r"[a-z]+:[a-z_]+", action)] == []
    assert [told.says for told in ACTIONS.values() if not told.says.endswith(".")] == []
    assert [told.says for told in ACTIONS.values() if told.says == told.name] == []


def test_english_says_something_of_its_own_for_each():
    english = catalogue("en")
    said = [
        *(told.says for told in ACTIONS.values()),
        *(told.name for told in ACTIONS.values()),
        *NOUNS.values(),
    ]

    assert [words for words in said if english.gettext(words) == words] == []


def test_a_refusal_is_named_by_the_act_that_was_refused_and_told_as_a_refusal():
    assert action_name("submission:refused/four_eyes_violation", "approve") == "Phê duyệt"
    assert action_name("submission:refused/four_eyes_violation") == "Bị từ chối"
    assert action_sentence("submission:refused/four_eyes_violation") == ACTIONS["submission:refused"].says


def test_a_step_that_only_a_definition_knows_is_shown_by_its_code():
    assert action_name("submission:countersign") == "countersign"
    assert "{act}" in action_sentence("submission:countersign")
