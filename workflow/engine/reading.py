"""Reading a workflow definition from its TOML file; an unsound one is refused with file, line and sentence. Pure."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow.engine.definition import Definition, Label, State, Step, Vocabulary
from workflow.engine.errors import UnsoundDefinition
from workflow.engine.soundness import check


def load(path: Path, known: Vocabulary) -> Definition:
    """Read, check and return the definition in `path`.

    Raises UnsoundDefinition naming file, line and reason; `soundness.py` has the list.
    """
    written = path.read_bytes()
    try:
        text = written.decode("utf-8")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise UnsoundDefinition(f"{path.name}:{line}: this is no UTF-8") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnsoundDefinition(f"{path.name}: {error}") from error
    reader = _Reader(path.name, text)
    definition = reader.read(raw)
    for line, sentence in check(definition, known):
        raise reader.refusal(line, sentence)
    return definition


WORDS = {
    "file": frozenset({"name", "version", "initial", "vi", "en", "state", "move", "act"}),
    "state": frozenset({"name", "vi", "en", "phase", "final"}),
    "move": frozenset(
        {"trigger", "from", "to", "who", "guards", "asks", "effects", "tone", "plain", "vi", "en"}
    ),
    "act": frozenset({"trigger", "in", "who", "guards", "asks", "effects", "tone", "plain", "vi", "en"}),
}
"""What each table may say; a misspelt `gaurds` must not leave a move unguarded."""

LISTS = frozenset({"from", "in", "who", "guards", "asks", "effects"})
FLAGS = frozenset({"final", "plain"})
TABLES = frozenset({"state", "move", "act"})


def _must_be(word: str) -> tuple[type[Any], str]:
    """What stands behind a word; about the version `soundness.py` asks."""
    if word in TABLES:
        return list, f"written as [[{word}]]"
    if word in LISTS:
        return list, "a list of words"
    return (bool, "true or false") if word in FLAGS else (str, "a word")


class _Reader:
    """Turns the raw table into a Definition and knows on which line each entry stands."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()

    def read(self, raw: Mapping[str, Any]) -> Definition:
        self._only(raw, "file", 1)
        for word in ("name", "version", "initial"):
            self._word(raw, word, 1)
        states: dict[str, State] = {}
        for line, entry in self._entries(raw, "state"):
            state = self._state(entry, line)
            if state.name in states:
                raise self.refusal(line, f"the state {state.name!r} stands twice")
            states[state.name] = state
        return Definition(
            name=raw["name"],
            version=raw["version"],
            initial=raw["initial"],
            label=self._label(raw, 1),
            states=states,
            steps=tuple(
                step
                for table in ("move", "act")
                for line, entry in self._entries(raw, table)
                for step in self._steps(entry, line, states, is_move=table == "move")
            ),
            sha256=self.sha256,
        )

    def refusal(self, line: int, sentence: str) -> UnsoundDefinition:
        return UnsoundDefinition(f"{self.file}:{line}: {sentence}")

    def _entries(self, raw: Mapping[str, Any], table: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
        head = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        found = [n for n, line in enumerate(self.lines, 1) if head.match(line)]
        entries = raw.get(table, ())
        if len(found) != len(entries):
            raise self.refusal(1, f"{table!r} must be {_must_be(table)[1]}")
        for line, entry in zip(found, entries, strict=True):
            self._only(entry, table, line)
            yield line, entry

    def _only(self, entry: Mapping[str, Any], table: str, line: int) -> None:
        stray = sorted(set(entry) - WORDS[table])
        if stray:
            raise self.refusal(line, f"{stray[0]!r} is no word of a {table}")
        for word, said in entry.items():
            kind, told = _must_be(word)
            fits = isinstance(said, kind) and (word not in LISTS or all(isinstance(one, str) for one in said))
            if not fits and word != "version":
                raise self.refusal(line, f"{word!r} must be {told}")

    def _word(self, entry: Mapping[str, Any], word: str, line: int) -> Any:
        if word not in entry:
            raise self.refusal(line, f"{word!r} is missing")
        return entry[word]

    def _label(self, entry: Mapping[str, Any], line: int) -> Label:
        if not all(entry.get(language, "").strip() for language in ("vi", "en")):
            raise self.refusal(line, "a label in Vietnamese (vi) and English (en) is missing")
        return Label(entry["vi"], entry["en"])

    def _state(self, entry: Mapping[str, Any], line: int) -> State:
        return State(
            name=self._word(entry, "name", line),
            label=self._label(entry, line),
            phase=self._word(entry, "phase", line),
            is_final=entry.get("final", False),
            line=line,
        )

    def _steps(
        self, entry: Mapping[str, Any], line: int, states: Mapping[str, State], *, is_move: bool
    ) -> Iterable[Step]:
        target = self._word(entry, "to", line) if is_move else None
        whence = "from" if is_move else "in"
        if not self._word(entry, whence, line):
            raise self.refusal(line, f"{whence!r} names no state")
        for source in entry[whence]:
            for state in filter(None, (source, target)):
                if state not in states:
                    raise self.refusal(line, f"unknown state {state!r}")
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
                is_plain=entry.get("plain", True),
                line=line,
            )
