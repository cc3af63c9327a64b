"""The workflow definitions in this folder, each loaded, checked and compiled once when the house starts.

A state's name is its own definition's affair. Everybody else asks here which names belong to a phase, or from
where a step is taken; a name means the same phase in every definition that uses it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from models.vocabulary import Phase, Role
from workflow.engine.definition import Label, State, Step, Vocabulary
from workflow.engine.errors import UnsoundDefinition
from workflow.engine.machine import MISSING, Engine, Vanished
from workflow.engine.reading import load
from workflow.rules.guards import GUARDS
from workflow.rules.topics import EFFECTS
from workflow.rules.verbs import CROSSINGS, NEEDS, RESERVED

KNOWN = Vocabulary(
    roles=frozenset(Role),
    guards=frozenset(GUARDS),
    asks=frozenset(MISSING),
    effects=EFFECTS,
    phases=tuple(Phase),
    system=Role.SYSTEM,
    needs=NEEDS,
    crossings=CROSSINGS,
    reserved=RESERVED,
)


@lru_cache(maxsize=1)
def engines() -> Mapping[tuple[str, int], Engine]:
    """All definitions by (name, version). Raises UnsoundDefinition; the house then does not start."""
    return assembled(Path(__file__).parent)


def assembled(folder: Path) -> Mapping[tuple[str, int], Engine]:
    """The definitions in a folder. Raises UnsoundDefinition, also for two that contradict each other."""
    found: dict[tuple[str, int], Engine] = {}
    phases: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("*.toml")):
        one = load(path, KNOWN)
        if (one.name, one.version) in found:
            raise UnsoundDefinition(f"{path.name}:1: {one.name!r} version {one.version} stands twice")
        for state in one.states.values():
            phase, where = phases.setdefault(state.name, (state.phase, path.name))
            if phase != state.phase:
                raise UnsoundDefinition(
                    f"{path.name}:{state.line}: {state.name!r} is of the phase {state.phase!r},"
                    f" in {where} of {phase!r}"
                )
        found[one.name, one.version] = Engine(one, GUARDS)
    return found


def newest(name: str) -> Engine:
    """The definition that new pieces follow. Raises KeyError."""
    return engines()[name, max((version for known, version in engines() if known == name), default=0)]


def pinned(name: str, version: int) -> Engine:
    """A version of a definition, as the program has it. Raises KeyError."""
    return engines()[name, version]


def followed(name: str, version: int, *, standing_in: Iterable[str] = ()) -> Engine:
    """The definition a piece began with; one that offers nothing where the program no longer has that version.

    `standing_in` are the states its pieces are found in, for who looks at the version itself.
    """
    known = engines().get((name, version))
    if known is not None:
        return known
    found = {state: states().get(state) or _unknown(state) for state in standing_in}
    return Vanished(name, version, found)


def _unknown(state: str) -> State:
    return State(state, Label(state, state), phase="", is_final=False, line=0)


def names() -> list[str]:
    """Every definition that pieces may follow."""
    return sorted({name for name, _ in engines()})


@lru_cache(maxsize=1)
def states() -> Mapping[str, State]:
    """Every state by name. Where definitions share a name, the newest version's words for it."""
    return {
        name: state for key in sorted(engines()) for name, state in engines()[key].definition.states.items()
    }


def phase_of(state: str) -> Phase | None:
    """None for a state that no definition has any more."""
    known = states().get(state)
    return Phase(known.phase) if known else None


def states_in(*phases: Phase) -> list[str]:
    """The names of all states of these phases, for a query to look for."""
    return [name for name, state in states().items() if state.phase in phases]


def steps(trigger: str) -> Iterator[Step]:
    """Every step of this trigger in any definition."""
    return (step for engine in engines().values() for step in engine.named(trigger))


def label(trigger: str, of: tuple[str, int] | None = None) -> Label | None:
    """What a step is called in the definition of this name and version, else in the newest that has it."""
    own = [engines()[of]] if of and of in engines() else []
    newest_first = [engines()[key] for key in sorted(engines(), key=lambda key: key[1], reverse=True)]
    return next((step.label for engine in (*own, *newest_first) for step in engine.named(trigger)), None)


def sources(trigger: str) -> list[str]:
    """The states from which this step may be taken in some definition."""
    return sorted({step.source for step in steps(trigger)})
