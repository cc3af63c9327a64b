"""Where the states of a definition stand in a picture, and how its moves run between them. Pure.

A small layered layout: the usual way is one line from left to right. Ways back, and those that skip a state, run
above it, the shorter ones lower, so that none crosses another. A state that is not on the usual way stands below
the one that leads to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workflow.engine.definition import Definition, Step

WIDE, HIGH, GAP = 138.0, 40.0, 86.0
PITCH = WIDE + GAP
TRACK = 26.0
LOWER = 90.0
"""From a state to the one beside it."""
LETTER = 7.0
"""A letter's width, on the generous side."""


@dataclass(frozen=True)
class Way:
    """One line with its words: every move from one state to one other."""

    steps: Sequence[Step]
    path: str
    is_back: bool
    x: float
    y: float
    anchor: str = "middle"
    room: float = 400.0
    """How wide the words may be."""


@dataclass
class Layout:
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    wide: float = 0.0
    high: float = 0.0

    @staticmethod
    def beside(definition: Definition) -> dict[str, list[str]]:
        """For each state of the usual way those that stand below it."""
        way = definition.usual_way()
        found: dict[str, list[str]] = {name: [] for name in way}
        for name in definition.states:
            if name not in found:
                leads = [s.source for s in definition.moves if s.target == name]
                found[next((source for source in leads if source in way), way[0])].append(name)
        return found


