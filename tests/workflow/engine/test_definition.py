"""Definitions are data: the one we ship is sound, and an unsound one is refused with file, line and sentence."""

from pathlib import Path

import pytest

from workflow import definitions
from workflow.engine.definition import Vocabulary, load
from workflow.engine.errors import UnsoundDefinition
from workflow.engine.machine import Engine

KNOWN = Vocabulary(
    roles=frozenset({"writer", "boss"}),
    guards=frozenset({"ready", "calm"}),
    asks=frozenset({"reason"}),
    effects=frozenset({"letter:done"}),
)

SOUND = """\
name = "two-steps"
version = 1
initial = "written"
vi = "Hai bước"
en = "Two steps"

[[state]]
name = "written"
vi = "Đã viết"
en = "Written"

[[state]]
name = "read"
vi = "Đã đọc"
en = "Read"
final = true

[[move]]
trigger = "read"
from = ["written"]
to = "read"
who = ["boss"]
guards = ["ready"]
effects = ["letter:done"]
vi = "Đọc"
en = "Read"
"""


def loaded(tmp_path: Path, text: str):
    path = tmp_path / "two_steps.toml"
    path.write_text(text, "utf-8")
    return load(path, KNOWN)


def test_a_sound_definition_is_read_as_it_stands(tmp_path):
    definition = loaded(tmp_path, SOUND)

    assert list(definition.states) == ["written", "read"]
    assert [(step.trigger, step.source, step.target) for step in definition.steps] == [
        ("read", "written", "read")
    ]


@pytest.mark.parametrize(
    ("change", "line", "sentence"),
    [
        (('who = ["boss"]', 'who = ["king"]'), 18, "'read' names the unknown role 'king'"),
        (('guards = ["ready"]', 'guards = ["raedy"]'), 18, "'read' names the unknown guard 'raedy'"),
        (('["letter:done"]', '["letter:lost"]'), 18, "'read' names the unknown effect 'letter:lost'"),
        (('who = ["boss"]', "who = []"), 18, "nobody may 'read'"),
        (('vi = "Đọc"\n', ""), 18, "a label in Vietnamese (vi) and English (en) is missing"),
        (('en = "Written"\n', ""), 7, "a label in Vietnamese (vi) and English (en) is missing"),
        (("final = true\n", ""), 12, "the state 'read' has no way on and is not final"),
        (('to = "read"', 'to = "raed"'), 18, "unknown state 'raed'"),
        (
            ("[[move]]", '[[state]]\nname = "lost"\nvi = "Lạc"\nen = "Lost"\nfinal = true\n\n[[move]]'),
            18,
            "no move leads to the state 'lost'",
        ),
        (('initial = "written"', 'initial = "nowhere"'), 1, "the initial state 'nowhere' is unknown"),
    ],
)
def test_an_unsound_definition_is_refused_with_file_line_and_sentence(tmp_path, change, line, sentence):
    text = SOUND.replace(*change, 1)

    with pytest.raises(UnsoundDefinition) as refusal:
        loaded(tmp_path, text)

    assert str(refusal.value) == f"two_steps.toml:{line}: {sentence}"


def test_two_steps_alike_are_refused(tmp_path):
    again = SOUND[SOUND.index("[[move]]") :]

    with pytest.raises(UnsoundDefinition, match=r"two_steps.toml:28: 'read' from 'written' stands twice"):
        loaded(tmp_path, SOUND + "\n" + again)


def test_a_move_may_not_skip_a_guard_its_sister_has(tmp_path):
    way_back = (
        '\n[[state]]\nname = "seen"\nvi = "Đã xem"\nen = "Seen"\n\n[[move]]\ntrigger = "look"\nfrom = ["written"]\n'
        'to = "seen"\nwho = ["boss"]\nvi = "Xem"\nen = "Look"\n\n[[move]]\ntrigger = "read"\nfrom = ["seen"]\n'
        'to = "read"\nwho = ["boss"]\nguards = ["ready", "calm"]\nvi = "Đọc"\nen = "Read"\n'
    )

    with pytest.raises(UnsoundDefinition, match=r"differ in \['calm'\]"):
        loaded(tmp_path, SOUND + way_back)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    with pytest.raises(UnsoundDefinition, match=r"two_steps.toml: .*line 3"):
        loaded(tmp_path, SOUND.replace('initial = "written"', "initial = written"))


def test_our_definition_has_the_six_states_and_the_moves_of_the_product(tmp_path):
    engine = definitions.newest("monthly-submission")

    assert set(engine.definition.states) == {
        "drafted",
        "submitted",
        "edited",
        "approved",
        "published",
        "late",
    }
    moves = {
        (step.trigger, step.source, step.target, *sorted(step.roles))
        for step in engine.definition.steps
        if step.is_move
    }
    assert moves == {
        ("submit", "drafted", "submitted", "committee"),
        ("submit", "late", "submitted", "committee"),
        ("lapse", "drafted", "late", "system"),
        ("extend", "late", "drafted", "admin", "editor"),
        ("withdraw", "submitted", "drafted", "committee"),
        ("return", "submitted", "drafted", "approver", "editor"),
        ("return", "edited", "drafted", "approver", "editor"),
        ("edit", "submitted", "edited", "editor"),
        ("approve", "edited", "approved", "approver"),
        ("send_back", "edited", "submitted", "approver"),
        ("send_back", "approved", "edited", "approver", "publisher"),
        ("publish", "approved", "published", "publisher", "system"),
        ("revise", "published", "edited", "editor", "publisher"),
        ("retract", "published", "approved", "approver", "publisher"),
    }


def test_the_transitions_machine_has_no_move_that_the_table_has_not():
    engine = definitions.newest("monthly-submission")

    assert not [name for name in engine.machine.events if name.startswith("to_")]
    assert {step.trigger for step in engine.definition.steps} == set(engine.machine.events)


def test_the_engine_itself_names_no_state_role_or_guard():
    folder = Path(definitions.__file__).parents[1] / "engine"
    words = {"drafted", "submitted", "edited", "approved", "published", "editor", "approver", "four_eyes"}

    named = {
        (file.name, word)
        for file in folder.glob("*.py")
        for word in words
        if f'"{word}"' in file.read_text("utf-8") or f"'{word}'" in file.read_text("utf-8")
    }

    assert named == set()


def test_another_definition_runs_on_the_same_engine(tmp_path):
    class Facts:
        state = "written"
        roles = frozenset({"boss"})

    engine = Engine(loaded(tmp_path, SOUND), {"ready": lambda _: None})

    assert engine.decide("read", Facts, {}).target == "read"


@pytest.mark.parametrize("word", ["trigger", "who", "to", "from"])
def test_a_step_that_lacks_a_word_is_refused_with_file_and_line(tmp_path, word):
    lacking = "\n".join(line for line in SOUND.splitlines() if not line.startswith(f"{word} ="))

    with pytest.raises(UnsoundDefinition, match=rf"two_steps.toml:\d+: '{word}' is missing"):
        loaded(tmp_path, lacking)


def test_a_definition_without_a_name_is_refused(tmp_path):
    with pytest.raises(UnsoundDefinition, match=r"two_steps.toml:1: 'version' is missing"):
        loaded(tmp_path, "\n".join(line for line in SOUND.splitlines() if not line.startswith("version")))
