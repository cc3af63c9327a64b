"""What changed between two texts, word by word, for people to read. Pure."""

import difflib
import re
from dataclasses import dataclass
from typing import Literal

TOKEN = re.compile(r"\S+\s*|\s+")
LONGEST = 20_000
"""Words compared; what lies beyond is shown as one change. Comparing costs the product of the lengths."""


@dataclass(frozen=True)
class Change:
    kind: Literal["same", "gone", "new"]
    text: str


def words(before: str, after: str) -> list[Change]:
    """Plain text in, runs out: `same` stands in both, `gone` only before, `new` only after. Spaces stay in runs."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) + len(new) > LONGEST:
        return [Change("gone", before), Change("new", after)] if before != after else [Change("same", after)]
    changes: list[Change] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(old[a:b])))
            continue
        if b > a:
            changes.append(Change("gone", "".join(old[a:b])))
        if d > c:
            changes.append(Change("new", "".join(new[c:d])))
    return changes
