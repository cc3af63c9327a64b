"""Workflow definitions: reading a TOML file, and refusing an unsound one with file, line and sentence.

Pure. A definition says which states there are, which moves lead from one to another, and which acts stand beside
the state. Roles, guards and effects are names; whoever loads the definition says which names exist.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.engine.errors import UnsoundDefinition


@dataclass(frozen=True)
class Label:
    vi: str
    en: str


@dataclass(frozen=True)
class State:
    name: str
    label: Label
    is_final: bool


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
    """How the button looks: `primary`, `secondary`, `text` or `danger`."""
    is_plain: bool
    """Needs nothing but the press of a button; other acts have a form of their own."""

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


@dataclass(frozen=True)
class Vocabulary:
    """The names a definition may use."""

    roles: frozenset[str]
    guards: frozenset[str]
    asks: frozenset[str]
    effects: frozenset[str]


def load(path: Path, known: Vocabulary) -> Definition:
    """Read, check and return the definition in `path`.

    Raises UnsoundDefinition naming file, line and reason: unreachable state, state with no way on that is not
    final, unknown role, guard, ask or effect, missing label, two steps alike, a sister that skips a guard.
    """
    text = path.read_text("utf-8")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnsoundDefinition(f"{path.name}: {error}") from error
    return _Reader(path.name, text, known).read(raw)


class _Reader:
    """Turns the raw table into a Definition and knows on which line each entry stands."""

    def __init__(self, file: str, text: str, known: Vocabulary) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.known = known
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()

    def read(self, raw: Mapping[str, Any]) -> Definition:
        for word in ("name", "version", "initial"):
            self._word(raw, word, 1)
        states = {
            self._word(entry, "name", line): State(
                entry["name"], self._label(entry, line), bool(entry.get("final", False))
            )
            for line, entry in self._entries(raw, "state")
        }
        placed = [
            (line, step)
            for table in ("move", "act")
            for line, entry in self._entries(raw, table)
            for step in self._steps(entry, line, states, is_move=table == "move")
        ]
        definition = Definition(
            name=raw["name"],
            version=raw["version"],
            initial=raw["initial"],
            label=self._label(raw, 1),
            states=states,
            steps=tuple(step for _, step in placed),
            sha256=self.sha256,
        )
        self._check_names(placed)
        self._check_twins_and_sisters(placed)
        self._check_ways(definition)
        return definition

    def _refuse(self, line: int, sentence: str) -> UnsoundDefinition:
        return UnsoundDefinition(f"{self.file}:{line}: {sentence}")

    def _entries(self, raw: Mapping[str, Any], table: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
        heads = [n for n, line in enumerate(self.lines, 1) if line.strip() == f"[[{table}]]"]
        return zip(heads, raw.get(table, ()), strict=True)

    def _word(self, entry: Mapping[str, Any], word: str, line: int) -> Any:
        if word not in entry:
            raise self._refuse(line, f"{word!r} is missing")
        return entry[word]

    def _label(self, entry: Mapping[str, Any], line: int) -> Label:
        if not entry.get("vi") or not entry.get("en"):
            raise self._refuse(line, "a label in Vietnamese (vi) and English (en) is missing")
        return Label(entry["vi"], entry["en"])

    def _steps(
        self, entry: Mapping[str, Any], line: int, states: Mapping[str, State], *, is_move: bool
    ) -> Iterable[Step]:
        target = self._word(entry, "to", line) if is_move else None
        for source in self._word(entry, "from" if is_move else "in", line):
            for state in filter(None, (source, target)):
                if state not in states:
                    raise self._refuse(line, f"unknown state {state!r}")
            yield Step(
                trigger=self._word(entry, "trigger", line),
                source=source,
                target=target,
                roles=frozenset(self._word(entry, "who", line)),
                guards=tuple(entry.get("guards", ())),
                asks=tuple(entry.get("asks", ())),
                effects=tuple(entry.get("effects", ())),
                label=self._label(entry, line),
                tone=entry.get("tone", "secondary"),
                is_plain=bool(entry.get("plain", True)),
            )

    def _check_names(self, placed: list[tuple[int, Step]]) -> None:
        for line, step in placed:
            for what, names, known in (
                ("role", step.roles, self.known.roles),
                ("guard", step.guards, self.known.guards),
                ("ask", step.asks, self.known.asks),
                ("effect", step.effects, self.known.effects),
            ):
                unknown = sorted(set(names) - known)
                if unknown:
                    raise self._refuse(line, f"{step.trigger!r} names the unknown {what} {unknown[0]!r}")
            if not step.roles:
                raise self._refuse(line, f"nobody may {step.trigger!r}")

    def _check_twins_and_sisters(self, placed: list[tuple[int, Step]]) -> None:
        seen: dict[tuple[str, str], Step] = {}
        by_move: dict[tuple[str, str], Step] = {}
        for line, step in placed:
            if (step.trigger, step.source) in seen:
                raise self._refuse(line, f"{step.trigger!r} from {step.source!r} stands twice")
            seen[step.trigger, step.source] = step
            if not step.is_move:
                continue
            sister = by_move.setdefault((step.trigger, str(step.target)), step)
            skipped = sorted(set(sister.guards) ^ set(step.guards))
            if skipped:
                raise self._refuse(
                    line,
                    f"{step.trigger!r} from {step.source!r} and from {sister.source!r} differ in {skipped}",
                )

    def _check_ways(self, definition: Definition) -> None:
        if definition.initial not in definition.states:
            raise self._refuse(1, f"the initial state {definition.initial!r} is unknown")
        ways: dict[str, set[str]] = {name: set() for name in definition.states}
        for step in definition.steps:
            if step.target is not None:
                ways[step.source].add(step.target)
        reached, front = {definition.initial}, [definition.initial]
        while front:
            fresh = ways[front.pop()] - reached
            reached |= fresh
            front.extend(fresh)
        for line, name in zip(
            (n for n, text in enumerate(self.lines, 1) if text.strip() == "[[state]]"),
            definition.states,
            strict=True,
        ):
            if name not in reached:
                raise self._refuse(line, f"no move leads to the state {name!r}")
            if not ways[name] and not definition.states[name].is_final:
                raise self._refuse(line, f"the state {name!r} has no way on and is not final")
