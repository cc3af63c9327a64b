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
        gone, fresh = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            changes.append(Change("same", fresh))
            continue
        # The space behind a replaced word belongs to neither: marks end where the words end.
        space = fresh[len(fresh.rstrip()) :] if gone and fresh else ""
        is_shared = bool(space) and gone.endswith(space)
        pairs: list[tuple[Literal["gone", "new", "same"], str]] = [
            ("gone", gone.removesuffix(space) if is_shared else gone),
            ("new", fresh.removesuffix(space) if is_shared else fresh),
            ("same", space if is_shared else ""),
        ]
        changes += [Change(kind, text) for kind, text in pairs if text]
    return changes
