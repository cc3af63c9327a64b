"""What makes a workflow definition unsound. Checks yield (line, sentence); the first refuses the file. Pure."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from workflow.engine.definition import TONES, Definition, Step, Vocabulary

Fault = tuple[int, str]


def check(definition: Definition, known: Vocabulary) -> Iterator[Fault]:
    """Every fault of a definition, in the order of CHECKS."""
    for look in CHECKS:
        yield from look(definition, known)


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


def _sisters(definition: Definition, _known: Vocabulary) -> Iterator[Fault]:
    """Moves of one trigger: to the same state they guard alike, and wherever they lead they ask alike.

    Moves of two triggers by which the same role may go the same way guard alike as well: else one of them is the way
    round what the other guards.
    """
    by_way: dict[tuple[str, str | None], Step] = {}
    by_trigger: dict[str, Step] = {}
    for step in definition.moves:
        for sister, what, mine, hers in (
            (by_way.setdefault((step.trigger, step.target), step), "differ in", step.guards, "guards"),
            (by_trigger.setdefault(step.trigger, step), "ask differently for", step.asks, "asks"),
        ):
            skipped = sorted(set(getattr(sister, hers)) ^ set(mine))
            if skipped:
                yield (
                    step.line,
                    f"{step.trigger!r} from {step.source!r} and from {sister.source!r} {what} {skipped}",
                )
    for other, step in combinations(definition.moves, 2):
        same_way = (step.source, step.target) == (other.source, other.target) and step.roles & other.roles
        skipped = sorted(set(other.guards) ^ set(step.guards))
        if same_way and step.trigger != other.trigger and skipped:
            yield (
                step.line,
                f"{step.trigger!r} and {other.trigger!r} from {step.source!r} to {step.target!r} differ in {skipped}",
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


CHECKS = (_names, _people, _twins, _sisters, _ways)
