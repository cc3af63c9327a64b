"""The machine of a definition, with a guard of the test's own: it knows no state, role or guard by name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from workflow.engine.definition import Definition, Label, State, Vocabulary
from workflow.engine.errors import Invalid, NotAllowed, Refusal
from workflow.engine.machine import MISSING, NOT_HERE, NOT_YOURS, Engine, Vanished
from workflow.engine.reading import load

KNOWN = Vocabulary(
    roles=frozenset({"reader", "writer", "clock"}),
    guards=frozenset({"dry", "found"}),
    asks=frozenset(MISSING),
    effects=frozenset({"letter:done"}),
    phases=("desk", "shelf"),
    system="clock",
    needs={},
    crossings={},
    reserved=frozenset(),
)
WET, LOST = Refusal("wet", "Giấy ướt."), Refusal("lost", "Giấy mất.")


@dataclass
class Paper:
    state: str = "written"
    roles: frozenset[str] = frozenset({"reader"})
    is_wet: bool = False
    is_lost: bool = False


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    path = tmp_path / "paper.toml"
    path.write_text(PAPER, "utf-8")
    return load(path, KNOWN)


@pytest.fixture
def engine(definition: Definition) -> Engine:
    return Engine(
        definition,
        {
            "dry": lambda paper: WET if paper.is_wet else None,
            "found": lambda paper: LOST if paper.is_lost else None,
        },
    )


def test_a_step_that_nothing_speaks_against_is_taken(engine):
    step = engine.decide("read", Paper(), {"reason": "hay"})

    assert (step.trigger, step.source, step.target, step.effects) == (
        "read",
        "written",
        "read",
        ("letter:done",),
    )


def test_every_reason_is_told_at_once(engine):
    with pytest.raises(NotAllowed) as refused:
        engine.decide("read", Paper(is_wet=True, is_lost=True), {})

    assert refused.value.refusals == (WET, LOST)


def test_what_is_asked_is_asked_when_nothing_else_speaks_against_it(engine):
    with pytest.raises(NotAllowed) as refused:
        engine.decide("read", Paper(), {"reason": ""})

    assert refused.value.refusals == (MISSING["reason"],)


def test_who_has_no_role_hears_that_alone(engine):
    with pytest.raises(NotAllowed) as refused:
        engine.decide("read", Paper(roles=frozenset({"writer"}), is_wet=True), {"reason": "hay"})

    assert refused.value.refusals == (Refusal("forbidden", NOT_YOURS),)


def test_a_step_from_elsewhere_is_refused_with_the_name_of_the_state(engine):
    with pytest.raises(NotAllowed) as refused:
        engine.decide("read", Paper(state="read"), {"reason": "hay"})

    assert refused.value.refusals == (Refusal("invalid_transition", NOT_HERE, fields={"state": "Đã đọc"}),)
    assert refused.value.sentence() == "Thao tác không hợp lệ ở trạng thái “Đã đọc”."


def test_a_trigger_nobody_knows_is_a_mistake_of_ours(engine):
    with pytest.raises(KeyError, match="raed"):
        engine.step("raed", "written")


def test_steps_are_offered_to_those_who_have_the_role_allowed_or_with_reasons(engine):
    offers = engine.available(Paper(is_wet=True))

    assert [(offer.step.trigger, offer.is_allowed, offer.refusals) for offer in offers] == [
        ("read", False, (WET,)),
        ("praise", True, ()),
    ]
    assert engine.available(Paper(roles=frozenset())) == []
    assert [offer.step.trigger for offer in engine.available(Paper("read", frozenset({"writer"})))] == [
        "rewrite"
    ]


def test_the_machine_has_the_moves_of_the_definition_and_no_other(engine):
    assert {name for name in engine.machine.events if not name.startswith("to_")} == {
        "read",
        "praise",
        "rewrite",
    }
    assert not [name for name in engine.machine.events if name.startswith("to_")]
    assert engine.machine.initial == "written"
    assert list(engine.machine.states) == ["written", "read"]


def test_the_definition_is_read_whole(definition):
    read, rewrite, praise = definition.steps

    assert (definition.name, definition.version, definition.initial) == ("paper", 1, "written")
    assert (definition.label.vi, definition.label.en) == ("Giấy", "Paper")
    assert definition.sha256 == hashlib.sha256(PAPER.encode()).hexdigest()
    assert [(state.phase, state.is_final, state.line) for state in definition.states.values()] == [
        ("desk", False, 8),
        ("shelf", False, 14),
    ]
    assert (read.roles, read.guards, read.asks) == (frozenset({"reader"}), ("dry", "found"), ("reason",))
    assert [step.is_move for step in definition.steps] == [True, True, False]
    assert [step.is_plain for step in definition.steps] == [True, True, False]
    assert [step.tone for step in definition.steps] == ["primary", "secondary", "text"]
    assert (praise.label.vi, praise.label.en, rewrite.target) == ("Khen", "Praise", "written")


def test_states_are_found_by_what_they_mean_and_the_usual_way_by_its_buttons(definition):
    assert definition.states_in("shelf") == ["read"]
    assert definition.states_in("shelf", "desk") == ["written", "read"]
    assert definition.states_in() == []
    assert definition.usual_way() == ["written", "read"]


def test_a_step_is_passed_when_it_is_closed_here_and_open_to_her_elsewhere(engine):
    assert engine.has_passed("read", Paper(state="read"))
    assert not engine.has_passed("read", Paper(state="written"))
    assert not engine.has_passed("read", Paper(state="read", roles=frozenset({"writer"})))
    assert not engine.has_passed("burn", Paper(state="read"))
    assert not engine.has_passed("rewrite", Paper(state="written"))


def test_a_version_that_is_gone_shows_the_states_it_is_given_and_offers_nothing_but_why():
    states = {"read": State("read", Label("Đã đọc", "Read"), phase="", is_final=False, line=0)}

    gone = Vanished("paper", 7, states)

    assert gone.definition == Definition(
        "paper", 7, initial="", label=Label("paper", "paper"), states=states, steps=(), sha256=""
    )
    assert (gone.gone.code, gone.gone.fields) == ("definition_missing", {"name": "paper", "version": 7})
    assert gone.available(Paper(state="read"), everyones=True) == []
    assert not gone.has_passed("read", Paper(state="read"))
    with pytest.raises(Invalid) as refused:
        gone.decide("read", Paper(state="read"), {"reason": "hay"})
    assert refused.value.code == "definition_missing"


PAPER = """
name = "paper"
version = 1
initial = "written"
vi = "Giấy"
en = "Paper"

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

[[move]]
trigger = "read"
from = ["written"]
to = "read"
who = ["reader"]
guards = ["dry", "found"]
asks = ["reason"]
effects = ["letter:done"]
tone = "primary"
vi = "Đọc"
en = "Read"

[[move]]
trigger = "rewrite"
from = ["read"]
to = "written"
who = ["writer"]
vi = "Viết lại"
en = "Rewrite"

[[act]]
trigger = "praise"
in = ["written"]
who = ["reader"]
tone = "text"
plain = false
vi = "Khen"
en = "Praise"
"""
