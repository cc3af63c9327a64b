"""State x step x role x relation: every cell is decided by docs/matrix.md, none by accident.

`PYTHONPATH=. python tests/workflow/rules/test_matrix.py` writes the tables of that page again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.vocabulary import Role
from tests.workflow.rules.test_guards import DEADLINE, HA, MINH, NOW, PIECE, SENT, three_working_days_ago
from workflow import definitions
from workflow.engine.definition import Step
from workflow.engine.errors import NotAllowed
from workflow.engine.machine import MISSING, Engine
from workflow.rules.facts import Facts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "matrix.md"
HEAD = "<!-- matrix: written by tests/workflow/rules/test_matrix.py -->"

ME, OTHER = MINH, HA
WRITER, CORRECTOR = 21, 22

RELATIONS: Mapping[str, dict[str, Any]] = {
    "author": {"authors": frozenset({ME}), "created_by": ME},
    "editor": {"editors": frozenset({ME})},
    "delegate of the author": {"stands_in_for": frozenset({WRITER})},
    "delegate of the editor": {"stands_in_for": frozenset({CORRECTOR})},
    "stranger": {},
    "other unit": {"roles": frozenset()},
}
"""What the person has to do with the piece. A role that is held for another unit is no role here."""

RIPE: Mapping[str, dict[str, Any]] = {
    "deadline_passed": {"now": DEADLINE},
    "sent_before": SENT,
    "sent_late": {**SENT, "sent_late": True},
    "uncounted": {"is_counted": False},
    "claim_lapsed": three_working_days_ago(NOW - NOW),
    "claimed_by_you": {"claimed_by": ME, "claimed_at": NOW, "claimant": "Trần Quang Minh"},
    "claimed_by_another": {"claimed_by": OTHER, "claimed_at": NOW, "claimant": "Lê Thị Hà"},
    "set_aside_before": {"set_aside": True},
    "discarded": {"discarded_at": NOW},
    "as_approved": {"approved_digest": PIECE.digest},
    "scheduled": {"scheduled_at": NOW},
}
"""Guard -> what makes a piece ripe for it, so that a cell is about the person and nothing else."""

STRANGERS = {"authors": frozenset({WRITER}), "editors": frozenset({CORRECTOR}), "created_by": WRITER}
EVERYTHING_SAID = dict.fromkeys(MISSING, "x")


def engines() -> list[Engine]:
    return [definitions.newest(name) for name in definitions.names()]


def facts(engine: Engine, step: Step | None, state: str, role: Role, relation: str) -> Facts:
    """The piece ripe for the step, and the person before it."""
    ripe = {
        name: value for guard in (step.guards if step else ()) for name, value in RIPE.get(guard, {}).items()
    }
    person = {"actor": None if role is Role.SYSTEM else ME, "roles": frozenset({role})}
    return replace(PIECE, state=state, **{**STRANGERS, **ripe, **person, **RELATIONS[relation]})


def verdict(engine: Engine, trigger: str, state: str, role: Role, relation: str) -> str:
    """`yes`, or the codes of all refusals."""
    step = next((one for one in engine.steps_from(state) if one.trigger == trigger), None)
    try:
        engine.decide(trigger, facts(engine, step, state, role, relation), EVERYTHING_SAID)
    except NotAllowed as refused:
        return " ".join(refusal.code for refusal in refused.refusals)
    return "yes"


def cell(engine: Engine, step: Step, relation: str) -> str:
    """Who may, then who is refused for more than the role: `editor; approver: four_eyes_violation`."""
    said = {role: verdict(engine, step.trigger, step.source, role, relation) for role in Role}
    may = ", ".join(role for role, answer in said.items() if answer == "yes")
    why = [f"{role}: {answer}" for role, answer in said.items() if answer not in ("yes", "forbidden")]
    return "; ".join(filter(None, (may, *why))) or "–"


def printed(engine: Engine) -> str:
    lines = [
        f"## {engine.definition.name}",
        "",
        f"| state | step | {' | '.join(RELATIONS)} |",
        f"|---|---|{'---|' * len(RELATIONS)}",
    ]
    for state in engine.definition.states:
        for step in engine.steps_from(state):
            cells = " | ".join(cell(engine, step, relation) for relation in RELATIONS)
            lines.append(f"| {state} | {step.trigger} | {cells} |")
    return "\n".join(lines)


def written() -> str:
    return "\n\n".join(printed(engine) for engine in engines()) + "\n"


def decided() -> dict[tuple[str, str, str, Role, str], str]:
    """The page, cell by cell: (definition, state, step, role, relation) -> yes or codes."""
    table: dict[tuple[str, str, str, Role, str], str] = {}
    name = ""
    for line in PAGE.read_text("utf-8").partition(HEAD)[2].splitlines():
        if line.startswith("## "):
            name = line[3:]
        elif line.startswith("| ") and not line.startswith("| state"):
            state, step, *cells = (part.strip() for part in line.strip("|").split("|"))
            for relation, words in zip(RELATIONS, cells, strict=True):
                for role in Role:
                    table[name, state, step, role, relation] = _of(role, words)
    return table


def _of(role: Role, words: str) -> str:
    for part in words.split("; "):
        who, _, codes = part.partition(": ")
        if codes and who == role:
            return codes
        if not codes and role in who.split(", "):
            return "yes"
    return "forbidden"


def every_cell() -> Iterator[tuple[Engine, str, str, Role, str]]:
    for engine in engines():
        triggers = sorted({step.trigger for step in engine.definition.steps})
        for state in engine.definition.states:
            for trigger in triggers:
                for role in Role:
                    for relation in RELATIONS:
                        yield engine, state, trigger, role, relation


def test_the_page_is_what_the_engine_says():
    shown = PAGE.read_text("utf-8").partition(f"{HEAD}\n\n")[2]

    assert shown == written(), "print it again: PYTHONPATH=. python tests/workflow/rules/test_matrix.py"


def test_every_cell_is_decided_by_the_page_and_whatever_is_not_on_it_is_no_step():
    table, asked, wrong = decided(), 0, []
    for engine, state, trigger, role, relation in every_cell():
        expected = table.get((engine.definition.name, state, trigger, role, relation), "invalid_transition")
        found = verdict(engine, trigger, state, role, relation)
        asked += 1
        if found != expected:
            wrong.append((engine.definition.name, state, trigger, role, relation, expected, found))

    assert wrong == []
    assert asked > 5000


@pytest.mark.parametrize("relation", ["author", "editor", "delegate of the author", "delegate of the editor"])
def test_r10_nobody_who_had_a_hand_in_a_piece_approves_it_in_any_definition(relation):
    found = {
        verdict(engine, step.trigger, step.source, role, relation)
        for engine in engines()
        for step in engine.definition.steps
        if "four_eyes" in step.guards
        for role in Role
    }

    assert found == {"forbidden", "four_eyes_violation"}


def test_who_belongs_to_another_unit_an_auditor_and_whoever_has_no_role_may_do_nothing():
    yes = {
        (trigger, role, relation)
        for engine, state, trigger, role, relation in every_cell()
        if (relation == "other unit" or role is Role.AUDITOR)
        and verdict(engine, trigger, state, role, relation) == "yes"
    }

    assert yes == set()


def test_an_administrator_neither_approves_nor_publishes_nor_lets_a_piece_lapse():
    may = {
        trigger
        for e, s, trigger, role, r in every_cell()
        if role is Role.ADMIN and verdict(e, trigger, s, role, r) == "yes"
    }

    assert may == {"extend", "excuse"}


def test_only_the_clock_lets_a_piece_lapse():
    may = {
        role
        for engine, state, trigger, role, relation in every_cell()
        if trigger in ("lapse", "lapse_claim") and verdict(engine, trigger, state, role, relation) == "yes"
    }

    assert may == {Role.SYSTEM}


@pytest.mark.parametrize("ask", sorted(MISSING))
def test_every_step_asks_for_what_it_says_it_asks_for(ask):
    asking = 0
    for engine in engines():
        for step in engine.definition.steps:
            role = sorted(step.roles)[0]
            known = facts(engine, step, step.source, Role(role), "stranger")
            if ask not in step.asks or engine.refusals(step, known):
                continue
            asking += 1
            with pytest.raises(NotAllowed) as refused:
                engine.decide(step.trigger, known, {**EVERYTHING_SAID, ask: ""})
            assert [refusal.code for refusal in refused.value.refusals] == [MISSING[ask].code]

    assert asking > 0


if __name__ == "__main__":
    head = PAGE.read_text("utf-8").partition(HEAD)[0]
    PAGE.write_text(f"{head}{HEAD}\n\n{written()}", "utf-8")
