"""How many letters a step will send, told before it is taken: as tasks/occasions/pieces.py chooses. Reads only."""

from collections.abc import Callable, Collection, Mapping

from workflow.queries import letters

Count = Callable[[int, int, int], int]
"""(piece, unit, who takes the step) -> how many letters."""


def _unit_side(piece: int, unit: int, _me: int) -> int:
    return len(letters.authors(piece) or letters.members(unit)[:1])


def _everybody_of_it(piece: int, unit: int, _me: int) -> int:
    return len({*letters.authors(piece), *letters.members(unit)[:1]})


def _approvers(_piece: int, _unit: int, me: int) -> int:
    """Whoever finishes the editing cannot approve, so is not called."""
    return sum(person.account_id != me for person in letters.approvers())


COUNTS: Mapping[str, Count] = {
    "letter:returned": _unit_side,
    "letter:approved": _unit_side,
    "letter:retracted": _unit_side,
    "letter:set_aside": _unit_side,
    "letter:published": _everybody_of_it,
    "letter:awaiting_approval": _approvers,
}


def foretold(topics: Collection[str], *, piece: int, unit: int, me: int) -> dict[str, int]:
    """Topic -> letters, for those that can be counted before; each way of counting is asked once."""
    known = {
        count: count(piece, unit, me) for count in {COUNTS[topic] for topic in topics if topic in COUNTS}
    }
    return {topic: known[COUNTS[topic]] for topic in topics if topic in COUNTS}
