"""What a workflow definition is: states, moves from one to another, and acts that stand beside the state. Pure.

Roles, guards, effects and phases are names; whoever loads a definition says which names exist.
`reading.py` reads it from its file, `soundness.py` refuses an unsound one.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

TONES = ("primary", "secondary", "danger", "text")
"""How a button may look, from the usual next step to what is seldom wanted."""


@dataclass(frozen=True)
class Label:
    vi: str
    en: str


@dataclass(frozen=True)
class State:
    name: str
    label: Label
    phase: str
    """What it means to the rest of the house, whatever it is called: who has the piece, what it waits for."""
    is_final: bool
    line: int
    """Where it stands in the file."""


@dataclass(frozen=True)
class Step:
    """A move (`target` is another state) or an act beside the state (`target` is None)."""

    trigger: str
    source: str
    target: str | None
    roles: frozenset[str]
    guards: tuple[str, ...]
    asks: tuple[str, ...]
    """What the person must add: `reason`, `seen`, `statement`, `checklist`, `kind`, `until`."""
    effects: tuple[str, ...]
    label: Label
    tone: str
    """One of TONES."""
    is_plain: bool
    """Needs nothing but the press of a button; other acts have a form of their own."""
    line: int

    @property
    def is_move(self) -> bool:
        return self.target is not None


@dataclass(frozen=True)
class Definition:
    name: str
    version: int
    initial: str
    label: Label
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    sha256: str

    @property
    def moves(self) -> Iterable[Step]:
        return (step for step in self.steps if step.is_move)

    def states_in(self, *phases: str) -> list[str]:
        """Names of the states of these phases, in the order of the file."""
        return [state.name for state in self.states.values() if state.phase in phases]

    def usual_way(self) -> list[str]:
        """The states one comes through by the usual next step, from the initial state on."""
        way = [self.initial]
        while True:
            onward = (s.target for s in self.moves if s.source == way[-1] and s.tone == TONES[0])
            following = next((target for target in onward if target not in way), None)
            if following is None:
                return way
            way.append(following)


@dataclass(frozen=True)
class Needs:
    """What every step of a verb asks and guards, whatever more a definition gives it."""

    asks: Set[str] = frozenset()
    guards: Set[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """The names a definition may use."""

    roles: frozenset[str]
    guards: frozenset[str]
    asks: frozenset[str]
    effects: frozenset[str]
    phases: tuple[str, ...]
    """In the order of the road: a piece begins in the first and is done in the last."""
    system: str
    """The role that no person holds."""
    needs: Mapping[str, Needs]
    """By trigger."""
    crossings: Mapping[tuple[str, str], frozenset[str]]
    """(phase, phase) -> the triggers that may lead from one into the other; any may where none is named."""
    reserved: frozenset[str]
    """What no step may be called."""