def wrapped(words: str, room: float) -> list[str]:
    """Lines that fit; a single long word stands over."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(f"{lines[-1]} {word}") * LETTER <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def lay_out(definition: Definition, says: Callable[[Step], str]) -> Layout:
    """The whole picture. `says` is what a move is called, for the room its words need."""
    way = definition.usual_way()
    columns = {name: number for number, name in enumerate(way)}
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in definition.moves:
        groups.setdefault((step.source, str(step.target)), []).append(step)
    arcs = _arcs({key: steps for key, steps in groups.items() if _is_arc(key, columns)}, columns)
    layout = Layout()
    left = 4 + _margin(definition, way[0], says)
    top = (max(arcs.values(), default=-1) + 1) * TRACK + 18
    for name, column in columns.items():
        layout.places[name] = (left + column * PITCH, top)
    for name, others in Layout.beside(definition).items():
        for number, other in enumerate(others, 1):
            layout.places[other] = (layout.places[name][0], top + number * LOWER)
    ports = _ports(arcs, columns, left)
    for (source, target), steps in groups.items():
        if (source, target) in arcs:
            heights = top - 20 - arcs[source, target] * TRACK
            layout.ways.append(_arc(steps, ports[source, target], heights, top))
        elif source in columns and target in columns:
            layout.ways.append(_onward(steps, layout.places[source], layout.places[target]))
        else:
            layout.ways.append(_aside(steps, layout.places[source], layout.places[target], says))
    layout.wide = left + len(way) * PITCH - GAP + 4
    layout.high = max(y for _, y in layout.places.values()) + HIGH + 14
    return layout


def _margin(definition: Definition, first: str, says: Callable[[Step], str]) -> float:
    """Room for the words at the left of the line that leads down from the first state."""
    beside = Layout.beside(definition)[first]
    down = [len(says(s)) * LETTER for s in definition.moves if s.source == first and s.target in beside]
    return max([0.0, *(width - WIDE / 2 + 40 for width in down)])


def _is_arc(key: tuple[str, str], columns: dict[str, int]) -> bool:
    source, target = key
    return source in columns and target in columns and columns[target] != columns[source] + 1


def _arcs(groups: dict[tuple[str, str], list[Step]], columns: dict[str, int]) -> dict[tuple[str, str], int]:
    """The track of each way above the line: the lowest one that is free, shortest ways first."""
    tracks: dict[tuple[str, str], int] = {}
    taken: list[list[tuple[int, int]]] = []
    spans = {key: sorted((columns[key[0]], columns[key[1]])) for key in groups}
    for key in sorted(groups, key=lambda k: (spans[k][1] - spans[k][0], spans[k][0])):
        low, high = spans[key]
        # A track is free where nothing on it, or above a shorter one under it, is crossed.
        at = 0
        while at < len(taken) and any(low < b and a < high for a, b in taken[at]):
            at += 1
        if at == len(taken):
            taken.append([])
        taken[at].append((low, high))
        tracks[key] = at
    return tracks


def _ports(
    arcs: dict[tuple[str, str], int], columns: dict[str, int], left: float
) -> dict[tuple[str, str], tuple[float, float]]:
    """Where each way leaves its state and where it arrives, along the upper edges.

    To the left the lower track leaves first, to the right the higher one, or the lines would cross.
    """
    places: dict[tuple[tuple[str, str], str], float] = {}
    for name, column in columns.items():
        to_left = [k for k in arcs if name in k and min(columns[k[0]], columns[k[1]]) < column]
        to_right = [k for k in arcs if name in k and max(columns[k[0]], columns[k[1]]) > column]
        for half, keys in (
            (0.0, sorted(to_left, key=lambda k: arcs[k])),
            (WIDE / 2, sorted(to_right, key=lambda k: -arcs[k])),
        ):
            for number, key in enumerate(keys, 1):
                places[key, name] = left + column * PITCH + half + WIDE / 2 * number / (len(keys) + 1)
    return {key: (places[key, key[0]], places[key, key[1]]) for key in arcs}


def _arc(steps: Sequence[Step], ports: tuple[float, float], y: float, top: float) -> Way:
    leaves, arrives = ports
    path = f"M{leaves:g} {top:g}V{y:g}H{arrives:g}V{top - 2:g}"
    return Way(steps, path, is_back=True, x=(leaves + arrives) / 2, y=y - 5)


def _onward(steps: Sequence[Step], source: tuple[float, float], target: tuple[float, float]) -> Way:
    y = source[1] + HIGH / 2
    leaves, arrives = source[0] + WIDE + 2, target[0] - 2
    return Way(steps, f"M{leaves:g} {y:g}H{arrives:g}", False, (leaves + arrives) / 2, y - 8, room=GAP - 6)


def _aside(
    steps: Sequence[Step],
    source: tuple[float, float],
    target: tuple[float, float],
    says: Callable[[Step], str],
) -> Way:
    """To a state beside the usual way, from one, or between two."""
    (x, y), (to_x, to_y) = source, target
    middle = x + WIDE / 2
    if x == to_x and y < to_y:
        return Way(
            steps, f"M{middle - 26:g} {y + HIGH:g}V{to_y - 2:g}", True, middle - 32, _half(y, to_y), "end"
        )
    if x == to_x:
        return Way(
            steps, f"M{middle + 26:g} {y:g}V{to_y + HIGH + 2:g}", True, middle + 32, _half(to_y, y), "start"
        )
    side, enters = (x + WIDE, to_x) if to_x > x else (x, to_x + WIDE)
    level = y + HIGH / 2
    room = max(len(says(step)) for step in steps) * LETTER
    if y == to_y:
        # There and back run apart, the words of the way back below it.
        forth = to_x > x
        level += -7 if forth else 7
        path = f"M{side:g} {level:g}H{enters + (-2 if forth else 2):g}"
        return Way(steps, path, not forth, (side + enters) / 2, level + (-8 if forth else 18), room=GAP - 6)
    foot = to_x + (WIDE * 0.28 if to_x > x else WIDE * 0.72)
    edge = to_y + HIGH + 2 if to_y < y else to_y - 2
    words = side + 10 if to_x > x else side - 10
    anchor = "start" if to_x > x else "end"
    return Way(
        steps, f"M{side:g} {level:g}H{foot:g}V{edge:g}", True, words, level - 7, anchor, room=max(room, GAP)
    )


def _half(upper: float, lower: float) -> float:
    return (upper + HIGH + lower) / 2 + 4
