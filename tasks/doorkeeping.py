"""The clock's errand at the gate: sessions that are over and tries that are forgotten leave no row behind."""

from collections.abc import Mapping
from datetime import datetime

from workflow import guessing, sessions


def sweep(_slot: datetime) -> Mapping[str, int]:
    return {"sessions": sessions.purge(), "tries": guessing.purge()}
