"""The Merkle tree against the vectors of RFC 6962's own programs, and against trees Hypothesis thinks of.

Proofs are judged by the script that strangers are given: the house itself never reads one.
"""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.proof import merkle

SCRIPT = runpy.run_path(str(Path(__file__).parents[3] / "docs" / "verify_proof.py"))

# The eight entries and roots of Certificate Transparency's reference tests.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# From the same tests: (leaf, size, path).
PATHS = (
    (0, 8, (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    )),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
)  # fmt: skip


def planted(leaves: list[bytes]) -> Callable[[merkle.Node], bytes]:
    """The tree as the house stores it, one row a leaf; asking for a node that is not stored fails."""
    tree = merkle.Growing()
    rows = [[leaf, *tree.add(leaf)] for leaf in leaves]
    return lambda node: rows[merkle.kept_at(node)][node[0]]


def is_under(leaf: bytes, index: int, size: int, root: bytes, path: list[bytes]) -> bool:
    try:
        return SCRIPT["climbed"](path, index, size - 1, leaf)[0] == root
    except ValueError:
        return False


def continues(old: int, old_root: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    try:
        return SCRIPT["continues"](old, old_root, size, root, path)
    except ValueError:
        return False


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference(size):
    assert merkle.root([merkle.leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_the_paths_are_those_of_the_reference(index, size, path):
    ask = planted([merkle.leaf_hash(entry) for entry in ENTRIES])

    assert tuple(one.hex() for one in merkle.inclusion(index, size, ask)) == path


def test_the_last_leaf_is_proved_where_its_path_leaves_out_a_level():
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES[:7]]
    path = merkle.inclusion(6, 7, planted(leaves))

    assert is_under(leaves[6], 6, 7, bytes.fromhex(ROOTS[7]), path)


@settings(max_examples=60)
@given(st.integers(1, 300), st.data())
def test_every_leaf_of_every_tree_can_be_proved_and_no_other(size, data):
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    index, root = data.draw(st.integers(0, size - 1)), merkle.root(leaves)

    path = merkle.inclusion(index, size, planted(leaves))

    assert is_under(leaves[index], index, size, root, path)
    assert not is_under(merkle.leaf_hash(b"other"), index, size, root, path)
    assert not is_under(leaves[index], index, size, root, [*path, leaves[0]])
    assert not path or not is_under(leaves[index], index, size, root, path[:-1])
    assert len(path) <= (size - 1).bit_length()


@settings(max_examples=60)
@given(st.integers(2, 300), st.data())
def test_every_tree_can_be_shown_to_continue_its_beginnings_and_no_other(size, data):
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    ask = planted(leaves)
    old = data.draw(st.integers(1, size - 1))
    root, old_root = merkle.root(leaves), merkle.root(leaves[:old])

    path = merkle.consistency(old, size, ask)

    assert merkle.consistency(size, size, ask) == [], "the same tree needs no proof"
    assert continues(old, old_root, size, root, path)
    other = merkle.root([merkle.leaf_hash(b"other"), *leaves[1:old]])
    assert not continues(old, other, size, root, path)
    assert not continues(old, old_root, size, root, [*path, root])
    assert not continues(old, old_root, size, root, [])
    assert not continues(0, merkle.root([]), size, root, path)
    assert not continues(size + 1, old_root, size, root, path)


@given(st.integers(0, 200), st.integers(0, 200))
def test_growing_on_from_the_edge_is_growing_from_the_first_leaf(before, more):
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(before + more)]
    ask = planted(leaves)

    tree = merkle.Growing(before, [ask(node) for node in merkle.edge(before)])
    for leaf in leaves[before:]:
        tree.add(leaf)

    assert tree.root() == merkle.root(leaves)


def test_a_leaf_can_never_be_taken_for_a_node_nor_an_event_for_either():
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@pytest.mark.parametrize(
    "ask", [lambda: merkle.inclusion(3, 3, lambda _: b""), lambda: merkle.consistency(0, 3, lambda _: b"")]
)
def test_what_lies_outside_the_tree_is_not_proved(ask):
    with pytest.raises(ValueError, match="3"):
        ask()


@given(st.integers(1, 100), st.data())
def test_a_stored_tree_is_retraced_and_a_changed_node_is_told_by_its_leaf(size, data):
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    made = merkle.Growing()
    rows = [b"".join([leaf, *made.add(leaf)]) for leaf in leaves]
    stop = data.draw(st.integers(0, size))

    again = merkle.Growing()
    half = again.retrace(b"".join(rows), 0, stop)
    assert again.root() == merkle.root(leaves[:stop])
    assert again.retrace(b"".join(rows), half, size) == len(b"".join(rows))
    assert again.root() == made.root()

    for index in (number for number in range(size) if len(rows[number]) > 32):
        broken = [*rows]
        broken[index] = rows[index][:-1] + bytes([rows[index][-1] ^ 1])
        tree = merkle.Growing()
        assert tree.retrace(b"".join(broken), 0, size) == -1
        assert tree.size == index
        break


def test_an_answer_reads_all_its_nodes_at_once_and_each_of_them_once():
    held = {(0, 1): b"a", (0, 2): b"b"}
    asked = []

    def fetch(nodes):
        asked.append(nodes)
        return {node: held[node] for node in nodes}

    found = merkle.answered(lambda ask: [ask((0, 1)), ask((0, 2)), ask((0, 1))], fetch)

    assert found == [b"a", b"b", b"a"]
    assert asked == [[(0, 1), (0, 2)]]
