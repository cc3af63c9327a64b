"""What makes a workflow definition unsound. Checks yield (line, sentence); the first refuses the file. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from workflow.engine.definition import TONES, Definition, Needs, Step, Vocabulary

Fault = tuple[int, str]


def check(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """Every fault of a definition, in the order of CHECKS."""
    for look in CHECKS:
        yield from look(definition, known)


NAME, TITLE = re.compile(r"[a-z][a-z0-9_]*"), re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""Names stand in events, addresses and drawings as they are."""


def _spelling(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    if not TITLE.fullmatch(definition.name):
        yield 1, f"{definition.name!r} is no name: small letters, figures and hyphens"
    for line, name in (
        *((state.line, state.name) for state in definition.states.values()),
        *((step.line, step.trigger) for step in definition.steps),
    ):
        if not NAME.fullmatch(name):
            yield line, f"{name!r} is no name: small letters, figures and underlines"
    for step in definition.steps:
        if step.trigger in known.reserved:
            yield step.line, f"{step.trigger!r} is the name of what is no step"


def _names(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    if type(definition.version) is not int or definition.version < 1:
        yield 1, "the version is no whole number from 1 on"
    for state in definition.states.values():
        if state.phase not in known.phases:
            yield state.line, f"{state.name!r} names the unknown phase {state.phase!r}"
    for step in definition.steps:
        for what, names, allowed in (
            ("role", step.roles, known.roles),
            ("guard", step.guards, known.guards),
            ("ask", step.asks, known.asks),
            ("effect", step.effects, known.effects),
            ("tone", (step.tone,), TONES),
        ):
            for unknown in sorted(set(names) - set(allowed)):
                yield step.line, f"{step.trigger!r} names the unknown {what} {unknown!r}"


def _people(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """Somebody may take each step; what the clock alone takes, nobody is there to answer for."""
    for step in definition.steps:
        if not step.roles:
            yield step.line, f"nobody may {step.trigger!r}"
        if step.roles == {known.system} and step.asks:
            yield step.line, f"{step.trigger!r} is the system's alone and asks for {step.asks[0]!r}"


def _twins(definition: Definition, _known: Vocabulary) -> Iterator[Fault]:
    """Two steps alike: of one trigger from one state, or with the same words on both buttons."""
    seen: set[tuple[str, str]] = set()
    words: dict[tuple[str, str], Step] = {}
    for step in definition.steps:
        if (step.trigger, step.source) in seen:
            yield step.line, f"{step.trigger!r} from {step.source!r} stands twice"
        seen.add((step.trigger, step.source))
        for said in (step.label.vi, step.label.en):
            other = words.setdefault((step.source, said), step)
            if other.trigger != step.trigger:
                yield (
                    step.line,
                    f"{step.trigger!r} and {other.trigger!r} from {step.source!r} are both called {said!r}",
                )
    names: dict[str, str] = {}
    for state in definition.states.values():
        for said in (state.label.vi, state.label.en):
            if names.setdefault(said, state.name) != state.name:
                yield state.line, f"the states {names[said]!r} and {state.name!r} are both called {said!r}"


def _sisters(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """Moves of one trigger guard and ask alike, wherever they lead.

    Moves of two triggers by which one may go the same way guard alike as well: else one of them is the way round what
    the other guards. On the way back the guards may be those of a role: who withdraws and who returns are two people.
    """
    first: dict[str, Step] = {}
    for step in definition.moves:
        sister = first.setdefault(step.trigger, step)
        for what, mine, hers in (
            ("differ in", step.guards, sister.guards),
            ("ask differently for", step.asks, sister.asks),
        ):
            if skipped := sorted(set(hers) ^ set(mine)):
                yield (
                    step.line,
                    f"{step.trigger!r} from {step.source!r} and from {sister.source!r} {what} {skipped}",
                )
    road = {name: known.phases.index(state.phase) for name, state in definition.states.items()}
    for other, step in combinations(definition.moves, 2):
        if step.trigger == other.trigger or (step.source, step.target) != (other.source, other.target):
            continue
        is_back = road[str(step.target)] < road[step.source]
        skipped = sorted(set(other.guards) ^ set(step.guards))
        if skipped and (step.roles & other.roles or not is_back):
            yield (
                step.line,
                f"{step.trigger!r} and {other.trigger!r} from {step.source!r} to {step.target!r} differ in {skipped}",
            )


def _verbs(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """Verbs that the house knows have what they need, and lead where no other may."""
    for step in definition.steps:
        for what, needed, has in (
            ("asks for", known.needs.get(step.trigger, Needs()).asks, step.asks),
            ("is guarded by", known.needs.get(step.trigger, Needs()).guards, step.guards),
        ):
            if missing := sorted(set(needed) - set(has)):
                yield step.line, f"{step.trigger!r} always {what} {missing}"
    for step in definition.moves:
        phases = (definition.states[step.source].phase, definition.states[str(step.target)].phase)
        may = known.crossings.get(phases)
        if may is not None and step.trigger not in may:
            yield (
                step.line,
                f"{step.trigger!r} may not lead from {phases[0]!r} to {phases[1]!r}: that is for {sorted(may)}",
            )


def _ways(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """From the initial state every state is reached, and from every state the end."""
    states = definition.states
    if definition.initial not in states:
        yield 1, f"the initial state {definition.initial!r} is unknown"
        return
    if states[definition.initial].phase != known.phases[0]:
        yield 1, f"the initial state {definition.initial!r} is not of the phase {known.phases[0]!r}"
    for step in definition.moves:
        if step.source == step.target:
            yield step.line, f"{step.trigger!r} leads from {step.source!r} to itself"
    onward = {(step.source, str(step.target)) for step in definition.moves}
    ends = {s.name for s in states.values() if s.is_final or s.phase == known.phases[-1]}
    reached = _reached({definition.initial}, onward)
    ending = _reached(ends, {(target, source) for source, target in onward})
    for state in states.values():
        leaves = any(source == state.name for source, _ in onward)
        if state.name not in reached:
            yield state.line, f"no move leads to the state {state.name!r}"
        if not leaves and not state.is_final:
            yield state.line, f"the state {state.name!r} has no way on and is not final"
        if leaves and state.is_final:
            yield state.line, f"the state {state.name!r} is final and has a way on"
        if state.name not in ending:
            yield state.line, f"no way leads from the state {state.name!r} to the end"


def _reached(front: Iterable[str], ways: set[tuple[str, str]]) -> set[str]:
    reached = set(front)
    while fresh := {target for source, target in ways if source in reached} - reached:
        reached |= fresh
    return reached


CHECKS = (_spelling, _names, _people, _twins, _sisters, _verbs, _ways)
