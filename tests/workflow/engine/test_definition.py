"""Definitions are data: the one we ship is sound, and an unsound one is refused with file, line and sentence."""

from pathlib import Path

import pytest

from workflow import definitions
from workflow.engine.definition import Needs, Vocabulary
from workflow.engine.errors import UnsoundDefinition
from workflow.engine.machine import Engine
from workflow.engine.reading import load

KNOWN = Vocabulary(
    roles=frozenset({"writer", "boss", "clock"}),
    guards=frozenset({"ready", "calm"}),
    asks=frozenset({"reason"}),
    effects=frozenset({"letter:done"}),
    phases=("desk", "shelf"),
    system="clock",
    needs={"read": Needs(), "sign": Needs(asks={"reason"}, guards={"calm"})},
    crossings={("desk", "shelf"): frozenset({"read", "rush"})},
    reserved=frozenset({"create"}),
)

SOUND = """\
name = "two-steps"
version = 1
initial = "written"
vi = "Hai bước"
en = "Two steps"

[[state]]
name = "written"
phase = "desk"
vi = "Đã viết"
en = "Written"

[[state]]
name = "read"
phase = "shelf"
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
        (('who = ["boss"]', 'who = ["king"]'), 20, "'read' names the unknown role 'king'"),
        (('guards = ["ready"]', 'guards = ["raedy"]'), 20, "'read' names the unknown guard 'raedy'"),
        (('["letter:done"]', '["letter:lost"]'), 20, "'read' names the unknown effect 'letter:lost'"),
        (('who = ["boss"]', "who = []"), 20, "nobody may 'read'"),
        (('vi = "Đọc"\n', ""), 20, "a label in Vietnamese (vi) and English (en) is missing"),
        (('en = "Written"\n', ""), 7, "a label in Vietnamese (vi) and English (en) is missing"),
        (("final = true\n", ""), 13, "the state 'read' has no way on and is not final"),
        (('to = "read"', 'to = "raed"'), 20, "unknown state 'raed'"),
        (
            (
                "[[move]]",
                '[[state]]\nname = "lost"\nphase = "desk"\nvi = "Lạc"\nen = "Lost"\nfinal = true\n\n[[move]]',
            ),
            20,
            "no move leads to the state 'lost'",
        ),
        (('initial = "written"', 'initial = "nowhere"'), 1, "the initial state 'nowhere' is unknown"),
        (
            ('initial = "written"', 'initial = "read"'),
            1,
            "the initial state 'read' is not of the phase 'desk'",
        ),
        (("version = 1", 'version = "1"'), 1, "the version is no whole number from 1 on"),
        (('phase = "shelf"', 'phase = "self"'), 13, "'read' names the unknown phase 'self'"),
        (('phase = "shelf"\n', ""), 13, "'phase' is missing"),
        (('name = "read"', 'name = "written"'), 13, "the state 'written' stands twice"),
        (
            ('vi = "Đã đọc"', 'vi = "Đã viết"'),
            13,
            "the states 'written' and 'read' are both called 'Đã viết'",
        ),
        (('vi = "Đọc"', 'vi = " "'), 20, "a label in Vietnamese (vi) and English (en) is missing"),
        (('trigger = "read"', 'trigger = ""'), 20, "'' is no name: small letters, figures and underlines"),
        (
            ('trigger = "read"', 'trigger = "refused/x"'),
            20,
            "'refused/x' is no name: small letters, figures and underlines",
        ),
        (('trigger = "read"', 'trigger = "create"'), 20, "'create' is the name of what is no step"),
        (
            ('name = "two-steps"', 'name = "Two; steps"'),
            1,
            "'Two; steps' is no name: small letters, figures and hyphens",
        ),
        (
            ('trigger = "read"', 'trigger = "skim"'),
            20,
            "'skim' may not lead from 'desk' to 'shelf': that is for ['read', 'rush']",
        ),
        (('guards = ["ready"]', 'gaurds = ["ready"]'), 20, "'gaurds' is no word of a move"),
        (('guards = ["ready"]', 'tone = "loud"'), 20, "'read' names the unknown tone 'loud'"),
        (('guards = ["ready"]', 'asks = ["mercy"]'), 20, "'read' names the unknown ask 'mercy'"),
        (
            ('who = ["boss"]', 'who = ["clock"]\nasks = ["reason"]'),
            20,
            "'read' is the system's alone and asks for 'reason'",
        ),
        (('to = "read"', 'to = "written"'), 20, "'read' leads from 'written' to itself"),
        (('from = ["written"]', "from = []"), 20, "'from' names no state"),
        (('from = ["written"]', 'from = "written"'), 20, "'from' must be a list of words"),
        (('guards = ["ready"]', "guards = [1]"), 20, "'guards' must be a list of words"),
        (("final = true", 'final = "no"'), 13, "'final' must be true or false"),
        (('name = "read"', "name = 7"), 13, "'name' must be a word"),
        (('initial = "written"', 'initial = ["written"]'), 1, "'initial' must be a word"),
        (("[[move]]", "[move]"), 1, "'move' must be written as [[move]]"),
        (
            ('en = "Two steps"', 'en = "Two steps"\nact = [{trigger = "look"}]'),
            1,
            "'act' must be written as [[act]]",
        ),
    ],
)
def test_an_unsound_definition_is_refused_with_file_line_and_sentence(tmp_path, change, line, sentence):
    text = SOUND.replace(*change, 1)

    with pytest.raises(UnsoundDefinition) as refusal:
        loaded(tmp_path, text)

    assert str(refusal.value) == f"two_steps.toml:{line}: {sentence}"


def test_two_steps_alike_are_refused(tmp_path):
    again = SOUND[SOUND.index("[[move]]") :]

    with pytest.raises(UnsoundDefinition, match=r"two_steps.toml:30: 'read' from 'written' stands twice"):
        loaded(tmp_path, SOUND + "\n" + again)


def test_a_move_may_not_skip_a_guard_its_sister_has(tmp_path):
    way_back = (
        '\n[[state]]\nname = "seen"\nphase = "desk"\nvi = "Đã xem"\nen = "Seen"\n'
        '\n[[move]]\ntrigger = "look"\nfrom = ["written"]\nto = "seen"\nwho = ["boss"]\n'
        'vi = "Xem"\nen = "Look"\n\n[[move]]\ntrigger = "read"\nfrom = ["seen"]\nto = "read"\n'
        'who = ["boss"]\nguards = ["ready", "calm"]\nvi = "Đọc"\nen = "Read"\n'
    )

    with pytest.raises(UnsoundDefinition, match=r"differ in \['calm'\]"):
        loaded(tmp_path, SOUND + way_back)


def step(trigger: str, source: str, target: str, *, vi: str = "Bước", more: str = "") -> str:
    return (
        f'\n[[move]]\ntrigger = "{trigger}"\nfrom = ["{source}"]\nto = "{target}"\nwho = ["boss"]\n{more}'
        f'vi = "{vi}"\nen = "{vi}"\n'
    )


def state(name: str, *, final: bool = False) -> str:
    ending = "final = true\n" if final else ""
    return f'\n[[state]]\nname = "{name}"\nphase = "desk"\nvi = "{name}"\nen = "{name}"\n{ending}'


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (step("back", "read", "written"), "13: the state 'read' is final and has a way on"),
        (
            state("seen", final=True) + step("look", "written", "seen", vi="Đọc"),
            "37: 'look' and 'read' from 'written' are both called 'Đọc'",
        ),
        (
            state("loft") + state("nook") + step("up", "written", "loft", vi="Lên")
            + step("on", "loft", "nook") + step("off", "nook", "loft"),
            "30: no way leads from the state 'loft' to the end",
        ),
        (
            state("seen") + step("look", "written", "seen", vi="Xem", more='asks = ["reason"]\n')
            + step("look", "seen", "written", vi="Xem")
            + step("read", "seen", "read", more='guards = ["ready"]\n'),
            "45: 'look' from 'seen' and from 'written' ask differently for ['reason']",
        ),
        (
            step("rush", "written", "read", vi="Vội"),
            "30: 'rush' and 'read' from 'written' to 'read' differ in ['ready']",
        ),
        (
            step("rush", "written", "read", vi="Vội").replace("boss", "writer"),
            "30: 'rush' and 'read' from 'written' to 'read' differ in ['ready']",
        ),
        (
            state("seen") + state("told") + step("look", "written", "seen", vi="Xem", more='guards = ["calm"]\n')
            + step("look", "seen", "told", vi="Xem"),
            "51: 'look' from 'seen' and from 'written' differ in ['calm']",
        ),
        (
            state("seen") + step("sign", "written", "seen", vi="Ký"),
            "36: 'sign' always asks for ['reason']",
        ),
        (
            state("seen") + step("sign", "written", "seen", vi="Ký", more='asks = ["reason"]\n'),
            "36: 'sign' always is guarded by ['calm']",
        ),
    ],
)  # fmt: skip
def test_moves_that_trap_confuse_or_ask_differently_are_refused(tmp_path, more, sentence):
    with pytest.raises(UnsoundDefinition) as refusal:
        loaded(tmp_path, SOUND + more)

    assert str(refusal.value) == f"two_steps.toml:{sentence}"


def test_two_definitions_that_give_one_name_two_meanings_are_refused(tmp_path):
    ours = Path(definitions.__file__).parent / "monthly_submission.toml"
    text = ours.read_text("utf-8")
    (tmp_path / "a.toml").write_text(text, "utf-8")
    (tmp_path / "b.toml").write_text(
        text.replace("version = 1", "version = 2").replace('phase = "ready"', 'phase = "sent"'), "utf-8"
    )

    with pytest.raises(
        UnsoundDefinition, match=r"b.toml:\d+: 'edited' is of the phase 'sent', in a.toml of 'ready'"
    ):
        definitions.assembled(tmp_path)


def test_a_version_stands_once(tmp_path):
    text = (Path(definitions.__file__).parent / "monthly_submission.toml").read_text("utf-8")
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(UnsoundDefinition, match=r"b.toml:1: 'monthly-submission' version 1 stands twice"):
        definitions.assembled(tmp_path)


def test_a_file_that_is_no_utf_8_is_refused_with_its_line(tmp_path):
    (tmp_path / "two_steps.toml").write_bytes(SOUND.encode("utf-8").replace("Đã".encode(), b"\xd0\xe3", 1))
    with pytest.raises(UnsoundDefinition, match=r"two_steps.toml:10: this is no UTF-8"):
        load(tmp_path / "two_steps.toml", KNOWN)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ('trigger = "approve"', 'trigger = "sign_off"'),
            "'sign_off' may not lead from 'ready' to 'approved'",
        ),
        (('trigger = "publish"', 'trigger = "post"'), "'post' may not lead from 'approved' to 'public'"),
        (('"in_use", "four_eyes", ', '"in_use", '), r"'approve' always is guarded by \['four_eyes'\]"),
        (('asks = ["seen"]\neffects = ["letter:approved"]', ""), r"'approve' always asks for \['seen'\]"),
        (
            ('asks = ["reason"]\neffects = ["letter:returned"]', 'effects = ["letter:returned"]'),
            r"'return' always asks for \['reason'\]",
        ),
        (
            (
                'trigger = "edit"\nfrom = ["submitted"]\nto = "edited"',
                'trigger = "edit"\nfrom = ["submitted"]\nto = "approved"',
            ),
            "'edit' may not lead from 'sent' to 'approved'",
        ),
    ],
)
def test_r10_a_definition_of_ours_that_goes_round_its_verbs_is_refused(tmp_path, change, sentence):
    text = (Path(definitions.__file__).parent / "monthly_submission.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "ours.toml").write_text(text.replace(*change, 1), "utf-8")

    with pytest.raises(UnsoundDefinition, match=sentence):
        definitions.assembled(tmp_path)


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
