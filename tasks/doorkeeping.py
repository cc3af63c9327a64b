"""The clock's errand at the gate: sessions, tries and links that are over leave no row behind."""

from collections.abc import Mapping
from datetime import datetime

from workflow import guessing, links, sessions


def sweep(_slot: datetime) -> Mapping[str, int]:
    return {"sessions": sessions.purge(), "tries": guessing.purge(), "links": links.purge()}
