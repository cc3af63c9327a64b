"""The Merkle tree of RFC 6962 over a list that only grows: roots, proofs of inclusion and of consistency. Pure.

A node is named (level, number): level 0 are the leaves, (level, number) spans leaves number·2^level onwards. Only
nodes whose span is full are ever stored, each beside the leaf that filled it (`kept_at`), so that growing by n costs
n leaves and about n nodes, and a proof reads one row a level.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Node = tuple[int, int]
Ask = Callable[[Node], bytes]
"""The hash of a full node."""

EMPTY = hashlib.sha256().digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Growing:
    """The right edge of a tree: the full subtrees that make up `size`, largest first; log2(size) hashes at most."""

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[bytes]:
        """Add one leaf hash; returns the nodes above it that it fills, from level 1 upwards."""
        filled, size = [], self.size
        while size & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            filled.append(leaf)
            size >>= 1
        self.edge.append(leaf)
        self.size += 1
        return filled

    def retrace(self, stored: bytes, begin: int, until: int) -> int:
        """Add leaves as they are stored, each followed by the nodes it fills, until there are `until`.

        `begin` is where in `stored` the next leaf stands; returns where the one after them does, or -1 when a node
        is not what its children make it: `size` is then the index of the leaf it stands with. In one piece: a
        million leaves pass here.
        """
        sha256, edge = hashlib.sha256, self.edge
        for index in range(self.size, until):
            node = stored[begin : begin + 32]
            begin += 32
            while index & 1:
                node = sha256(b"\x01" + edge.pop() + node).digest()
                if node != stored[begin : begin + 32]:
                    return -1
                begin += 32
                index >>= 1  # noqa: PLW2901  (the binary digits of the index are walked through)
            edge.append(node)
            self.size += 1
        return begin

    def root(self) -> bytes:
        if not self.edge:
            return EMPTY
        *others, whole = self.edge
        for one in reversed(others):
            whole = node_hash(one, whole)
        return whole


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def kept_at(node: Node) -> int:
    """The index of the leaf that fills a node; the node's hash is kept with it."""
    level, number = node
    return ((number + 1) << level) - 1


def edge(size: int) -> list[Node]:
    """The full subtrees that make up a tree of `size`, largest first."""
    nodes, begin = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            nodes.append((level, begin >> level))
            begin += 1 << level
    return nodes


def answered(
    question: Callable[[Ask], list[bytes]], fetch: Callable[[Sequence[Node]], Mapping[Node, bytes]]
) -> list[bytes]:
    """The answer to a question about nodes that are read all at once: it is asked twice, first to learn them."""
    wanted: dict[Node, None] = {}

    def note(node: Node) -> bytes:
        wanted[node] = None
        return b""

    question(note)
    return question(fetch(list(wanted)).__getitem__)


def inclusion(index: int, size: int, ask: Ask) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among the first {size}")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_span(middle, end, ask))
            end = middle
        else:
            path.append(_span(begin, middle, ask))
            begin = middle
    return path[::-1]


def consistency(old: int, size: int, ask: Ask) -> list[bytes]:
    """The hashes that show the first `old` leaves to be the beginning of the first `size` (RFC 6962, 2.1.2)."""
    if not 0 < old <= size:
        raise ValueError(f"no tree of {old} leaves lies within one of {size}")
    path, begin, end, is_whole = [], 0, size, True
    while old - begin != end - begin:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_span(middle, end, ask))
            end = middle
        else:
            path.append(_span(begin, middle, ask))
            begin, is_whole = middle, False
    return ([] if is_whole and old == end and begin == 0 else [_span(begin, end, ask)]) + path[::-1]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _span(begin: int, end: int, ask: Ask) -> bytes:
    """The root over the leaves begin..end, from full nodes."""
    size = end - begin
    if size & (size - 1) == 0 and begin % size == 0:
        level = size.bit_length() - 1
        return ask((level, begin >> level))
    middle = begin + _split(size)
    return node_hash(_span(begin, middle, ask), _span(middle, end, ask))
