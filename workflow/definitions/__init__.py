"""The workflow definitions in this folder, each loaded, checked and compiled once when the house starts."""

from functools import lru_cache
from pathlib import Path

from models.vocabulary import Role
from workflow.engine.definition import Vocabulary, load
from workflow.engine.machine import MISSING, Engine
from workflow.notices import EFFECTS
from workflow.rules.guards import GUARDS

KNOWN = Vocabulary(roles=frozenset(Role), guards=frozenset(GUARDS), asks=frozenset(MISSING), effects=EFFECTS)


@lru_cache(maxsize=1)
def engines() -> dict[tuple[str, int], Engine]:
    """All definitions by (name, version). Raises UnsoundDefinition; the house then does not start."""
    folder = Path(__file__).parent
    loaded = [load(path, KNOWN) for path in sorted(folder.glob("*.toml"))]
    return {(one.name, one.version): Engine(one, GUARDS) for one in loaded}


def newest(name: str) -> Engine:
    """The definition that new pieces follow. Raises KeyError."""
    return engines()[name, max(version for known, version in engines() if known == name)]


def pinned(name: str, version: int) -> Engine:
    """The definition a piece began with. Raises KeyError."""
    return engines()[name, version]
